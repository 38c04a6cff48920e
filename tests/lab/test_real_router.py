"""A real Cisco-like CLI: FRR's vtysh behind OpenSSH is read, configured, saved and read back."""

from collections.abc import Iterator
from dataclasses import replace

import pytest

from collectors.ssh import open_session
from collectors.target import SshTarget
from inventory.errors import Refused
from lab.real import frr_router
from lab.real.frr_router import Router, start_router
from lab.real.namespaces import namespace, reachable
from tests.real import need

pytestmark = pytest.mark.lab

PROMPT = r"(?m:^r1(\(config[^)]*\))?# $)"


@pytest.fixture(scope="module")
def router() -> Iterator[Router]:
    need(*frr_router.PROGRAMS)
    with namespace() as place, reachable(place, "eth0"):
        yield start_router(place, name="r1")


@pytest.fixture
def target(router: Router) -> SshTarget:
    ssh = router.ssh
    return SshTarget("lac", ssh.host, ssh.port, ssh.username, ssh.password, "cisco_ios")


def test_a_description_is_configured_saved_and_read_back(router: Router, target: SshTarget) -> None:
    wanted = "interface eth0\n description Salle 12, tableau\n"
    with open_session(target) as session:
        before = session.run("show running-config", expect=PROMPT)
        assert "frr version" in before
        assert wanted not in before
        lines = ["configure terminal", "interface eth0", "description Salle 12, tableau", "end"]
        answers = list(session.run_lines(lines, expect=PROMPT))
        assert answers == [(line, "") for line in lines]
        assert "configuration saved" in session.run("write memory", expect=PROMPT)
    # Another session, the daemon's own shell and the file all say what was sent.
    with open_session(target) as session:
        after = session.run("show running-config", expect=PROMPT)
    assert wanted in after
    assert wanted in router.ask("show running-config")
    assert wanted in router.startup_config.read_text()


def test_a_line_that_the_cli_refuses_is_told_in_its_own_words(target: SshTarget) -> None:
    with open_session(target) as session:
        assert "% Unknown command" in session.run("show wlan summary", expect=PROMPT)
        assert "frr version" in session.run("show running-config", expect=PROMPT)


def test_the_host_key_is_pinned_and_another_one_is_refused_before_the_password(
    router: Router, target: SshTarget
) -> None:
    with open_session(target) as session:
        assert session.host_key == router.ssh.host_key
    with open_session(replace(target, host_key=router.ssh.host_key)) as session:
        assert "FRRouting" in session.run("show version", expect=PROMPT)
    logins = router.ssh.logins()
    kind, _, _ = router.ssh.host_key.partition(" ")
    other = replace(target, host_key=f"{kind} AAAAC3NzaC1lZDI1NTE5AAAAIAnotherKeyOfAnotherDevice")
    with (
        pytest.raises(Refused, match="host key is another than the pinned one") as refused,
        open_session(other),
    ):
        pytest.fail("logged in to another device")
    assert target.password not in str(refused.value)
    assert router.ssh.logins() == logins


def test_a_wrong_password_is_refused_and_tried_once(router: Router, target: SshTarget) -> None:
    tried = router.ssh.refused_passwords()
    with (
        pytest.raises(Refused, match="the SSH password of preau was refused") as refused,
        open_session(replace(target, password="not-the-password")),
    ):
        pytest.fail("logged in with a wrong password")
    assert "not-the-password" not in str(refused.value)
    assert router.ssh.refused_passwords() == tried + 1
