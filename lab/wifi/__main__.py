"""`make lab-wifi`: the product against a real access point, in a VM; ends with one line of JSON."""

import argparse
import json
import logging
import os
import shutil
import signal
import sys
import time
from pathlib import Path

from inventory.errors import PreauError
from lab.demo_steps import Failed, say
from lab.wifi.machine import running
from lab.wifi.scenario import carry_out

FOLDER = Path(__file__).parents[2] / "var/lab-wifi/run"


def main() -> None:
    """Run the lab; exit 0 when all was as intended, 1 when not, 2 when it cannot run."""
    parser = argparse.ArgumentParser(prog="make lab-wifi", description=__doc__)
    parser.add_argument("--folder", type=Path, default=FOLDER, help="where it keeps its files")
    folder = parser.parse_args().folder.absolute()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(2))
    # Until the guest is up every try to enter it fails, at length.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    for name in [name for name in os.environ if name.startswith("PREAU_")]:
        del os.environ[name]
    shutil.rmtree(folder, ignore_errors=True)
    started = time.monotonic()
    try:
        say("", "The VM starts; a minute or two without KVM")
        with running(folder) as machine:
            outcome = carry_out(machine, folder)
    except (Failed, PreauError) as failure:
        print(f"preau lab-wifi: {failure}", file=sys.stderr)
        sys.exit(2)
    outcome.results["seconds"] = round(time.monotonic() - started, 1)
    print(json.dumps(outcome.results, ensure_ascii=False))
    sys.exit(0 if outcome.as_claimed() else 1)


if __name__ == "__main__":
    main()
