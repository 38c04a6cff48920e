"""The circle: running → remediation → intended → rollback → running, for both shapes.

The devices of this file are small models of the manuals, apart from the product's code.
"""

import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from unittest import mock

from hypothesis import given, settings
from hypothesis import strategies as st

from deploy.difference import difference, remediation
from inventory.intent import DeviceIntent, Port, PortMode, Vlan
from inventory.vendors.aruba_cx import configuration as cx
from inventory.vendors.indented import IndentedGrammar
from inventory.vendors.ios import configuration as ios
from inventory.vendors.openwrt import configuration_uci as uci
from inventory.vendors.procurve import configuration as procurve

State = dict[tuple[str, str], dict[str, object]]

WORDS = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=12)
NAMES = st.sampled_from(["lan", "radio0", "preau_a", "preau_b", "voisin", "guest"])
OPTIONS = st.dictionaries(
    st.sampled_from(["ssid", "key", "device", "ports", "channel", "auth_secret"]),
    WORDS | st.lists(WORDS, min_size=1, max_size=3).map(tuple),
    max_size=4,
)
PACKAGES = ("network", "wireless")


def export(named: dict[tuple[str, str], tuple[str, dict[str, object]]], unnamed: object) -> str:
    """Write an export as `uci export` does: tabs, single quotes, quotes as '\\''."""
    lines = []
    for package in PACKAGES:
        lines.append(f"package {package}\n")
        for number, options in enumerate(unnamed):  # type: ignore[arg-type, var-annotated]
            if number % 2 == PACKAGES.index(package):
                lines += [f"config device{number}", *_option_lines(options)]
        for (where, name), (kind, options) in named.items():
            if where == package:
                lines += [f"config {kind} '{name}'", *_option_lines(options)]
    return "\n".join(lines) + "\n"


def _option_lines(options: dict[str, object]) -> list[str]:
    lines = []
    for option, value in options.items():
        if isinstance(value, tuple):
            lines += [f"\tlist {option} {_quoted(each)}" for each in value]
        else:
            lines.append(f"\toption {option} {_quoted(str(value))}")
    return lines


def _quoted(value: str) -> str:
    return "'" + "'\\''".join(value.split("'")) + "'"


def state_of(text: str) -> State:
    return {
        record.identity: {"": record.kind, **record.options} for record in uci.GRAMMAR.parse(text)
    }


def uci_model(text: str, lines: Sequence[str]) -> State:
    """Do `uci set|delete|add_list|reorder` lines as the UCI page of the user guide describes."""
    state = state_of(text)
    by_address = {r.address: r.identity for r in uci.GRAMMAR.parse(text) if r.unnamed}
    for verb, rest in _verbs(lines):
        path, _, value = rest.partition("=")
        package, name, *option = path.split(".") if "@" not in path else _split(path)
        key = by_address.get(f"{package}.{name}", (package, name))
        if not option:
            if verb == "set":
                state.setdefault(key, {})[""] = value
            elif verb == "reorder":
                state = _reordered(state, key, int(value))
            else:
                del state[key]
        elif verb == "set":
            state[key][option[0]] = value
        elif verb == "delete":
            state[key].pop(option[0], None)
        else:
            before = state[key].get(option[0], ())
            assert isinstance(before, tuple)
            state[key][option[0]] = (*before, value)
    return state


def _reordered(state: State, key: tuple[str, str], place: int) -> State:
    """Return the sections with one moved to a place among those of its package."""
    order = [each for each in state if each[0] == key[0] and each != key]
    order.insert(place, key)
    return {each: state[each] for each in (*order, *(e for e in state if e[0] != key[0]))}


def order_of(state: State, among: State) -> list[tuple[str, str]]:
    """Return the sections, by package, that are in another state as well, in their order."""
    return sorted((key for key in state if key in among), key=lambda key: key[0])


def _verbs(lines: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield each verb and what it is about; a list is one line of several commands."""
    for line in lines:
        words = shlex.split(line)
        for start in (place for place, word in enumerate(words) if word == "uci"):
            quiet = words[start + 1] == "-q"
            verb, rest = words[start + 1 + quiet : start + 3 + quiet]
            yield verb, rest.removesuffix(";") if quiet else rest


def _split(path: str) -> list[str]:
    package, rest = path.split(".", 1)
    name, _, option = rest.partition("].")
    return [package, name + "]", option] if option else [package, rest]


RECORDS = st.dictionaries(
    st.tuples(st.sampled_from(PACKAGES), NAMES),
    st.tuples(st.sampled_from(["interface", "wifi-iface"]), OPTIONS),
    max_size=5,
)


@given(RECORDS, RECORDS, st.lists(st.tuples(OPTIONS, OPTIONS), max_size=3))
@settings(max_examples=100, deadline=None)
def test_records_go_to_the_intended_state_and_back(before, after, unnamed) -> None:  # type: ignore[no-untyped-def]
    running = export(before, [pair[0] for pair in unnamed])
    intended = export(after, [pair[1] for pair in unnamed])
    ways = difference(uci.GRAMMAR, running, intended)
    assert uci_model(running, ways.remediation) == state_of(intended)
    undone = uci_model(intended, ways.rollback)
    assert undone == state_of(running)
    was, then = state_of(running), state_of(intended)
    if order_of(was, then) == order_of(then, was):  # what stayed stands as it stood
        assert order_of(undone, undone) == order_of(was, was)
    assert bool(ways) == bool(ways.review) == (state_of(running) != state_of(intended))


@given(RECORDS, st.lists(OPTIONS, max_size=3))
@settings(max_examples=100, deadline=None)
def test_an_export_in_our_own_form_says_the_same(named, unnamed) -> None:  # type: ignore[no-untyped-def]
    text = export(named, unnamed)
    assert state_of(uci.normalise([text])) == state_of(text)


@given(RECORDS, st.dictionaries(WORDS, st.sampled_from(["a", "b"]), max_size=3))
@settings(max_examples=100, deadline=None)
def test_scrubbed_records_show_no_secret_and_are_restored_from_the_running_ones(  # type: ignore[no-untyped-def]
    named, names
) -> None:
    running = uci.normalise([export(named, [])])
    names = {value: f"{name}{number}" for number, (value, name) in enumerate(names.items())}
    scrubbed = uci.GRAMMAR.scrub(running, names)
    for record in uci.GRAMMAR.parse(scrubbed):
        for option in ("key", "auth_secret"):
            value = record.options.get(option, "‹secret›")
            assert all(
                each.startswith("‹secret")
                for each in (value if isinstance(value, tuple) else [value])
            )
    values = {name: value for value, name in names.items()}
    assert uci.GRAMMAR.unscrub(scrubbed, running, values) == running


# -- AOS-CX

VLANS = st.lists(st.integers(2, 30), unique=True, max_size=4)
PORT_NAMES = ["1/1/1", "1/1/2", "1/1/3"]


@st.composite
def ports(draw: st.DrawFn) -> Port:
    mode = draw(st.sampled_from(PortMode))
    return Port(
        name=draw(st.sampled_from(PORT_NAMES)),
        description=draw(st.none() | st.sampled_from(["Borne ap1", "Prise 12"])),
        enabled=draw(st.booleans()),
        mode=mode,
        native_vlan=draw(st.sampled_from([1, 10, 20])),
        tagged_vlans=tuple(draw(VLANS)) if mode is PortMode.TRUNK else (),
        poe=draw(st.sampled_from([None, True, False])),
    )


@st.composite
def intents(draw: st.DrawFn) -> DeviceIntent:
    chosen = {port.name: port for port in draw(st.lists(ports(), max_size=3))}
    used = {v for p in chosen.values() for v in (p.native_vlan, *p.tagged_vlans)} - {1}
    used |= set(draw(VLANS))
    return DeviceIntent(
        vlans=tuple(Vlan(id=each, name=f"v{each}") for each in sorted(used)),
        wlans=(),
        radios=(),
        ports=tuple(chosen.values()),
        management_vlan=1,
        country=None,
        hostname=draw(st.sampled_from(["sw1", "sw-2", None])),
        origins={},
    )


FACTORY = """Current configuration:
!
!Version ArubaOS-CX ML.10.13.1000
hostname 6200
user admin group administrators password ciphertext AQBapbgm7oeLyFcC
vlan 1,10-12,99
interface mgmt
    no shutdown
interface 1/1/1
    no shutdown
    no routing
    vlan access 99
interface 1/1/2
    no shutdown
    description cable gris
    no routing
    vlan trunk native 1
    vlan trunk allowed 1,10-12
interface 1/1/3
    shutdown
    no routing
    vlan trunk native 99
    vlan trunk allowed all
    no power-over-ethernet
interface vlan 1
    ip address 10.0.0.2/24
"""


class Switch:
    """The VLAN, port and hostname commands of AOS-CX, on lines in the product's one form."""

    def __init__(self, text: str) -> None:
        self.sections = {head: set(below) for head, below in cx.GRAMMAR.sections(text).items()}
        self.most_vlans: dict[str, int] = {}

    def type(self, lines: Sequence[str]) -> dict[str, set[str]]:
        header = ""
        for line in lines:
            if line == "exit":
                header = ""
            elif line.startswith(("interface ", "vlan ")) and not header:
                header = line
                self.sections.setdefault(header, set())
            elif line.startswith("no vlan ") and not header:
                gone = line.removeprefix("no vlan ")
                used = {
                    each.split()[-1]
                    for below in self.sections.values()
                    for each in below
                    if each.startswith("    vlan ")
                }
                assert gone not in used
                del self.sections[line[3:]]
            elif line.startswith("hostname "):
                self.sections = {k: v for k, v in self.sections.items() if k[:9] != "hostname "}
                self.sections[line] = set()
            elif header.startswith("interface "):
                self._port(self.sections[header], line)
                self._note(header)
            else:
                assert header.startswith("vlan "), line
                name = None if line == "no name" else line
                self._replace(self.sections[header], "name ", name)
        return self.sections

    def _port(self, below: set[str], line: str) -> None:
        bare = line.removeprefix("no ")
        if line == "no description":
            self._replace(below, "description ", None)
        elif line in {"shutdown", "power-over-ethernet"}:
            below.discard(f"    no {line}")
        elif line.startswith("no ") and bare not in {"shutdown", "power-over-ethernet"}:
            assert f"    {bare}" in below or bare.startswith("vlan trunk"), line
            below.discard(f"    {bare}")
        elif line.startswith("vlan access "):
            self._replace(below, "vlan ", line)
        elif line.startswith("vlan trunk native "):
            self._replace(below, "vlan access ", None)
            self._replace(below, "vlan trunk native ", line)
        elif line.startswith("vlan trunk allowed "):
            self._replace(below, "vlan access ", None)
            below.add(f"    {line}")
        elif line.startswith("description "):
            self._replace(below, "description ", line)
        else:
            below.add(f"    {line}")

    def _replace(self, below: set[str], start: str, line: str | None) -> None:
        for old in [each for each in below if each.strip().startswith(start)]:
            below.discard(old)
        if line:
            below.add(f"    {line}")

    def _note(self, header: str) -> None:
        listed = [x for x in self.sections[header] if "vlan trunk allowed" in x]
        self.most_vlans[header] = max(self.most_vlans.get(header, 0), len(listed) or 4094)


def sections(text: str) -> dict[str, set[str]]:
    return {head: set(below) for head, below in cx.GRAMMAR.sections(text).items()}


@given(intents(), intents())
@settings(max_examples=40, deadline=None)
def test_a_switch_goes_to_the_intended_state_and_back(
    first: DeviceIntent, then: DeviceIntent
) -> None:
    running = cx.render(first, cx.normalise([FACTORY])).text
    intended = cx.render(then, running).text
    ways = difference(cx.GRAMMAR, running, intended)
    assert Switch(running).type(cx.commands(ways.remediation)) == sections(intended)
    assert Switch(intended).type(cx.commands(ways.rollback)) == sections(running)
    assert cx.render(then, intended).text == intended
    assert not difference(cx.GRAMMAR, intended, cx.render(then, intended).text)


@given(st.sets(st.integers(2, 40), min_size=1), st.sets(st.integers(2, 40), min_size=1))
@settings(max_examples=40, deadline=None)
def test_a_trunk_whose_list_changes_never_carries_every_vlan(old: set[int], new: set[int]) -> None:
    def text(allowed: set[int]) -> str:
        below = "".join(f"    vlan trunk allowed {each}\n" for each in sorted(allowed))
        return f"interface 1/1/1\n    no shutdown\n    vlan trunk native 1\n{below}"

    ways = difference(cx.GRAMMAR, text(old), text(new))
    switch = Switch(text(old))
    assert switch.type(cx.commands(ways.remediation)) == sections(text(new))
    assert switch.most_vlans.get("interface 1/1/1", 0) <= len(old | new)


# -- ports, which are compared alone and once

BELOW = st.lists(
    st.sampled_from(
        [
            "no shutdown",
            "shutdown",
            "no routing",
            "description prise",
            "description borne",
            "vlan access 10",
            "vlan access 20",
            "vlan trunk native 1",
            "vlan trunk allowed 10,20",
            "vlan trunk allowed all",
            "switchport mode access",
            "switchport mode trunk",
            "spanning-tree portfast",
        ]
    ),
    unique_by=lambda line: line.removeprefix("no "),
    max_size=4,
)
HEADERS = [*(f"interface {name}" for name in (*PORT_NAMES, "vlan 5", "mgmt")), "vlan 10", "vlan 20"]
SINGLE = ["hostname a", "hostname b", "ntp server 10.0.0.1", "ip routing", "no ip routing"]
PARTS = st.lists(
    st.tuples(st.sampled_from(HEADERS), BELOW)
    | st.tuples(st.sampled_from(SINGLE), st.just(list[str]())),
    unique_by=lambda part: part[0].removeprefix("no "),
    max_size=9,
)


def _indented(parts: Sequence[tuple[str, Sequence[str]]]) -> str:
    lines = (line for header, below in parts for line in (header, *(f"    {x}" for x in below)))
    return "".join(f"{line}\n" for line in lines)


@given(st.sampled_from([cx.GRAMMAR, ios.GRAMMAR, procurve.GRAMMAR]), PARTS, PARTS)
@settings(max_examples=300, deadline=None)
def test_ports_compared_alone_change_as_within_the_whole(
    grammar: IndentedGrammar,
    before: Sequence[tuple[str, Sequence[str]]],
    after: Sequence[tuple[str, Sequence[str]]],
) -> None:
    running, intended = _indented(before), _indented(after)
    alone = remediation(grammar, running, intended)
    with mock.patch("deploy.difference._PORT", "no header begins so"):
        assert remediation(grammar, running, intended) == alone


# -- lines below lines

_INNER = st.dictionaries(
    st.sampled_from(["address-family ipv4", "address-family ipv6", "address-family vpnv4"]),
    st.sets(st.sampled_from(["maximum-paths 2", "default-metric 10", "redistribute static"])),
)


def _nested(families: Mapping[str, Iterable[str]]) -> str:
    lines = ["router bgp 65000"]
    for family, inner in families.items():
        lines += [f"  {family}", *(f"    {line}" for line in sorted(inner))]
    return "".join(f"{line}\n" for line in lines)


def _typed_into(text: str, lines: Sequence[str]) -> dict[str, set[str]]:
    """Do remediation lines on the section above, as a router would: `no` takes a line away."""
    families: dict[str, set[str]] = {}
    below = set[str]()
    for line in (*text.splitlines(), *lines):
        word = line.strip()
        bare = word.removeprefix("no ")
        if line[:4] == "    ":
            (below.discard if bare != word else below.add)(bare)
        elif line[:2] == "  " and bare != word:
            families.pop(bare)
        elif line[:2] == "  ":
            below = families.setdefault(word, set())
    return families


@given(_INNER, _INNER)
@settings(max_examples=40)
def test_a_line_that_stands_below_two_lines_of_a_section_is_each_time_its_own(
    before: Mapping[str, set[str]], after: Mapping[str, set[str]]
) -> None:
    running, intended = _nested(before), _nested(after)
    ways = difference(ios.GRAMMAR, running, intended)
    assert _typed_into(running, ways.remediation) == after
    assert _typed_into(intended, ways.rollback) == before
    assert bool(ways) == bool(ways.review) == (before != after)


def test_a_line_taken_from_one_of_two_places_is_reviewed_with_its_place() -> None:
    running = _nested({"address-family ipv4": {"x 1"}, "address-family ipv6": {"x 1"}})
    intended = _nested({"address-family ipv4": {"x 1"}, "address-family ipv6": set()})
    ways = difference(ios.GRAMMAR, running, intended)
    assert [line.strip() for line in ways.remediation] == [
        "router bgp 65000",
        "address-family ipv6",
        "no x 1",
    ]
    assert ways.review == "  router bgp 65000\n-     address-family ipv6 / x 1\n"


def test_what_stands_below_a_line_that_comes_twice_stays_below_it() -> None:
    running = "router bgp 1\n a\n  x\n b\n  y\n a\n  z\n"
    intended = "router bgp 1\n a\n  x\n b\n  y\n"
    lines = [line.strip() for line in remediation(ios.GRAMMAR, running, intended)]
    assert lines == ["router bgp 1", "a", "no z"]


def test_a_list_in_another_order_is_sent_and_reviewed() -> None:
    def text(*servers: str) -> str:
        told = "".join(f"\tlist server '{each}'\n" for each in servers)
        return f"package system\n\nconfig timeserver 'ntp'\n{told}"

    ways = difference(uci.GRAMMAR, text("a", "b"), text("b", "a"))
    assert ways.remediation
    assert ways.review == (
        "  system.ntp (timeserver)\n"
        "-     list server 'a'\n-     list server 'b'\n"
        "+     list server 'b'\n+     list server 'a'\n"
    )
