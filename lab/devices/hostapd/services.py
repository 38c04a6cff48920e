"""systemd as far as it is needed: units, what is enabled, start, stop, and the boot.

Sources: systemd 252 (Debian 12): systemctl(1), systemd.unit(5), systemd.service(5); hostapd's own
unit is Debian's hostapd@.service: forking, started only where its file is not empty, bound to the
radio's device.
"""

import re
from typing import TYPE_CHECKING

from lab.devices.hostapd.daemon import Refused
from lab.posix.ash import Shell
from lab.posix.process import Input, Streams

if TYPE_CHECKING:
    from lab.devices.hostapd import HostapdLinux

UNITS = "/etc/systemd/system"
_HOSTAPD = re.compile(r"hostapd@([\w.-]+)\.service")
_ORDER = ("sysinit.target", "multi-user.target")


class ServiceError(Exception):
    """What systemctl prints, and its exit status."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.status = status


class Services:
    """The units of one machine. A unit that was read once is read anew at a `daemon-reload`."""

    def __init__(self, machine: "HostapdLinux") -> None:
        self._machine = machine
        self._loaded: dict[str, str] = {}
        self.active: set[str] = set()

    # -- what is there

    def _text(self, name: str) -> str | None:
        """Return a unit as systemd knows it, None for one that it does not find."""
        if name not in self._loaded:
            path = f"{UNITS}/{name}"
            if not self._machine.files.is_file(path):
                return None
            self._loaded[name] = self._machine.files.read(path)
        return self._loaded[name]

    def _values(self, name: str, key: str) -> list[str]:
        text = self._text(name) or ""
        return [line.partition("=")[2] for line in text.splitlines() if line.startswith(f"{key}=")]

    def _exists(self, name: str) -> bool:
        return bool(_HOSTAPD.fullmatch(name)) or self._text(name) is not None

    def reload(self) -> None:
        """Read all units anew."""
        self._loaded.clear()

    # -- enabling

    def _links(self, name: str) -> list[str]:
        targets = (
            ["multi-user.target"] if _HOSTAPD.fullmatch(name) else self._values(name, "WantedBy")
        )
        return [f"{UNITS}/{target}.wants/{name}" for target in " ".join(targets).split()]

    def enable(self, name: str) -> None:
        """Have a unit started at the next boot; raises ServiceError."""
        if not _HOSTAPD.fullmatch(name) and not self._machine.files.is_file(f"{UNITS}/{name}"):
            raise ServiceError(f"Failed to enable unit: Unit file {name} does not exist.")
        for link in self._links(name):
            self._machine.files.make_link(link, f"{UNITS}/{name}")

    def disable(self, name: str) -> None:
        """Take a unit from the next boot; raises ServiceError."""
        files = self._machine.files
        if not _HOSTAPD.fullmatch(name) and not files.is_file(f"{UNITS}/{name}"):
            raise ServiceError(f"Failed to disable unit: Unit file {name} does not exist.")
        for link in self._links(name):
            files.remove(link)

    def enabled(self) -> list[str]:
        """Return the names of all units that the next boot starts, in their order."""
        files = self._machine.files
        found = []
        for target in _ORDER:
            folder = f"{UNITS}/{target}.wants"
            names = files.children(folder) if files.is_directory(folder) else []
            found += sorted(names, key=lambda name: (bool(_HOSTAPD.fullmatch(name)), name))
        return found

    # -- running

    async def start(self, name: str) -> None:
        """Start a unit that is not active; raises ServiceError."""
        if not self._exists(name):
            raise ServiceError(f"Failed to start {name}: Unit {name} not found.", 5)
        if name in self.active or not self._conditions_hold(name):
            return
        radio = _HOSTAPD.fullmatch(name)
        if radio:
            await self._serve(name, radio[1])
            return
        for line in self._values(name, "ExecStart"):
            if await self._run(line) and not line.startswith("-"):
                raise ServiceError(_failed(name))
        if "yes" in self._values(name, "RemainAfterExit"):
            self.active.add(name)

    def _conditions_hold(self, name: str) -> bool:
        files = self._machine.files
        radio = _HOSTAPD.fullmatch(name)
        if radio:
            path = f"/etc/hostapd/{radio[1]}.conf"
            return files.is_file(path) and bool(files.read(path))
        return all(files.exists(path) for path in self._values(name, "ConditionPathExists"))

    async def _serve(self, name: str, radio: str) -> None:
        if radio not in self._machine.network.by_name:
            raise ServiceError(
                f"A dependency job for {name} failed. See 'journalctl -xe' for details."
            )
        try:
            self._machine.serve(radio)
        except Refused as refused:
            self._machine.log += [f"hostapd: {line}" for line in str(refused).splitlines()]
            raise ServiceError(_failed(name)) from None
        self.active.add(name)

    async def stop(self, name: str) -> None:
        """Stop a unit; one that is not active is left."""
        if name not in self.active:
            return
        self.active.discard(name)
        radio = _HOSTAPD.fullmatch(name)
        if radio:
            self._machine.silence(radio[1])
            return
        for line in self._values(name, "ExecStop"):
            await self._run(line)

    def ended(self, radio: str) -> None:
        """Note that hostapd left by itself."""
        self.active.discard(f"hostapd@{radio}.service")

    async def boot(self) -> None:
        """Start what is enabled; a unit that fails leaves the others alone."""
        self.active.clear()
        self.reload()
        for name in self.enabled():
            try:
                await self.start(name)
            except ServiceError as failed:
                self._machine.log.append(str(failed))

    async def _run(self, line: str) -> int:
        silent = Streams(Input(""), lambda _: None, self._machine.log.append)
        shell = Shell(self._machine, silent, name="systemd", pid=self._machine.next_pid())
        return await shell.finish(shell.invoke(line.lstrip("-").split()))


def _failed(name: str) -> str:
    return (
        f"Job for {name} failed because the control process exited with error code.\n"
        f'See "systemctl status {name}" and "journalctl -xeu {name}" for details.'
    )
