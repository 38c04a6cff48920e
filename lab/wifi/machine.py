"""The WiFi VM as a process: QEMU without KVM, two network cards, and a way in for the lab.

The access point's card is the one that the product comes in by; its cable can be pulled. The lab's
own card stays, so that what the client and the access point say can always be asked. Every port is
on 127.0.0.1 and drawn when the VM starts. QEMU 7.2: "Direct Linux Boot", "Network emulation", the
monitor's `set_link`.
"""

import base64
import contextlib
import shlex
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from inventory.errors import InvalidInput, PreauError
from lab.ports import free_port
from lab.wifi.image import Image, image, refuse_missing

USERNAME, PASSWORD = "root", "lab-password"
_QEMU = {"qemu-system-x86_64": "qemu-system-x86"}
_BOOT_S, _END_S = 420.0, 10.0


class GuestFailed(PreauError):
    """The VM, or a command in it, did not do what the lab needs."""


@dataclass
class Machine:
    """A VM that runs. `ssh_port` is the access point's own, `lab_port` the lab's way in."""

    process: subprocess.Popen[bytes]
    folder: Path
    ssh_port: int
    lab_port: int
    _entered: Any = None

    def run(self, command: str, *, timeout_s: float = 60.0, may_fail: bool = False) -> str:
        """Return what a command in the guest wrote; raises GuestFailed with its last line."""
        import paramiko  # noqa: PLC0415 - start-up

        word = command.split(maxsplit=1)[0]
        if self._entered is None:
            self._entered = self._client(timeout_s)
        try:
            _, out, _ = self._entered.exec_command(f"{{ {command}\n}} 2>&1", timeout=timeout_s)
            text = str(out.read().decode(errors="replace"))
            status = out.channel.recv_exit_status()
        except (paramiko.SSHException, OSError, EOFError) as error:
            self._entered.close()
            self._entered = None
            raise GuestFailed(f"the guest did not answer to {word}") from error
        if status and not may_fail:
            last = (text.strip().splitlines() or ["nothing"])[-1]
            raise GuestFailed(f"in the guest, {word} said: {last}")
        return text

    def fetch(self, path: str) -> bytes:
        """Return a file of the guest."""
        return base64.b64decode(self.run(f"base64 {shlex.quote(path)}"))

    def cable(self, *, plugged: bool) -> None:
        """Pull the access point's cable, or plug it in again."""
        with socket.socket(socket.AF_UNIX) as monitor:
            monitor.connect(str(self.folder / "monitor"))
            monitor.settimeout(10)
            _until_prompt(monitor)
            monitor.sendall(f"set_link ap-card {'on' if plugged else 'off'}\n".encode())
            _until_prompt(monitor)

    def wait_for(self, what: str, holds: Callable[[], bool], *, limit_s: float) -> None:
        """Wait until something holds; raises GuestFailed, saying what did not come."""
        deadline = time.monotonic() + limit_s
        while not holds():
            if self.process.poll() is not None:
                raise GuestFailed("the VM ended by itself", todo=f"see {self.folder}/console.log")
            if time.monotonic() > deadline:
                raise GuestFailed(f"{what} did not come in {limit_s:.0f} s")
            time.sleep(1.0)

    def _client(self, timeout_s: float) -> Any:
        import paramiko  # noqa: PLC0415 - start-up

        client = paramiko.SSHClient()
        # The guest was started by us a minute ago, behind a port of this machine.
        client.set_missing_host_key_policy(paramiko.AutoAddPolicy())  # noqa: S507
        try:
            client.connect(
                "127.0.0.1", self.lab_port, USERNAME, PASSWORD,
                timeout=timeout_s, banner_timeout=timeout_s, auth_timeout=timeout_s,
                allow_agent=False, look_for_keys=False,
            )  # fmt: skip
        except (paramiko.SSHException, OSError, EOFError) as error:
            client.close()
            raise GuestFailed("the guest cannot be entered") from error
        return client

    def ready(self) -> bool:
        """Whether the guest is up with all that the lab starts in it."""
        try:
            return "yes" in self.run("test -e /run/lab-ready && echo yes || true", timeout_s=20.0)
        except GuestFailed:
            return False


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Machine]:
    """Yield the VM once all in it is up, and end it afterwards; builds its image if it must.

    Raises InvalidInput where Debian packages are missing, GuestFailed when it does not come up.
    """
    refuse_missing(_QEMU)
    files = image()
    folder.mkdir(parents=True, exist_ok=True)
    ssh_port, lab_port = free_port(), free_port()
    with (folder / "qemu.log").open("wb") as log:
        process = subprocess.Popen(
            _command(files, folder, ssh_port, lab_port),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    machine = Machine(process, folder, ssh_port, lab_port)
    try:
        machine.wait_for("the WiFi VM", machine.ready, limit_s=_BOOT_S)
        yield machine
    finally:
        process.terminate()
        try:
            process.wait(_END_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _command(files: Image, folder: Path, ssh_port: int, lab_port: int) -> list[str]:
    if "," in str(folder.absolute()):
        raise InvalidInput(f"{folder} holds a comma, which QEMU takes for its own")
    into_ap = f"hostfwd=tcp:127.0.0.1:{ssh_port}-10.0.2.15:22"
    into_lab = f"hostfwd=tcp:127.0.0.1:{lab_port}-10.0.3.15:2222"
    return [
        *("nice", "-n", "10", "qemu-system-x86_64"),
        *("-M", "q35", "-accel", "tcg,thread=multi", "-cpu", "max", "-smp", "2", "-m", "768"),
        *("-display", "none", "-no-reboot", "-nodefaults"),
        *("-kernel", str(files.kernel), "-initrd", str(files.initrd)),
        *("-append", "console=ttyS0 net.ifnames=0 quiet panic=-1 mitigations=off"),
        *("-drive", f"file={files.root},format=raw,if=virtio,readonly=on"),
        *("-netdev", f"user,id=ap,net=10.0.2.0/24,{into_ap}"),
        *("-device", "virtio-net-pci,netdev=ap,id=ap-card,romfile="),
        *("-netdev", f"user,id=lab,net=10.0.3.0/24,{into_lab}"),
        *("-device", "virtio-net-pci,netdev=lab,romfile="),
        *("-device", "virtio-rng-pci"),
        *("-serial", f"file:{folder / 'console.log'}"),
        *("-monitor", f"unix:{folder / 'monitor'},server=on,wait=off"),
    ]


def _until_prompt(monitor: socket.socket) -> None:
    text = b""
    while b"(qemu) " not in text:
        received = monitor.recv(4096)
        if not received:
            raise GuestFailed("QEMU's monitor closed the connection")
        text += received
