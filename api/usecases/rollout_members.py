"""Who takes part in a rollout, and in which wave: read from a plan, and written into it."""

from collections.abc import Mapping

from sqlalchemy import func
from sqlmodel import Session, col, select

from api.usecases.selection import CONFIGURED
from deploy.rollout import Member, RolloutOptions, SiteKey, read_waves, waves_of
from inventory.models import Device, DeviceRole, Push, PushState

LEADING = frozenset({DeviceRole.SWITCH, DeviceRole.ROUTER, DeviceRole.CONTROLLER})
"""The roles of devices that others are reached through."""


def assign_waves(session: Session, plan_id: int, options: RolloutOptions) -> int:
    """Give every device that a plan changes its wave, and return how many waves there are."""
    rows = {
        row.id: row
        for row in session.exec(
            select(Push).where(Push.plan_id == plan_id, Push.state == PushState.PLANNED)
        )
    }
    waves = waves_of(_members(session, plan_id), read_waves(options.waves))
    for number, members in enumerate(waves, start=1):
        for member in members:
            rows[member.push_id].wave = number
            session.add(rows[member.push_id])
    return len(waves)


def planned_waves(session: Session, plan_id: int) -> list[tuple[int, tuple[Member, ...]]]:
    """Return the waves of a plan by number, each with those of its members that are still left."""
    numbers = session.exec(
        select(Push.wave)
        .where(Push.plan_id == plan_id, col(Push.wave).is_not(None))
        .distinct()
        .order_by(col(Push.wave))
    ).all()
    rows = session.exec(select(Push.id, Push.wave).where(Push.plan_id == plan_id))
    wave_of = {push_id: wave for push_id, wave in rows}  # noqa: C416 - rows are no pairs to mypy
    left: dict[int, list[Member]] = {number: [] for number in numbers if number is not None}
    for members in waves_of(_members(session, plan_id), ()):  # one, in the order of all waves
        for member in members:
            left.setdefault(wave_of[member.push_id] or 1, []).append(member)
    return [(number, tuple(members)) for number, members in left.items()]


def access_points_of_sites(session: Session, plan_id: int) -> Mapping[SiteKey, int]:
    """Return how many access points each site of a plan has in all, changed by it or not."""
    sites = (
        select(Device.site_id)
        .join(Push, col(Push.device_id) == Device.id)
        .where(Push.plan_id == plan_id, col(Device.site_id).is_not(None))
    )
    rows = session.exec(
        select(Device.site_id, func.count())
        .where(
            col(Device.site_id).in_(sites),
            Device.role == DeviceRole.ACCESS_POINT,
            col(Device.lifecycle).in_(CONFIGURED),
        )
        .group_by(col(Device.site_id))
    )
    return {("site", site_id): count for site_id, count in rows if site_id is not None}


def _members(session: Session, plan_id: int) -> list[Member]:
    rows = session.exec(
        select(Push.id, Device)
        .join(Device, col(Device.id) == Push.device_id)
        .where(Push.plan_id == plan_id, Push.state == PushState.PLANNED)
    )
    return [
        Member(push_id or 0, device.id or 0, device.name, device.site_id, device.role in LEADING)
        for push_id, device in rows
    ]
