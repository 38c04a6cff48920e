"""FRR behind OpenSSH: a real Cisco-like CLI with a running and a written configuration.

The user's login shell is `vtysh`; zebra holds the interfaces of the place. A router's CLI: it has
no switch ports and no SSIDs. FRR user guide 8.4, "VTY shell" and "Basic setup".
"""

import shutil
from dataclasses import dataclass
from pathlib import Path

from lab.real.namespaces import Namespace
from lab.real.openssh import PROGRAMS as SSH_PROGRAMS
from lab.real.openssh import SshServer, start_sshd
from lab.real.places import run

PROGRAMS = ("zebra", "vtysh", *SSH_PROGRAMS)
_USER, _VTY_GROUP = "frr", "frrvty"


@dataclass(frozen=True)
class Router:
    """A router that runs: its SSH server, and the file that `write memory` writes."""

    ssh: SshServer
    startup_config: Path
    shell: Path

    def ask(self, command: str) -> str:
        """Return what FRR's own shell answers to one command, without SSH."""
        return run(str(self.shell), "-c", command)


def start_router(place: Namespace, *, name: str) -> Router:
    """Start zebra and sshd in a namespace and return once one can log in.

    Raises as the daemons' `wait_for` does, Misconfigured when one is not installed.
    """
    folder = place.subfolder(f"frr-{name}")
    startup = folder / "frr.conf"
    startup.write_text(f"hostname {name}\n")
    (folder / "vtysh.conf").write_text(f"service integrated-vtysh-config\nhostname {name}\n")
    # vtysh runs as the user who logged in and replaces files here: members of FRR's group may.
    folder.chmod(0o2775)
    for path in (folder, *folder.iterdir()):
        shutil.chown(path, _USER, _VTY_GROUP)
        if path.is_file():
            path.chmod(0o660)
    zebra = place.start(
        "zebra", "-f", str(startup), "-i", str(folder / "zebra.pid"),
        "-z", str(folder / "zserv.api"), "--vty_socket", str(folder), "-P", "0",
        "--log", "stdout",
    )  # fmt: skip
    zebra.wait_for((folder / "zebra.vty").exists)
    shell = folder / "shell"
    shell.write_text(
        f'#!/bin/sh\nexec vtysh --vty_socket {folder} --config_dir {folder} -H /dev/null "$@"\n'
    )
    shell.chmod(0o755)
    ssh = start_sshd(place, name=name, shell=str(shell), groups=(_VTY_GROUP,))
    return Router(ssh, startup, shell)
