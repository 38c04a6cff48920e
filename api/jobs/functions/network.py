"""Devices found, read and judged."""

from typing import Any

from api.jobs.kinds import JobContext, job
from api.usecases import audit, discovery, health, polling

# A person who asks for an audit of one school while the night's runs gets it after that one.
_AUDIT_WAIT_S = 1800.0


def _site_ids(arguments: dict[str, Any]) -> list[int] | None:
    site_id = arguments.get("site_id")
    return None if site_id is None else [int(site_id)]


@job("poll", repeatable=True)
def run_poll(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Read the devices of every site, or of one; returns what came of each."""
    return _poll(here, arguments, ssh=False)


def _poll(here: JobContext, arguments: dict[str, Any], *, ssh: bool) -> dict[str, Any]:
    result = polling.poll(
        here.database,
        here.vault,
        here.settings,
        site_ids=_site_ids(arguments),
        ssh=ssh,
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"poll": result.to_json()}


@job("health", repeatable=True)
def run_health(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Ask the devices of every site, or of one, whether and how they do: less than a poll."""
    result = health.run_health_round(
        here.database,
        here.vault,
        here.settings,
        site_ids=_site_ids(arguments),
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"health": result.to_json()}


@job("audit", repeatable=True)
def run_audit(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Read the devices, then judge them: an audit of old readings would tell nobody anything.

    Over SSH too, where SNMP does not tell how networks are protected.
    """
    polled = _poll(here, arguments, ssh=True)
    result = audit.run_audit(
        here.database,
        here.settings,
        site_ids=_site_ids(arguments),
        actor=here.actor,
        on_progress=here.tell,
        wait_s=_AUDIT_WAIT_S,
    )
    return {**polled, "audit": result.to_json()}


@job("discover", repeatable=True)
def run_discover(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Find the devices of a zone's ranges, or of the ranges given."""
    result = discovery.discover(
        here.database,
        here.vault,
        here.settings,
        networks=tuple(arguments.get("networks", ())),
        zone_name=arguments.get("zone"),
        actor=here.actor,
        on_progress=here.tell,
    )
    return {"discovery": result.to_json()}
