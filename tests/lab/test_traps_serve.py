"""`preau serve` listens for traps in a process of its own; one database is enough to see it."""

import os
import shutil
import signal
from pathlib import Path

import pytest

from api.usecases.trap_status import trap_status
from inventory.database import open_database
from inventory.secrets import open_vault
from inventory.settings import Settings
from inventory.vendors.mib import oid
from lab.ports import free_port
from tests.patience import PATIENCE_S, wait_until
from tests.serving import serving
from tests.traps import community_trap, make_network, sender, wait_for_events

pytestmark = pytest.mark.lab


def test_traps_are_a_third_process_that_loses_none_while_it_is_started_again(
    migrated_sqlite: Path, tmp_path: Path
) -> None:
    port = free_port()
    hearing = Settings(data_dir=tmp_path, traps_listen=(f"a@127.0.0.1:{port}",))
    shutil.copy2(migrated_sqlite, tmp_path / "preau.sqlite")
    database, vault = open_database(hearing), open_vault(hearing, create=True)
    make_network(database, vault)
    cold_start, warm_start = oid("1.3.6.1.6.3.1.1.5.1"), oid("1.3.6.1.6.3.1.1.5.2")
    with serving(hearing) as served, sender() as device:
        wait_until(lambda: "traps" in served.children(), "nobody listens for traps")
        device.sendto(community_trap(cold_start), ("127.0.0.1", port))
        wait_for_events(database, 1)
        os.kill(served.children()["traps"], signal.SIGKILL)
        device.sendto(community_trap(warm_start), ("127.0.0.1", port))
        heard = wait_for_events(database, 2)
        served.process.send_signal(signal.SIGTERM)
        assert served.process.wait(PATIENCE_S) == 0
    assert [each.kind for each in heard] == ["trap.cold_start", "trap.warm_start"]
    with database.read() as session:
        status = trap_status(session)
    assert status is not None
    assert (status.boots, status.figures["received"]["events"]) == (2, 1)
    database.close()
