"""OpenSSH's server in a place, with a user of its own that the machine does not know.

The user stands in copies of passwd, shadow and group that the daemon alone sees (bind mounts in its
own mount namespace); logins are written to its own /run and /var/log. sshd_config(5), OpenSSH 9.2.
"""

import secrets
import socket
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lab.real.namespaces import private_mounts
from lab.real.places import Place, binary, run

PROGRAMS = ("sshd", "ssh-keygen", "openssl", "unshare")
SSH_PORT = 22
_USER_ID = 64810  # Debian policy 9.2.2: 60000-64999 is for use as wished
_COMMON = """
UsePAM no
PasswordAuthentication yes
KbdInteractiveAuthentication no
PubkeyAuthentication no
UseDNS no
PrintMotd no
PrintLastLog no
StrictModes no
LogLevel VERBOSE
"""
# What OpenSSH 9.2 still has of the algorithms of a school switch of 2010.
LEGACY = """
KexAlgorithms diffie-hellman-group14-sha1
HostKeyAlgorithms ssh-rsa
PubkeyAcceptedAlgorithms ssh-rsa
Ciphers aes128-cbc,3des-cbc
MACs hmac-sha1
"""


@dataclass(frozen=True)
class SshServer:
    """A server that answers. `host_key` is its public key, as `type base64`."""

    host: str
    port: int
    username: str
    password: str
    host_key: str
    log: Path

    def logins(self) -> int:
        """Return how many passwords it accepted."""
        return self.log.read_text(errors="replace").count("Accepted password for")

    def refused_passwords(self) -> int:
        """Return how many passwords it refused."""
        return self.log.read_text(errors="replace").count("Failed password for")


def start_sshd(
    place: Place,
    *,
    name: str,
    username: str = "preau",
    shell: str = "/bin/sh",
    groups: Sequence[str] = (),
    key_type: str = "ed25519",
    options: str = "",
    port: int | None = None,
) -> SshServer:
    """Start sshd with one user, whose password is drawn, and return once it listens.

    `options` are more lines of sshd_config, `LEGACY` for one. Only root can run a login by
    password. Raises RealPartFailed with the end of its log, Misconfigured when not installed.
    """
    folder = place.subfolder(f"sshd-{name}")
    port = port or place.port(SSH_PORT)
    password = secrets.token_urlsafe(12)
    bindings = _accounts(folder, username, password, shell, groups)
    host_key = _host_key(folder, key_type)
    config = folder / "sshd_config"
    config.write_text(
        f"ListenAddress {place.address}:{port}\nHostKey {folder / 'host_key'}\n"
        f"PidFile {folder / 'pid'}\nAllowUsers {username}\n{_COMMON}{options}"
    )
    # sshd starts itself anew for each connection, so it wants to be called by its whole path.
    daemon = place.start(
        *private_mounts(bindings), binary("sshd") or "sshd", "-D", "-e", "-f", str(config)
    )
    daemon.wait_for(lambda: _listens(place.address, port))
    return SshServer(place.address, port, username, password, host_key, daemon.log)


def _accounts(
    folder: Path, username: str, password: str, shell: str, groups: Sequence[str]
) -> dict[str, str]:
    """Write the account files with one user more; return where each is to stand."""
    hashed = run("openssl", "passwd", "-6", "-stdin", stdin=password).strip()
    passwd = Path("/etc/passwd").read_text()
    group = [
        _with_member(line, username) if line.split(":")[0] in groups else line
        for line in Path("/etc/group").read_text().splitlines()
    ]
    written = {
        "/etc/passwd": f"{passwd}{username}:x:{_USER_ID}:{_USER_ID}::{folder}:{shell}\n",
        "/etc/group": "\n".join([*group, f"{username}:x:{_USER_ID}:", ""]),
        "/etc/shadow": f"root:!:1::::::\n{username}:{hashed}:19000:0:99999:7:::\n",
    }
    bindings = {}
    for path, text in written.items():
        ours = folder / Path(path).name
        ours.touch(mode=0o600 if path == "/etc/shadow" else 0o644)
        ours.write_text(text)
        bindings[path] = str(ours)
    return bindings


def _with_member(line: str, username: str) -> str:
    """Return a line of group(5) with one member more."""
    return f"{line}{'' if line.endswith(':') else ','}{username}"


def _host_key(folder: Path, key_type: str) -> str:
    """Make a host key and return its public half, as `type base64`."""
    path = folder / "host_key"
    run("ssh-keygen", "-q", "-t", key_type, "-N", "", "-C", "", "-f", str(path))
    return " ".join(path.with_suffix(".pub").read_text().split()[:2])


def _listens(host: str, port: int) -> bool:
    with suppress(OSError), socket.create_connection((host, port), timeout=1):
        return True
    return False
