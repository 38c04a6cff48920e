"""What keeps the installation quick and small: figures, files, what is too old."""

from typing import Any

from api.jobs.kinds import JobContext, job
from api.usecases import series, uploads


@job("series", repeatable=True)
def run_series(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Roll up the figures over time and cut off what is old."""
    return {"series": series.compact(here.database, here.settings).to_json()}


@job("tidy", repeatable=True)
def run_tidy(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Take away the bytes of files that nobody keeps."""
    with here.database.read() as session:
        return {"tidy": {"files": uploads.sweep_uploads(session, here.settings)}}


@job("retention", repeatable=True)
def run_retention(here: JobContext, _arguments: dict[str, Any]) -> dict[str, Any]:
    """Delete what is about people and older than the settings keep; the report is kept."""
    from api.usecases import retention  # noqa: PLC0415 - once a night

    run = retention.run_retention(here.database, here.settings, actor=here.actor)
    return {"retention": {"run": run.id, "deleted": sum(line["count"] for line in run.lines)}}
