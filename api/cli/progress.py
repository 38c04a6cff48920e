"""Progress on a terminal: one bar a step, on stderr, gone when the work is done."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from api.usecases.progress import Progress, quiet


@contextmanager
def progress_bars() -> Iterator[Progress]:
    """Yield what to call as (step, done, total); silent where stderr is no terminal."""
    if not sys.stderr.isatty():
        yield quiet
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Bars(*columns, TimeElapsedColumn(), console=Console(stderr=True), transient=True) as bars:
        tasks: dict[str, TaskID] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bars.add_task(step, total=total)
            bars.update(tasks[step], completed=done, total=total)

        yield tell
