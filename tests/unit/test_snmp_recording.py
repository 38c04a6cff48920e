"""Recordings: every form of value, and what is broken is counted, never fatal."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from api.cli import app, main
from collectors.recorded import observe_recording
from collectors.snmp.recording import parse_recording, read_recording
from inventory.errors import InvalidInput
from inventory.observation import (
    Identity,
    Interface,
    Member,
    Metric,
    Observation,
    Poe,
    PoePort,
    json_lines,
    to_json,
)
from inventory.vendors.mib import MibView, decimal, mac, oid
from inventory.vendors.standard.interfaces import interfaces


def parsed(text: str | bytes) -> MibView:
    recording = parse_recording(text if isinstance(text, bytes) else text.encode())
    assert recording is not None
    return recording.view()


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("1.3.6.1.1|2|-5", -5),
        ("1.3.6.1.1|4|plain | text", b"plain | text"),
        ("1.3.6.1.1|4|", b""),
        ("1.3.6.1.1|4x|00ff0A", b"\x00\xff\x0a"),
        ("1.3.6.1.1|4e|a\\r\\nb\\x00", b"a\r\nb\x00"),
        ("1.3.6.1.1|4e|C:\\Files \\777", b"C:\\Files \\777"),
        ("1.3.6.1.1|4|Liège", "Liège".encode()),
        ("1.3.6.1.1|6|.1.3.6.1.4.1.9", (1, 3, 6, 1, 4, 1, 9)),
        ("1.3.6.1.1|64|192.0.2.7", b"\xc0\x00\x02\x07"),
        ("1.3.6.1.1|64x|C0000207", b"\xc0\x00\x02\x07"),
        ("1.3.6.1.1|65|4294967295", 4294967295),
        ("1.3.6.1.1|66|7", 7),
        ("1.3.6.1.1|67|100", 100),
        ("1.3.6.1.1|68x|9f780441280000", b"\x9f\x78\x04\x41\x28\x00\x00"),
        ("1.3.6.1.1|70|18446744073709551615", 2**64 - 1),
        (".1.3.6.1.1|2|1", 1),
        ("1.3.6.1.1|4:writecache|value=R3MD1", b"R3MD1"),
        ("1.3.6.1.1|4:delay|wait=100,hexvalue=00ff", b"\x00\xff"),
        ("1.3.6.1.1|66:numeric|rate=5,initial=9", 9),
    ],
)
def test_every_type_of_a_snmprec_line_is_read(line: str, value: object) -> None:
    view = parsed(line)
    assert view.get((1, 3, 6, 1, 1)) == value
    assert view.problems == ()


@pytest.mark.parametrize("tag", [5, 128, 129, 130])
def test_a_snmprec_line_that_says_there_is_nothing_is_no_problem(tag: int) -> None:
    view = parsed(f"1.3.6.1.1|{tag}|")
    assert len(view) == 0
    assert view.problems == ()


WALK = """\
.1.3.6.1.2.1.1.1.0 = STRING: "a switch
of two lines"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.9.1.1
.1.3.6.1.2.1.1.3.0 = Timeticks: (12345) 0:02:03.45
.1.3.6.1.2.1.1.4.0 = ""
.1.3.6.1.2.1.1.5.0 = STRING: sw1
.1.3.6.1.2.1.1.6.0 = STRING: "say \\"hello\\""
.1.3.6.1.2.1.2.2.1.4.1 = INTEGER: 1500 octets
.1.3.6.1.2.1.2.2.1.6.1 = Hex-STRING: 00 1B 21 0A
0B 0C
.1.3.6.1.2.1.2.2.1.6.2 = STRING: 0:1b:21:a:b:d
.1.3.6.1.2.1.2.2.1.7.1 = INTEGER: up(1)
.1.3.6.1.2.1.2.2.1.10.1 = Counter32: 77
.1.3.6.1.2.1.2.2.1.21.1 = Gauge32: 5
.1.3.6.1.2.1.2.2.1.22.1 = OID: ccitt.0
.1.3.6.1.2.1.3.1.1.3.1 = Network Address: C0:00:02:07
.1.3.6.1.2.1.4.20.1.1.192.0.2.7 = IpAddress: 192.0.2.7
.1.3.6.1.2.1.31.1.1.1.6.1 = Counter64: 12345678901234
.1.3.6.1.2.1.99.1 = BITS: 80 00 first(0)
.1.3.6.1.4.1.2021.1 = Opaque: Float: 10.500000
.1.3.6.1.4.1.2021.2 = Wrong Type (should be Gauge32 or Unsigned32): INTEGER: 3
iso.3.6.1.4.1.2021.3 = INTEGER: 4
.1.3.6.1.4.1.2021.4 = NULL
.1.3.6.1.4.1.2021.5 = No Such Instance currently exists at this OID
.1.3.6.1.4.1.2021.6 = No more variables left in this MIB View (It is past the end of the MIB tree)
"""


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("1.3.6.1.2.1.1.1.0", b"a switch\nof two lines"),
        ("1.3.6.1.2.1.1.2.0", (1, 3, 6, 1, 4, 1, 9, 1, 1)),
        ("1.3.6.1.2.1.1.3.0", 12345),
        ("1.3.6.1.2.1.1.4.0", b""),
        ("1.3.6.1.2.1.1.5.0", b"sw1"),
        ("1.3.6.1.2.1.1.6.0", b'say "hello"'),
        ("1.3.6.1.2.1.2.2.1.4.1", 1500),
        ("1.3.6.1.2.1.2.2.1.6.1", bytes.fromhex("001b210a0b0c")),
        ("1.3.6.1.2.1.2.2.1.7.1", 1),
        ("1.3.6.1.2.1.2.2.1.10.1", 77),
        ("1.3.6.1.2.1.2.2.1.21.1", 5),
        ("1.3.6.1.2.1.2.2.1.22.1", (0, 0)),
        ("1.3.6.1.2.1.3.1.1.3.1", bytes((192, 0, 2, 7))),
        ("1.3.6.1.2.1.4.20.1.1.192.0.2.7", bytes((192, 0, 2, 7))),
        ("1.3.6.1.2.1.31.1.1.1.6.1", 12345678901234),
        ("1.3.6.1.2.1.99.1", b"\x80\x00"),
        ("1.3.6.1.4.1.2021.2", 3),
        ("1.3.6.1.4.1.2021.3", 4),
        ("1.3.6.1.4.1.2021.4", None),
        ("1.3.6.1.4.1.2021.5", None),
        ("1.3.6.1.4.1.2021.6", None),
    ],
)
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_every_form_that_snmpwalk_prints_is_read(name: str, value: object, ends: str) -> None:
    view = parsed(WALK.replace("\n", ends))
    assert view.problems == ()
    assert view.get(oid(name)) == value


def test_a_mac_address_that_snmpwalk_wrote_as_text_is_one() -> None:
    assert mac(parsed(WALK).get(oid("1.3.6.1.2.1.2.2.1.6.2"))) == "001b210a0b0d"


def test_an_opaque_float_that_snmpwalk_wrote_is_a_number() -> None:
    assert decimal(parsed(WALK).get(oid("1.3.6.1.4.1.2021.1"))) == 10.5


def test_a_byte_order_mark_windows_line_ends_disorder_and_duplicates_are_fine() -> None:
    text = "\ufeff1.3.6.1.2|2|2\r\n1.3.6.1.1|2|1\r\n1.3.6.1.2|2|3\r\n"
    view = parsed(text)
    assert list(view) == [(1, 3, 6, 1, 1), (1, 3, 6, 1, 2)]
    assert view.get((1, 3, 6, 1, 2)) == 3
    assert view.problems == ()


def test_a_file_in_utf_16_or_with_carriage_returns_alone_is_read() -> None:
    text = "1.3.6.1.1|4|Liège\n1.3.6.1.2|2|7\n"
    for raw in (text.encode("utf-16"), text.replace("\n", "\r").encode()):
        view = parsed(raw)
        assert view.get((1, 3, 6, 1, 1)) == "Liège".encode()
        assert view.problems == ()


def test_a_carriage_return_in_a_text_ends_no_line() -> None:
    view = parsed(b"1.3.6.1.1|4|one\rtwo\n1.3.6.1.2|2|7\n")
    assert view.get((1, 3, 6, 1, 1)) == b"one\rtwo"
    assert len(view) == 2


def test_only_what_is_below_a_root_is_decoded() -> None:
    text = "1.3.6.1.2|2|1\n1.3.6.1.2.1|4x|00FF\n1.3.6.1.20|2|2\n 1.3.6.1.2.7|64|192.0.2.7\nbad\n"
    recording = parse_recording(text.encode())
    assert recording is not None
    view = recording.view([(1, 3, 6, 1, 2), (1, 3, 6, 1, 2, 1)])
    assert list(view) == [(1, 3, 6, 1, 2), (1, 3, 6, 1, 2, 1), (1, 3, 6, 1, 2, 7)]
    assert view.get((1, 3, 6, 1, 2, 1)) == b"\x00\xff"
    assert len(view.problems) == 1


@pytest.mark.parametrize("line", ["1.3.6.1.1|2|1\n", " 1.3.6.1.1|2|1\n", "1.3.6.1.01|2|1\n"])
@pytest.mark.parametrize("later", ["1.3.6.1.1|2|2\n", ".1.3.6.1.1|2| 2\n"])
def test_of_two_lines_for_one_object_the_later_one_counts(line: str, later: str) -> None:
    assert parsed(line + later).get((1, 3, 6, 1, 1)) == 2


@pytest.mark.parametrize(
    "line",
    [
        "1.3.6.1.1|65|-1",
        "1.3.6.1.1|70|18446744073709551616000",
        "1.3.6.4294967296|2|1",
        "1.3.6.1.1|4x|abc",
        "1.3.6.1.1|64|300.1.1.1",
        "1.3.6.1.1|6|SNMPv2-SMI::enterprises",
        "1.3.6.1.1|OCTETSTR|x",
        "1.3.6.1.1|4",
        "1.3.6.1.1|4:subprocess|uptime",
    ],
)
def test_a_value_that_its_type_cannot_hold_is_a_problem(line: str) -> None:
    view = parsed(f"1.3.6.1.9|2|1\n{line}\n")
    assert len(view) == 1
    assert len(view.problems) == 1


def test_lines_that_cannot_be_read_are_counted_with_the_first_ones_number() -> None:
    view = parsed("1.3.6.1.1|2|1\nnonsense\n1.3.6.1.2|99|x\n1.3.6.1.3|2|many\n")
    assert len(view) == 1
    assert len(view.problems) == 1
    assert view.problems[0].what == "3 lines of the recording"
    assert "line 2" in view.problems[0].why


def test_an_empty_file_is_an_empty_observation_with_a_problem(tmp_path: Path) -> None:
    path = tmp_path / "empty.snmprec"
    path.touch()
    observation = observe_recording(path)
    assert observation.identity.family == "generic"
    assert observation.interfaces == ()
    assert [problem.why for problem in observation.problems] == ["the file is empty"]


@pytest.mark.parametrize(
    "raw", [b"\x89PNG\r\n\x1a\n" + bytes(range(256)) * 4, b"hello\n", b"\xff" * 100, b"\0"]
)
def test_a_file_without_a_readable_line_is_refused(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "noise"
    path.write_bytes(raw)
    with pytest.raises(InvalidInput, match="no line of it can be read"):
        read_recording(path)


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput, match="No such file"):
        read_recording(tmp_path / "missing")


def test_large_figures_are_shown_whole(tmp_path: Path) -> None:
    recording = tmp_path / "x.snmprec"
    recording.write_text("1.3.6.1.2.1.1.3.0|67|192013921\n")
    shown = CliRunner().invoke(app, ["observe", "--recording", str(recording)])
    assert shown.exit_code == 0
    assert "1920139.21" in shown.stdout


def test_a_view_of_tables_answers_as_the_view_of_all_objects() -> None:
    lines = b"\n".join(
        b"1.3.6.1.2.1.%d.%d.%d|2|%d" % (group, column, row, group * column * row)
        for group in (2, 31, 1)
        for column in (11, 1, 2)
        for row in (7, 3)
    )
    recording = parse_recording(lines + b"\n1.3.6.1.2.1.1.5.0|4|ap1\n1.3.6.1.2.1.1.5.0|4|ap2")
    assert recording is not None
    everything = recording.view()
    # A column, a group, one instance, a part that is asked for twice, and what is not there.
    roots = ("1.3.6.1.2.1.2.1", "1.3.6.1.2.1.31", "1.3.6.1.2.1.31.1", "1.3.6.1.2.1.1.5.0", "1.3.9")
    asked = recording.view(map(oid, roots))
    for root in map(oid, (*roots, "1.3.6.1.2.1.31.11.3", "1.3.6.1.2.1.2.1.7")):
        assert list(asked.column(root).items()) == list(everything.column(root).items())
        assert asked.get(root) == everything.get(root)
    assert list(asked) == sorted(asked)
    assert len(asked) == len(list(asked)) == 9
    # What lies above the roots has their objects alone.
    assert [
        asked.get((*oid("1.3.6.1.2.1"), *rest)) for rest in asked.column(oid("1.3.6.1.2.1"))
    ] == [asked.get(name) for name in asked]
    assert asked.text(oid("1.3.6.1.2.1.1.5.0")) == "ap2"


def test_a_quoted_string_that_never_ends_is_read_in_one_pass() -> None:
    lines = ['.1.3.6.1.2.1.1.1.0 = STRING: "opened', *("words" for _ in range(20_000))]
    view = parsed("\n".join([*lines, ".1.3.6.1.2.1.1.3.0 = INTEGER: 7"]))
    assert view.integer(oid("1.3.6.1.2.1.1.3.0")) == 7
    assert (view.text(oid("1.3.6.1.2.1.1.1.0")) or "").endswith("words")


def test_what_snmpwalk_prints_without_types_is_read() -> None:
    view = parsed(
        """\
.1.3.6.1.2.1.1.1.0 = "a switch
of two lines"
.1.3.6.1.2.1.1.2.0 = .1.3.6.1.4.1.9.1.1
.1.3.6.1.2.1.1.3.0 = 1:02:03:04.05
.1.3.6.1.2.1.1.5.0 = sw1: the first
.1.3.6.1.2.1.2.2.1.4.1 = 1500
.1.3.6.1.2.1.2.2.1.6.1 = "00 1B 21 0A 0B 0C "
.1.3.6.1.2.1.47.1.1.1.1.9.1 = 10.1.2.3
"""
    )
    assert view.problems == ()
    assert [view.get(name) for name in view] == [
        b"a switch\nof two lines",
        (1, 3, 6, 1, 4, 1, 9, 1, 1),
        9_378_405,
        b"sw1: the first",
        1500,
        bytes.fromhex("001b210a0b0c"),
        b"10.1.2.3",
    ]


@pytest.mark.parametrize("begins", ["iso", "1", ".1"])
def test_an_oid_may_begin_in_each_way_that_snmpwalk_prints(begins: str) -> None:
    view = parsed(f"{begins}.3.6.1.2.1.1.3.0 = INTEGER: 7\n{begins}.3.6.1.2.1.1.5.0 = STRING: sw\n")
    assert dict(view.column((1, 3, 6, 1, 2, 1, 1))) == {(3, 0): 7, (5, 0): b"sw"}
    assert view.problems == ()


Observed = Callable[[Path], tuple[object, str, str]]


@pytest.fixture
def observed(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> Observed:
    """Return what gives the exit status, the output and the errors of the whole command."""

    def observe(recording: Path) -> tuple[object, str, str]:
        arguments = ["preau", "observe", "--recording", str(recording), "--json"]
        monkeypatch.setattr("sys.argv", arguments)
        with pytest.raises(SystemExit) as ended:
            main()
        return (ended.value.code, *capfd.readouterr())

    return observe


@pytest.mark.parametrize(
    ("raw", "status", "said"),
    [
        (b"1.3.6.1.2.1.1.5.0|4|sw1\n", 0, '"sysname": "sw1"'),
        (b"", 0, "the file is empty"),
        (b" \r\n\n", 0, "the file is empty"),
        (b"1.3.6.1.2.1.1.5.0|4|sw1\nnoise\nnoise\n", 0, "2 lines of the recording"),
        (b".1.3.6.1.2.1.1.3.0 = Timeticks: (5)\nnoise\n", 0, "1 line of the recording"),
        (b"1.3.6.1.2.1.1.5.0|5|\n", 0, '"problems": []'),
        (b"noise\n", 2, "no line of it can be read"),
        (b"\x89PNG\r\n\x1a\n\0", 2, "no line of it can be read"),
        (None, 2, "No such file"),
    ],
)
def test_reading_a_recording_ends_with_its_status(
    raw: bytes | None, status: int, said: str, tmp_path: Path, observed: Observed
) -> None:
    recording = tmp_path / "recording"
    if raw is not None:
        recording.write_bytes(raw)
    ended, out, err = observed(recording)
    assert ended == status
    assert said in (err if status else out)
    assert (out == "") == bool(status)


def test_the_json_that_is_printed_is_the_published_form() -> None:
    observation = Observation(
        Identity("generic", sysname="Liège", members=(Member(1, "A"),)),
        interfaces=(Interface(1, "lan1", counters={"in_octets": 2**63}), Interface(2)),
        poe=Poe(370.0, None, (PoePort(1, poe_class=4),)),
        metrics=(Metric("cpu_percent", None, 7.0, "%", "1.3"),),
    )
    assert json.loads("".join(json_lines(observation))) == to_json(observation)
    assert json.loads("".join(json_lines(Observation(Identity("generic"))))) == to_json(
        Observation(Identity("generic"))
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("1.3.6.1.1.{}|65|{}", lambda number: number),
        ("1.3.6.1.1.{}|4|port {}", lambda number: b"port %d" % number),
        (".1.3.6.1.1.{} = Counter64: {}", lambda number: number),
        (".1.3.6.1.1.{} = INTEGER: up({})", lambda number: number),
        ('.1.3.6.1.1.{} = STRING: "{}"', lambda number: b"%d" % number),
        (".1.3.6.1.1.{} = {}", lambda number: number),
    ],
)
def test_a_column_is_read_by_the_one_number_of_its_index(
    line: str, told: Callable[[int], object]
) -> None:
    lines = [line.format(number, number) for number in (1, 2, 3, 10)]
    longer = line.format("7.7", 77)
    expected = {number: told(number) for number in (1, 2, 3, 10)}
    for text in ("\n".join(lines), "\n".join([*lines, longer]), "\n".join([longer, *lines])):
        recording = parse_recording(text.encode())
        assert recording is not None
        view = recording.view([oid("1.3.6.1.1")])
        assert view.numbered(oid("1.3.6.1.1")) == expected
        values = {name: view.get(name) or b"" for name in view}
        assert MibView(values).numbered(oid("1.3.6.1.1")) == expected


def test_a_column_of_several_types_is_read_value_by_value() -> None:
    view = parsed('.1.3.6.1.1.1 = Counter32: 5\n.1.3.6.1.1.2 = STRING: "a\nCounter32: 7"\n')
    assert view.column(oid("1.3.6.1.1")) == {(1,): 5, (2,): b"a\nCounter32: 7"}


def test_what_snmpwalk_prints_without_equals_signs_is_read() -> None:
    view = parsed(
        '.1.3.6.1.2.1.1.1.0 "two\nlines"\n.1.3.6.1.2.1.1.2.0 .1.3.6.1.4\n.1.3.6.1.9.1 5\n'
    )
    assert view.get(oid("1.3.6.1.2.1.1.1.0")) == b"two\nlines"
    assert view.get(oid("1.3.6.1.2.1.1.2.0")) == oid("1.3.6.1.4")
    assert view.get(oid("1.3.6.1.9.1")) == 5
    assert view.problems == ()


def test_labels_that_stand_for_numbers_are_read_where_no_type_is_written() -> None:
    view = parsed(".1.3.6.1.2.1.2.2.1.2.1 = eth0\n.1.3.6.1.2.1.2.2.1.8.1 = lowerLayerDown\n")
    assert [port.oper for port in interfaces(view)] == ["lowerLayerDown"]
