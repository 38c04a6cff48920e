"""Sessions that are kept, and sessions through a jump host, which is a real OpenSSH server."""

import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace

import pytest

from collectors.ssh import open_session
from collectors.ssh_jump import host_key_of
from collectors.ssh_sessions import SshSessions
from collectors.target import JumpHost, SshTarget
from inventory.errors import DeviceError, Refused, Unreachable
from lab.device import DeviceSpec
from lab.real import openssh
from lab.real.openssh import SshServer, start_sshd
from lab.real.places import loopback
from lab.running import Lab, running_lab
from tests.real import need

pytestmark = pytest.mark.lab


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    specs = [DeviceSpec(family="openwrt", name=f"ap{n}", host=f"127.43.8.{n}") for n in range(1, 6)]
    with running_lab(specs, folder=tmp_path_factory.mktemp("lab")) as running:
        yield running


@pytest.fixture(scope="module")
def sshd() -> Iterator[SshServer]:
    need(*openssh.PROGRAMS)
    with loopback("127.43.8.200") as place:
        yield start_sshd(place, name="jump", options="AllowTcpForwarding yes\n")


@pytest.fixture
def jump(sshd: SshServer) -> JumpHost:
    return JumpHost("bastion", sshd.host, sshd.port, sshd.username, sshd.password, sshd.host_key, 3)


def target(lab: Lab, name: str = "ap1") -> SshTarget:
    device = lab[name]
    return SshTarget("z", device.host, device.ssh_port, "root", "lab-password", "linux", None, 10.0)


def test_one_login_serves_several_uses_and_is_closed_after_idling(lab: Lab) -> None:
    device = lab["ap1"]
    logins = len(device.logins)
    with SshSessions() as sessions:
        for _ in range(3):
            with sessions.session(target(lab)) as session:
                assert session.shell("echo un").text == "un"
        assert len(device.logins) == logins + 1
        assert session.is_open()
    assert not session.is_open()
    with SshSessions(idle_s=0.0) as sessions:
        with sessions.session(target(lab)) as first:
            pass
        with sessions.session(target(lab)) as second:
            assert not first.is_open()
            assert second.is_open()


def test_two_threads_never_share_a_session(lab: Lab) -> None:
    together = threading.Barrier(2)
    used = []
    with SshSessions() as sessions:

        def use() -> None:
            with sessions.session(target(lab)) as session:
                used.append(session)
                together.wait(30)

        with ThreadPoolExecutor(2) as pool:
            for future in [pool.submit(use) for _ in range(2)]:
                future.result(30)
    assert used[0] is not used[1]


def test_a_session_in_which_anything_failed_is_not_used_again(lab: Lab) -> None:
    with SshSessions() as sessions:
        with (
            pytest.raises(DeviceError, match="no prompt"),
            sessions.session(target(lab)) as lost,
        ):
            lost.shell("sleep 5", timeout_s=0.2)
        assert not lost.is_open()
        with sessions.session(target(lab)) as session:
            assert session.shell("echo deux").text == "deux"


def test_a_refused_password_is_sent_once_in_a_run_whoever_asks(lab: Lab) -> None:
    device = lab["ap2"]
    before = len(device.logins)  # of other tests of the same lab
    wrong = replace(target(lab, "ap2"), password="pas-le-bon")
    with SshSessions() as sessions:
        for _ in range(3):
            with pytest.raises(Refused, match="password of root"), sessions.session(wrong):
                pytest.fail("logged in")
        assert [login.accepted for login in device.logins[before:]] == [False]
        with sessions.session(target(lab, "ap2")) as session:
            assert session.shell("echo trois").text == "trois"


def test_one_connection_to_the_jump_host_carries_the_sessions_of_many_devices(
    lab: Lab, sshd: SshServer, jump: JumpHost
) -> None:
    logins = sshd.logins()
    jump = replace(jump, name="neuf")  # no connection to it is kept from another test
    names = [f"ap{n}" for n in range(1, 6)]
    with ExitStack() as stack, ThreadPoolExecutor(5) as pool:

        def ask(name: str) -> str:
            with open_session(replace(target(lab, name), via=jump)) as session:
                return session.shell("cat /proc/sys/kernel/hostname").text

        stack.enter_context(open_session(replace(target(lab), via=jump)))
        assert list(pool.map(ask, names)) == names
    assert sshd.logins() == logins + 1
    # What goes through it is ours and the device's: the key is the device's own.
    with open_session(target(lab)) as direct, open_session(replace(target(lab), via=jump)) as far:
        assert far.host_key == direct.host_key != sshd.host_key


def test_a_jump_host_whose_key_changed_is_sent_no_password(sshd: SshServer, lab: Lab) -> None:
    key, fingerprint = host_key_of(sshd.host, sshd.port, timeout_s=10.0)
    assert key == sshd.host_key
    assert fingerprint.startswith("SHA256:")
    refused = sshd.refused_passwords()
    other = JumpHost("bastion", sshd.host, sshd.port, "preau", "secret", "ssh-ed25519 AAAA")
    with (
        pytest.raises(Refused, match="host key of the jump host bastion"),
        open_session(replace(target(lab), via=other)),
    ):
        pytest.fail("logged in")
    assert sshd.refused_passwords() == refused


def test_a_password_that_the_jump_host_refused_is_not_sent_again(
    sshd: SshServer, lab: Lab, jump: JumpHost
) -> None:
    wrong = replace(jump, password="pas-le-bon")
    refused = sshd.refused_passwords()
    for name in ("ap1", "ap2", "ap3"):
        device = lab[name]
        with (
            pytest.raises(Refused) as told,
            open_session(replace(target(lab, name), via=wrong)),
        ):
            pytest.fail("logged in")
        said = str(told.value)
        assert f"{device.host}:{device.ssh_port} in z: the jump host bastion" in said
        assert "pas-le-bon" not in said
    assert sshd.refused_passwords() == refused + 1


def test_a_dead_jump_host_is_asked_once_and_hangs_nobody_who_goes_another_way(
    lab: Lab, jump: JumpHost
) -> None:
    """It accepts the connection and says nothing, as one whose sshd hangs."""
    asked = []
    with socket.socket() as silent:
        silent.bind(("127.43.8.201", 0))
        silent.listen()
        port = silent.getsockname()[1]
        dead = replace(jump, name="mort", host="127.43.8.201", port=port, timeout_s=1.0)

        def ask(name: str, via: JumpHost) -> str:
            try:
                with open_session(replace(target(lab, name), via=via)) as session:
                    return session.shell("echo vivant").text
            except Unreachable as error:
                return str(error)

        with ThreadPoolExecutor(8) as pool:
            behind = [pool.submit(ask, f"ap{n}", dead) for n in range(1, 6)]
            alive = pool.submit(ask, "ap1", jump).result(30)
            asked = [each.result(30) for each in behind]
        silent.settimeout(0.5)
        connections = 0
        while True:
            try:
                silent.accept()[0].close()
            except TimeoutError:
                break
            connections += 1
    assert alive == "vivant"
    assert connections == 1
    assert len(asked) == 5
    assert all("the jump host mort (127.43.8.201:" in each for each in asked)
    assert {each.split(" ")[0] for each in asked} == {
        f"127.43.8.{n}:{lab[f'ap{n}'].ssh_port}" for n in range(1, 6)
    }


def test_what_the_jump_host_cannot_reach_is_told_as_the_device_s_silence(
    lab: Lab, jump: JumpHost
) -> None:
    nobody = replace(target(lab), host="127.43.8.99", port=9, via=jump)
    with (
        pytest.raises(Unreachable, match=r"the jump host bastion .* cannot reach it"),
        open_session(nobody),
    ):
        pytest.fail("logged in")
    with open_session(replace(target(lab), via=jump)) as session:
        assert session.shell("echo encore").text == "encore"
