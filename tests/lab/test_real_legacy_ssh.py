"""A device of 2010: real OpenSSH that offers group14-sha1, ssh-rsa and CBC ciphers alone."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from collectors.ssh import open_session
from collectors.target import SshTarget
from inventory.errors import Refused
from lab.real import openssh
from lab.real.namespaces import namespace, reachable
from lab.real.openssh import LEGACY, SshServer, start_sshd
from tests.real import need

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def old_device() -> Iterator[SshServer]:
    need(*openssh.PROGRAMS)
    with namespace() as place, reachable(place):
        yield start_sshd(place, name="old", key_type="rsa", options=LEGACY)


@pytest.fixture
def target(old_device: SshServer) -> SshTarget:
    device = old_device
    return SshTarget("lac", device.host, device.port, device.username, device.password, "linux")


def test_old_algorithms_are_refused_by_default_and_the_sentence_says_what_to_do(
    old_device: SshServer, target: SshTarget
) -> None:
    logins = old_device.logins()
    with pytest.raises(Refused) as refused, open_session(target):
        pytest.fail("logged in with old algorithms")
    said = str(refused.value)
    assert said.startswith(f"{old_device.host}:22 in lac: the SSH server offers nothing that we")
    assert "no acceptable kex algorithm" in said
    assert "preau device allow-legacy-ssh, and plan its update" in said
    assert "\n" not in said
    assert (old_device.logins(), old_device.refused_passwords()) == (logins, 0)


def test_with_legacy_algorithms_allowed_the_old_device_is_logged_in_to(
    old_device: SshServer, target: SshTarget
) -> None:
    with open_session(replace(target, legacy_algorithms=True)) as session:
        assert session.host_key == old_device.host_key
        assert session.host_key.startswith("ssh-rsa ")
        answer = session.shell("echo salle 12; (exit 3)")
    assert (answer.status, answer.text) == (3, "salle 12")


def test_what_shares_nothing_even_with_old_algorithms_is_told_so(target: SshTarget) -> None:
    need(*openssh.PROGRAMS)
    with namespace() as place, reachable(place):
        strange = start_sshd(
            place,
            name="strange",
            options="Ciphers aes256-gcm@openssh.com\n"
            "KexAlgorithms sntrup761x25519-sha512@openssh.com\n",
        )
        asked = replace(target, host=strange.host, legacy_algorithms=True)
        with pytest.raises(Refused, match="not even the old algorithms"), open_session(asked):
            pytest.fail("nothing was common")
