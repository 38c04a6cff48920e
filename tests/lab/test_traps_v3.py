"""SNMPv3 traps and informs of real senders: believed by keys and clocks, or dropped and counted."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from collectors.traps.outcome import Drop
from collectors.traps.reading import Credentials
from inventory.database import Database
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.notification import Meaning
from tests.conftest import skip_or_fail
from tests.patience import wait_until
from tests.traps import (
    AUTH_PASSPHRASE,
    COLD_START,
    LINK_DOWN,
    PRIV_PASSPHRASE,
    USER,
    events,
    make_network,
    one_device,
    receiving,
    run,
    running_listener,
    v3_user,
    wait_for_events,
)

pytestmark = pytest.mark.lab

ENGINE = "80001f8804aabbccdd"


@pytest.fixture(autouse=True)
def _net_snmp() -> None:
    if shutil.which("snmptrap") is None:
        skip_or_fail("net-snmp's snmptrap is missing: run make lab-deps")


def _secure(auth: str = AUTH_PASSPHRASE, priv: str = PRIV_PASSPHRASE) -> list[str]:
    keys = ["-a", "SHA", "-A", auth, "-x", "AES", "-X", priv]
    return ["-v3", "-l", "authPriv", "-u", USER, *keys]


def _trap(port: int, *, boots: int, time_s: int, notification: str = COLD_START) -> int:
    clock = ["-e", f"0x{ENGINE}", "-Z", f"{boots},{time_s}"]
    return run("snmptrap", *_secure(), *clock, f"127.0.0.1:{port}", "", notification)


def test_a_trap_is_believed_by_its_key_and_clock_and_one_sent_again_later_is_not(
    settings: Settings, database: Database, vault: Vault
) -> None:
    network = make_network(database, vault, v3=True)
    with running_listener(settings, database, vault) as running:
        assert _trap(running.ports[0], boots=3, time_s=5000) == 0
        heard = wait_for_events(database, 1)
        assert _trap(running.ports[0], boots=3, time_s=4000, notification=LINK_DOWN) == 0
        assert _trap(running.ports[0], boots=2, time_s=9000, notification=LINK_DOWN) == 0
        running.wait_for("dropped", "outside_time_window", 2)
    with running_listener(settings, database, vault) as running:  # a restart forgets no clock
        assert _trap(running.ports[0], boots=3, time_s=4000, notification=LINK_DOWN) == 0
        running.wait_for("dropped", "outside_time_window", 1)
    assert [each.device_id for each in heard] == [network.devices["a/sw1"]]
    assert len(events(database)) == 1


def test_an_engine_is_known_at_another_address_once_its_own_told_whose_it_is(
    settings: Settings, database: Database, vault: Vault
) -> None:
    network = make_network(database, vault, v3=True)
    with running_listener(settings, database, vault, ["a@0.0.0.0:0"]) as running:
        port = running.ports[0]
        assert _trap(port, boots=3, time_s=5000) == 0
        wait_for_events(database, 1)
        clock = ["-e", f"0x{ENGINE}", "-Z", "3,5010", "--clientaddr=127.0.0.77"]
        assert run("snmptrap", *_secure(), *clock, f"127.0.0.77:{port}", "", LINK_DOWN) == 0
        heard = wait_for_events(database, 2)[1]
    assert heard.device_id == network.devices["a/sw1"]
    assert heard.body["source"] == "127.0.0.77"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (_secure(auth="another-passphrase"), Drop.WRONG_KEY),
        (_secure(priv="another-passphrase"), Drop.WRONG_KEY),
        (["-v3", "-l", "noAuthNoPriv", "-u", USER], Drop.NOT_SECURE_ENOUGH),
        (["-v3", "-l", "noAuthNoPriv", "-u", "nobody"], Drop.UNKNOWN_USER),
    ],
    ids=["authentication", "privacy", "level", "user"],
)
def test_what_is_not_secured_by_our_keys_is_counted_and_not_believed(
    words: list[str], why: Drop
) -> None:
    with receiving(one_device(Credentials(users=(v3_user(),)))) as heard:
        to = f"127.0.0.1:{heard.port}"
        run("snmptrap", *words, "-e", f"0x{ENGINE}", "-Z", "1,1", to, "", COLD_START)
        wait_until(lambda: heard.drops(why) == 1, why)
    assert heard.arrivals == []


def test_an_inform_with_a_wrong_key_is_not_acknowledged() -> None:
    with receiving(one_device(Credentials(users=(v3_user(),)))) as heard:
        wrong = _secure(auth="another-passphrase")
        to = f"127.0.0.1:{heard.port}"
        assert run("snmpinform", "-t", "1", "-r", "0", *wrong, to, "", COLD_START) == 1
        assert heard.drops(Drop.WRONG_KEY) == 1
    assert heard.arrivals == []


def test_an_inform_finds_our_engine_and_clock_and_is_acknowledged(
    settings: Settings, database: Database, vault: Vault
) -> None:
    network = make_network(database, vault, v3=True)
    with running_listener(settings, database, vault) as running:
        to = f"127.0.0.1:{running.ports[0]}"
        assert run("snmpinform", *_secure(), to, "", COLD_START) == 0
    heard = events(database)
    assert [(each.kind, each.device_id) for each in heard] == [
        ("trap.cold_start", network.devices["a/sw1"])
    ]


def test_pysnmp_sends_us_an_inform_and_a_trap() -> None:
    with receiving(one_device(Credentials(users=(v3_user(),)))) as heard:
        done = subprocess.run(
            [sys.executable, "-m", "tests.pysnmp_sender", str(heard.port)],
            cwd=Path(__file__).parents[2], capture_output=True, timeout=60, text=True, check=False,
        )  # fmt: skip
        assert (done.returncode, done.stdout.strip()) == (0, "acknowledged"), done.stderr
        wait_until(lambda: len(heard.arrivals) == 2, "the trap")
    told = [arrival.heard.told for arrival in heard.arrivals]
    assert [each and each.meaning for each in told] == [Meaning.COLD_START, Meaning.WARM_START]
