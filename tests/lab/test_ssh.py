"""SSH sessions to false devices: what they give back and how their failures are told."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from collectors.ssh import open_session
from collectors.target import SshTarget
from inventory.errors import Refused, Unreachable
from lab.device import DeviceSpec
from lab.running import Lab, running_lab

pytestmark = pytest.mark.lab


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[Lab]:
    with running_lab(
        [DeviceSpec(family="openwrt", name="ap1", host="127.42.1.11")], folder=tmp_path
    ) as running:
        yield running


def target(lab: Lab) -> SshTarget:
    device = lab["ap1"]
    return SshTarget("z", device.host, device.ssh_port, "root", "lab-password", "linux", None, 3.0)


def test_several_commands_share_a_session_and_each_answer_is_its_own(lab: Lab) -> None:
    with open_session(target(lab)) as session:
        assert session.shell("echo un; echo deux").text == "un\ndeux"
        assert session.shell("false").status == 1
        assert session.shell("cat <<'FIN'\nà $HOME\n  'cité'\nFIN").text == "à $HOME\n  'cité'"
        assert session.shell("true").text == ""
    assert len(lab["ap1"].logins) == 1


def test_what_stands_before_a_prompt_is_in_no_answer(lab: Lab) -> None:
    lab["ap1"].faults.add("odd_prompt")
    with open_session(target(lab)) as session:
        assert session.shell("echo un\necho deux").text == "un\ndeux"
        assert session.shell("cat <<'FIN'\nun\nFIN").text == "un"
        assert session.shell("echo un; sleep 1 &").text.startswith("un")
        assert session.shell("echo un\nfalse").status == 1


def test_the_key_of_the_server_is_told_and_a_pinned_one_is_asked_for(lab: Lab) -> None:
    with open_session(target(lab)) as session:
        key = session.host_key
    with open_session(replace(target(lab), host_key=key)) as session:
        assert session.host_key == key
    tries = len(lab["ap1"].logins)
    with (
        pytest.raises(Refused, match="host key"),
        open_session(replace(target(lab), host_key="ssh-ed25519 AAAA")),
    ):
        pass
    assert len(lab["ap1"].logins) == tries


def test_a_refused_password_is_shown_once_and_not_told(lab: Lab) -> None:
    wrong = replace(target(lab), password="pas-le-bon")
    with pytest.raises(Refused) as refused, open_session(wrong):
        pass
    assert "pas-le-bon" not in str(refused.value) + repr(wrong)
    assert [login.accepted for login in lab["ap1"].logins] == [False]


def test_a_closed_port_is_unreachable(lab: Lab) -> None:
    with (
        pytest.raises(
            Unreachable, match="check that the device runs, its address and its SSH port"
        ),
        open_session(replace(target(lab), port=9)),
    ):
        pass


def test_a_session_that_the_device_drops_is_unreachable_at_once(lab: Lab) -> None:
    lab["ap1"].faults.add("drop_session:6")
    with open_session(target(lab)) as session, pytest.raises(Unreachable):
        [session.shell("true", timeout_s=600.0) for _ in range(9)]


def test_a_server_of_today_is_spoken_to_with_a_cipher_that_checks_itself(lab: Lab) -> None:
    with open_session(target(lab)) as session:
        transport = session._connection.remote_conn.get_transport()
        assert transport.remote_cipher == transport.local_cipher == "aes128-gcm@openssh.com"
        transport.renegotiate_keys()
        assert session.shell("echo encore").text == "encore"


def test_an_answer_that_comes_in_many_pieces_is_read_whole(lab: Lab) -> None:
    lines = [f"ligne {number}" for number in range(300)]
    script = "\n".join(f"echo {line}" for line in lines)
    with open_session(target(lab)) as session:
        assert session.shell(f"{{ {script}\n}}").text.splitlines() == lines


def test_lines_typed_ahead_bring_no_prompts_back(lab: Lab) -> None:
    with open_session(target(lab)) as session:
        session.shell("true")
        # What came before an answer is not in it: this sees all that the device wrote.
        session._write("cat <<'FIN'\nun\ndeux\nFIN\necho f''in")
        assert "> " not in session._read_until(r"\nfin\n", 20.0)
