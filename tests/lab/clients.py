"""Clients that share nothing with the lab nor with the product: net-snmp's tools and paramiko."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager

import paramiko

from lab.device import Device
from tests.conftest import skip_or_fail
from tests.patience import PATIENCE_S


def snmp(
    tool: str, device: Device, *arguments: str, community: str = "lab-read", retries: int = 8
) -> str:
    """Return what one of net-snmp's tools prints; empty when all its retries met silence."""
    if shutil.which(tool) is None:
        skip_or_fail(f"{tool} is not installed: run make lab-deps")
    agent = f"{device.host}:{device.snmp_port}"
    command = [tool, "-v2c", "-c", community, "-r", str(retries), "-t", "1", "-On", "-m", ""]
    if "-v1" in arguments:
        command[1] = "-v1"
    done = subprocess.run(
        [*command, agent, *(a for a in arguments if a != "-v1")],
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
        check=False,
    )
    return done.stdout


def walk(device: Device, oid: str) -> dict[str, str]:
    """Return OID to value, as net-snmp shows it."""
    found: dict[str, str] = {}
    for line in snmp("snmpbulkwalk", device, oid).splitlines():
        name, equals, value = line.partition(" = ")
        if equals and value and not value.startswith("No "):
            found[name.removeprefix(".")] = value.partition(": ")[2].strip('"')
    return found


def silent(device: Device) -> bool:
    """Tell whether one question got no answer within a second."""
    return not snmp("snmpget", device, "1.3.6.1.2.1.1.5.0", retries=0)


@contextmanager
def ssh(
    device: Device, password: str = "lab-password", *, banner_s: float = PATIENCE_S
) -> Iterator[paramiko.SSHClient]:
    """Log in with paramiko."""
    client = paramiko.SSHClient()
    client.set_missing_host_key_policy(paramiko.AutoAddPolicy())
    try:
        client.connect(
            device.host,
            port=device.ssh_port,
            username=device.username,
            password=password,
            look_for_keys=False,
            allow_agent=False,
            timeout=PATIENCE_S,
            banner_timeout=banner_s,
        )
        yield client
    finally:
        client.close()


def run(client: paramiko.SSHClient, command: str, stdin: str = "") -> tuple[int, str, str]:
    """Run an exec request; returns its status, output and errors."""
    to, output, errors = client.exec_command(command, timeout=PATIENCE_S)
    to.write(stdin)
    to.channel.shutdown_write()
    text, complaints = output.read().decode(), errors.read().decode()
    return output.channel.recv_exit_status(), text, complaints


def sh(device: Device, command: str, stdin: str = "") -> str:
    """Return the output of a command that must succeed, in a session of its own."""
    with ssh(device) as client:
        status, output, errors = run(client, command, stdin)
    assert (status, errors) == (0, ""), (command, output, errors)
    return output
