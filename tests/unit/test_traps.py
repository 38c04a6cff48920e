"""What a notification means, how much of a source is looked at, and when many are one."""

import pytest

from collectors.traps.engines import EngineClocks
from collectors.traps.episodes import CHANGES_TOLD, WINDOW_S, Entry, Episodes
from collectors.traps.rate import SourceLimits
from collectors.traps.sockets import ListenAt, bind, listen_at
from inventory.errors import Misconfigured
from inventory.settings import Settings
from inventory.vendors.mib import MibView, Value, oid
from inventory.vendors.notification import Meaning, Told, notifications, understand

DOWN, UP = oid("1.3.6.1.6.3.1.1.5.3"), oid("1.3.6.1.6.3.1.1.5.4")


def _told(notification: str, objects: dict[str, Value]) -> Told:
    told = understand(oid(notification), MibView({oid(n): v for n, v in objects.items()}))
    assert told is not None
    return told


def _link(meaning: Meaning, index: int = 1) -> Told:
    trap = DOWN if meaning is Meaning.LINK_DOWN else UP
    return Told(notifications()[trap], meaning, if_index=index)


@pytest.mark.parametrize(
    ("notification", "objects", "meaning", "mac", "label"),
    [
        (
            "1.3.6.1.4.1.14179.2.6.3.8",
            {"1.3.6.1.4.1.14179.2.6.2.20.0": bytes.fromhex("001122334455")},
            Meaning.ACCESS_POINT_DOWN,
            "001122334455",
            None,
        ),
        (
            "1.3.6.1.4.1.9.9.513.0.4",
            {"1.3.6.1.4.1.9.9.513.1.1.1.1.5.0.17.34.51.68.85": b"classe-3"},
            Meaning.ACCESS_POINT_UP,
            "001122334455",
            "classe-3",
        ),
        (
            "1.3.6.1.4.1.14823.2.3.1.11.1.2.1041",
            {"1.3.6.1.4.1.14823.2.3.1.11.1.1.1.0": bytes.fromhex("001122334455")},
            Meaning.ACCESS_POINT_DOWN,
            "001122334455",
            None,
        ),
        (
            "1.3.6.1.4.1.25053.2.10.1.23",
            {
                "1.3.6.1.4.1.25053.2.10.2.23.0": b"00:11:22:33:44:55",
                "1.3.6.1.4.1.25053.2.10.2.25.0": b"classe-3",
            },
            Meaning.ACCESS_POINT_DOWN,
            "001122334455",
            "classe-3",
        ),
    ],
    ids=["airespace", "lwapp", "arubaos", "smartzone"],
)
def test_a_controller_tells_which_access_point_came_or_went(
    notification: str, objects: dict[str, Value], meaning: Meaning, mac: str, label: str | None
) -> None:
    told = _told(notification, objects)
    assert (told.meaning, told.mac, told.label) == (meaning, mac, label)


def test_a_link_tells_its_interface_also_where_the_object_itself_is_left_out() -> None:
    full: dict[str, Value] = {"1.3.6.1.2.1.2.2.1.1.7": 7, "1.3.6.1.2.1.31.1.1.1.1.7": b"1/1/7"}
    told = _told("1.3.6.1.6.3.1.1.5.3", full)
    assert (told.meaning, told.if_index, told.if_name) == (Meaning.LINK_DOWN, 7, "1/1/7")
    bare = _told("1.3.6.1.6.3.1.1.5.4", {"1.3.6.1.2.1.2.2.1.8.9": 1})
    assert (bare.meaning, bare.if_index) == (Meaning.LINK_UP, 9)


@pytest.mark.parametrize(("status", "meaning"), [(3, Meaning.POE_ON), (2, Meaning.POE_OFF)])
def test_poe_is_on_only_while_power_is_delivered(status: int, meaning: Meaning) -> None:
    told = _told("1.3.6.1.2.1.105.0.1", {"1.3.6.1.2.1.105.1.1.1.6.1.13": status})
    assert (told.meaning, told.place, told.subject) == (meaning, "1.13", "1.13")


def test_a_notification_that_nobody_declares_is_none() -> None:
    assert understand(oid("1.3.6.1.4.1.99999.0.1"), MibView({})) is None


def test_a_source_has_its_burst_then_its_pace_and_takes_nothing_from_others() -> None:
    limits = SourceLimits(per_second=10, burst=5, sources=3)
    assert [limits.admits("storm", 0.0) for _ in range(8)] == [True] * 5 + [False] * 3
    assert limits.admits("quiet", 0.0)
    assert [limits.admits("storm", 0.1) for _ in range(2)] == [True, False]
    for number in range(10):
        limits.admits(number, 1.0)
    assert len(limits) == 3


def test_what_is_told_again_within_the_window_counts_up_one_event() -> None:
    episodes = Episodes()
    heard = [episodes.hear(1, "here", _link(Meaning.LINK_DOWN), second) for second in range(5)]
    (entry,) = episodes.take()
    assert (heard, entry.count) == ([True, False, False, False, False], 5)
    assert episodes.take() == []
    assert episodes.hear(1, "here", _link(Meaning.LINK_DOWN), WINDOW_S + 1)
    assert episodes.hear(1, "here", _link(Meaning.LINK_DOWN, index=2), WINDOW_S + 1)


def test_what_is_told_last_stands_last_and_a_subject_without_rest_says_so() -> None:
    episodes = Episodes()
    both = (_link(Meaning.LINK_DOWN), _link(Meaning.LINK_UP))
    for number in range(20):
        episodes.hear(1, "here", both[number % 2], 0.1 * number)
    entries = episodes.take()
    assert [_meaning(each) for each in entries[:3]] == [
        Meaning.LINK_DOWN,
        Meaning.LINK_UP,
        Meaning.LINK_DOWN,
    ]
    assert len(entries) == CHANGES_TOLD + 2
    assert (_meaning(entries[-1]), entries[-1].changes) == (Meaning.LINK_UP, 19)


def _meaning(entry: Entry) -> Meaning | None:
    return entry.told.meaning if entry.told else None


def test_a_storm_is_one_summary_however_long_it_lasts() -> None:
    episodes = Episodes()
    for second in range(0, 600, 30):
        episodes.limited(1, "here", 100, float(second))
    (entry,) = episodes.take()
    assert (entry.told, entry.count) == (None, 2000)


def test_an_engine_that_restarts_is_timely_and_one_that_runs_back_is_not() -> None:
    clocks = EngineClocks(most=2)
    assert clocks.is_timely(1, b"engine", 3, 1000)
    assert clocks.is_timely(1, b"engine", 3, 900)
    assert not clocks.is_timely(1, b"engine", 3, 800)
    assert clocks.is_timely(1, b"engine", 4, 1)
    assert not clocks.is_timely(1, b"engine", 3, 5000)
    assert clocks.is_timely(2, b"engine", 3, 5000)
    assert not clocks.is_timely(1, b"other", 2**31 - 1, 1)
    for number in range(5):
        clocks.is_timely(1, bytes((number,)), 1, 1)
    assert len(clocks) == 2


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("0.0.0.0:10162", ListenAt("0.0.0.0", 10162)),
        ("127.0.0.1", ListenAt("127.0.0.1", 162)),
        (":10162", ListenAt("0.0.0.0", 10162)),
        ("école-1@[::1]:1162", ListenAt("::1", 1162, "école-1")),
    ],
)
def test_where_to_listen_is_told_with_or_without_a_zone(text: str, place: ListenAt) -> None:
    assert listen_at(text) == place
    assert listen_at(str(place)) == place


@pytest.mark.parametrize("text", ["nowhere:162", "127.0.0.1:99999", "a@b@c:1", "::1"])
def test_an_address_that_is_none_is_one_sentence(text: str) -> None:
    with pytest.raises(Misconfigured, match="listen for traps"):
        listen_at(text)


def test_a_port_in_use_is_one_sentence_and_leaves_no_socket_open() -> None:
    (taken,) = bind(["127.0.0.1:0"])
    with taken, pytest.raises(Misconfigured, match="cannot be listened for"):
        bind(["127.0.0.1:0", f"127.0.0.1:{taken.getsockname()[1]}"])


def test_the_environment_gives_several_addresses_with_commas(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PREAU_TRAPS_LISTEN", "a@127.0.0.1:1162, b@127.0.0.1:1163")
    assert Settings().traps_listen == ("a@127.0.0.1:1162", "b@127.0.0.1:1163")
