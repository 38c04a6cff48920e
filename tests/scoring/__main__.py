"""Print a table by recording and by family, what was read otherwise, and one line of JSON last."""

import argparse
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.table import Table

from collectors.observe import observe_recording
from tests.scoring.expectations import WRONG_EXPECTATIONS, wrong_expectations
from tests.scoring.score import SUBJECTS, Score, score

DEFAULT_FOLDER = Path(__file__).parents[3] / "shared" / "recordings"


def main() -> int:
    """Score every recording that has an expectation beside it; returns the exit status."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("folder", nargs="?", type=Path, default=DEFAULT_FOLDER)
    arguments.add_argument("--wrong", action="store_true", help="list what was read otherwise")
    given = arguments.parse_args()
    recordings = sorted(given.folder.glob("*.snmprec"))
    if not recordings:
        sys.stderr.write(f"no recordings in {given.folder}\n")
        return 2
    scores: dict[str, Score] = {}
    families: dict[str, Score] = {}
    whole, slowest_s = Score(), 0.0
    for recording in recordings:
        expected = json.loads(recording.with_suffix(".expected.json").read_text("utf-8"))
        started = time.monotonic()
        exceptions = wrong_expectations(recording.stem)
        result = score(observe_recording(recording), expected, exceptions)
        slowest_s = max(slowest_s, time.monotonic() - started)
        scores[recording.stem] = result
        families.setdefault(expected["identity"]["os"].replace("-", "_"), Score()).add(result)
        whole.add(result)
    console = Console(width=120)
    console.print(_table("Recording", scores))
    console.print(_table("Family", {**families, "all": whole}))
    _print_exceptions(console, set(scores))
    if given.wrong:
        for name, result in scores.items():
            for line in result.wrong:
                console.print(f"{name}: {line}", markup=False, highlight=False)
    summary = {subject: whole.percent(subject) for subject in SUBJECTS}
    print(
        json.dumps(
            {
                "recordings": len(scores),
                **summary,
                "excepted": whole.excepted.total(),
                "slowest_s": round(slowest_s, 2),
            }
        )
    )
    return 0


def _print_exceptions(console: Console, recordings: set[str]) -> None:
    table = Table("Wrong by the MIB", "what", "the other says", "object", "why", box=None)
    for row in WRONG_EXPECTATIONS:
        if row.recording in recordings:
            table.add_row(row.recording, row.subject, row.expected, row.mib_object, row.why)
    console.print(table)


def _table(heading: str, scores: dict[str, Score]) -> Table:
    table = Table(heading, *SUBJECTS, box=None)
    for name, result in scores.items():
        cells = [(result.right[subject], result.judged[subject]) for subject in SUBJECTS]
        table.add_row(name, *(f"{right}/{judged}" if judged else "" for right, judged in cells))
    return table


if __name__ == "__main__":
    sys.exit(main())
