"""Several commands as one script for a shell: how it is written, and what a real shell makes of it.

A real shell decides: any POSIX shell will do.
"""

import subprocess

import pytest

from deploy.conversation import script


def run(text: str) -> tuple[int, list[str]]:
    done = subprocess.run(["sh"], input=text, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout.splitlines()


@pytest.mark.parametrize("failing", [0, 1, 2, 3])
def test_it_stops_at_the_first_that_fails_and_tells_its_place(failing: int) -> None:
    commands = ["echo un", "cat <<'FIN'\ndeux; }\nFIN", "echo 'trois\nlignes'", "echo quatre"]
    said = ["un", "deux; }", "trois", "lignes", "quatre"]
    before = [0, 1, 2, 4][failing]
    commands[failing] = "(exit 7)"
    status, lines = run(script(commands))
    assert (status, lines) == (7, [*said[:before], f"preau-reached:{failing}"])


def test_it_ends_well_where_none_fails() -> None:
    assert run(script([f"echo {n}" for n in range(40)])) == (0, [str(n) for n in range(40)])


def test_a_command_that_is_ended_already_is_not_ended_again() -> None:
    assert run(script(["echo un;", "true &", "echo deux"])) == (0, ["un", "deux"])


def test_short_commands_share_lines_that_an_access_point_can_edit() -> None:
    commands = [f"uci set wireless.default_radio{n}.key='{'x' * 40}'" for n in range(12)]
    lines = script(commands).splitlines()
    assert len(lines) < len(commands) / 2
    assert max(map(len, lines)) <= 400
    assert all(any(command in line for line in lines) for command in commands)


def test_a_long_command_keeps_a_line_of_its_own() -> None:
    long = f"echo {'y' * 450}"
    lines = script(["echo un", long, "echo deux"]).splitlines()
    assert [line for line in lines if "y" in line] == [f"{{ {long}; }} && preau_at=2 && "]
