"""The product against a real access point, real clients and a real RADIUS server, in a VM."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import skip_or_fail

_LIMIT_S = 20 * 60
_CANNOT_RUN = 2
TOOLS = ("qemu-system-x86_64", "mmdebstrap", "mksquashfs", "zstd")

pytestmark = [pytest.mark.slow, pytest.mark.lab, pytest.mark.timeout(2 * _LIMIT_S + 60)]


def test_real_clients_join_what_was_pushed_and_a_bad_push_is_undone(tmp_path: Path) -> None:
    missing = [tool for tool in TOOLS if shutil.which(tool) is None]
    if missing:
        skip_or_fail(f"the WiFi VM needs {', '.join(missing)}: run make lab-deps")
    if os.getuid() != 0:
        skip_or_fail("the image of the WiFi VM is made by root")
    command = [sys.executable, "-m", "lab.wifi", "--folder", str(tmp_path / "run")]
    done = _run(command)
    if done.returncode == _CANNOT_RUN:
        done = _run(command)  # an emulated machine that did not come up says nothing of the product
    assert done.returncode == 0, (done.stdout + done.stderr)[-4000:]
    told = json.loads(done.stdout.splitlines()[-1])
    assert (told["wpa3_sae"], told["wpa3_enterprise"]) == ("COMPLETED", "COMPLETED")
    assert told["rolled_back"] is True
    assert told["client_after_rollback"] == "COMPLETED"
    assert set(told["heard"].values()) == {"wpa3_personal", "wpa3_enterprise"}


def _run(command: list[str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, timeout=_LIMIT_S, check=False)
