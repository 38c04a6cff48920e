import json
import logging
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

# In a process of its own: logging is set up once for a whole process.
_PROGRAM = """
import logging, structlog
from inventory.log import configure_logging
from inventory.settings import Settings

configure_logging(Settings(log_json={as_json}), "test")
log = structlog.get_logger()
log.info("opened", host="h", password="canary-1", detail={{"community": "canary-2"}})
logging.getLogger("some.library").warning("a line of a library")


def use(passphrase):
    raise ValueError("went wrong")


try:
    use("canary" + "-3")
except ValueError:
    log.exception("failed")
"""


@pytest.mark.parametrize("as_json", [True, False])
def test_a_log_never_holds_a_secret_not_even_in_a_trace(as_json: bool) -> None:
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM.format(as_json=as_json)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert "canary-" not in done.stderr
    assert "went wrong" in done.stderr
    assert done.stderr.count("‹redacted›") == 2
    if as_json:
        records = [json.loads(line) for line in done.stderr.splitlines()]
        assert [record["level"] for record in records] == ["info", "warning", "error"]
        assert {record["process"] for record in records} == {"test"}
        assert logging.getLevelName(logging.INFO).lower() == records[0]["level"]
