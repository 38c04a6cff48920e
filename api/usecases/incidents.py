"""Incidents: after a poll, which device is the cause of a silence and what stands in its shadow."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, or_
from sqlmodel import Session, col, select

from api.usecases.topology import STANDING, read_tree, standing_devices
from inventory import clock
from inventory.database import Database
from inventory.events import record_event
from inventory.incidents import Judgement, Reading, answers, health_of_history, judge_site
from inventory.models import Device, Incident
from inventory.sentences import Sentence
from inventory.settings import Settings

POLLS_TO_REOPEN = 2
"""A cause that falls again within so many polls opens its last incident again."""


def judge_sites(
    database: Database, settings: Settings, *, site_ids: Sequence[int] | None = None, actor: str
) -> int:
    """Judge every site, or those of `site_ids`, where a device is silent or an incident open.

    Sets the health of its devices, opens and closes its incidents and tells of them. Returns how
    many sites were judged. Each site is a transaction of its own; the sites where all is well cost
    one query for all of them together.
    """
    with database.read() as session:
        troubled = _troubled(session, site_ids)
    for site_id in troubled:
        with database.write(actor) as session:
            if site_id is None:
                _judge_homeless(session)
            else:
                _judge(session, settings, site_id)
    return len(troubled)


def _troubled(session: Session, site_ids: Sequence[int] | None) -> list[int | None]:
    silent = select(Device.site_id).where(_not_well())
    waiting = select(Incident.site_id).where(col(Incident.closed_at).is_(None))
    if site_ids is not None:
        silent = silent.where(col(Device.site_id).in_(site_ids))
        waiting = waiting.where(col(Incident.site_id).in_(site_ids))
    found: set[int | None] = {*session.exec(silent.distinct()), *session.exec(waiting.distinct())}
    return sorted(found, key=lambda each: each or 0)


def _not_well() -> ColumnElement[bool]:
    return col(Device.lifecycle).in_(STANDING) & or_(
        col(Device.recent_readings).endswith(Reading.SILENT.value),
        col(Device.recent_readings).endswith(Reading.SHADOWED.value),
    )


def _judge_homeless(session: Session) -> None:
    """Judge the devices of no site each by itself: nobody knows what stands before them."""
    for device in session.exec(select(Device).where(col(Device.site_id).is_(None), _not_well())):
        device.health = health_of_history(device.recent_readings)


def _judge(session: Session, settings: Settings, site_id: int) -> None:
    devices = {device.id or 0: device for device in standing_devices(session, [site_id])}
    waiting = {
        row.device_id: row
        for row in session.exec(
            select(Incident).where(Incident.site_id == site_id, col(Incident.closed_at).is_(None))
        )
    }
    judgement = judge_site(
        read_tree(session, settings, list(devices.values())),
        {device_id: device.recent_readings for device_id, device in devices.items()},
        open_causes=list(waiting),
    )
    for device_id, device in devices.items():
        device.health = judgement.health[device_id]
        device.recent_readings = judgement.history[device_id]
    now = clock.now()
    for device_id, incident in waiting.items():
        cause = devices.get(device_id)
        if cause is None or answers(cause.recent_readings):
            _close(session, incident, cause, now)
    for device_id, shadowed in judgement.open.items():
        names = [devices[each].name for each in shadowed]
        incident = waiting.get(device_id) or _opened(
            session, devices[device_id], names, now, settings=settings, judgement=judgement
        )
        incident.shadowed_ids = sorted(shadowed)
        incident.whole_site = judgement.whole_site
        session.add(incident)


def _opened(
    session: Session,
    cause: Device,
    shadowed: Sequence[str],
    now: datetime,
    *,
    settings: Settings,
    judgement: Judgement,
) -> Incident:
    """Return a new incident, or the last one of this cause when it closed a moment ago."""
    if cause.id is None or cause.site_id is None:  # it came from the database, with its site
        raise ValueError(cause.name)
    soon = now - timedelta(seconds=POLLS_TO_REOPEN * settings.poll_interval_s)
    incident = session.exec(
        select(Incident)
        .where(Incident.device_id == cause.id, col(Incident.closed_at) >= soon)
        .where(Incident.site_id == cause.site_id)
        .order_by(col(Incident.closed_at).desc())
    ).first()
    if incident is None:
        incident = Incident(site_id=cause.site_id, device_id=cause.id, opened_at=now)
    else:
        incident.closed_at = None
        incident.reopened += 1
    record_event(
        session,
        "incident.reopened" if incident.reopened else "incident.opened",
        _sentence(cause, len(shadowed), whole_site=judgement.whole_site),
        site_id=cause.site_id,
        device_id=cause.id,
        body={"cause": cause.name, "shadowed": list(shadowed)},
    )
    return incident


def _sentence(cause: Device, shadowed: int, *, whole_site: bool) -> Sentence:
    if shadowed and whole_site:
        return Sentence(
            "Plus aucun équipement du site ne répond\u00a0: panne de %(name)s, "
            "du courant ou de l’accès au site",
            name=cause.name,
        )
    if not shadowed:
        return Sentence("%(name)s ne répond plus", name=cause.name)
    return Sentence.counted(
        "%(name)s ne répond plus\u00a0; un équipement est injoignable derrière lui",
        "%(name)s ne répond plus\u00a0; %(num)s\u00a0équipements sont injoignables derrière lui",
        shadowed,
        name=cause.name,
    )


def _close(session: Session, incident: Incident, cause: Device | None, now: datetime) -> None:
    incident.closed_at = now
    session.add(incident)
    if cause is None:
        cause = session.get_one(Device, incident.device_id)
        message = Sentence(
            "Incident clos\u00a0: %(name)s n’est plus en place sur ce site", name=cause.name
        )
    else:
        message = Sentence("Incident clos\u00a0: %(name)s répond à nouveau", name=cause.name)
    record_event(
        session,
        "incident.closed",
        message,
        site_id=incident.site_id,
        device_id=incident.device_id,
        body={"opened_at": incident.opened_at.isoformat()},
    )
