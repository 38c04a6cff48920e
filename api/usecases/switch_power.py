"""The port of a switch that powers a device, and how to take the power off it and give it back."""

import re
import time
from collections.abc import Callable
from functools import partial

from sqlmodel import Session, col, select

from api.usecases.targets import ssh_target
from collectors.ssh import open_session
from collectors.target import SshTarget
from deploy.conversation import Conversation
from inventory.errors import PreauError
from inventory.models import Device, Link
from inventory.secrets import Vault
from inventory.settings import Settings
from inventory.vendors.configuration import Configuration, PowerCycle
from inventory.vendors.family import families

_PORT = re.compile(r"[A-Za-z]*((?:\d+/)*\d+)")  # its numbers, however its kind is shortened
_OFF_S = 5.0  # a powered device's capacitors hold it up for a moment


def power_cutter(
    session: Session, vault: Vault, settings: Settings, device_id: int, own: Configuration
) -> Callable[[], None] | None:
    """Return what cuts the power of a device at its switch for some seconds and gives it back.

    `own` is how the device itself is configured. None where its family does not need it, no cable
    tells the port, its two ends tell different ports, another device was heard there since, or the
    switch is not one that can be told to. What is returned raises DeviceError and knows no
    database.
    """
    # Which guard a device really has may be known only once it was read.
    if not (own.guard.by_power or own.guards):
        return None
    hearings = session.exec(
        select(Link, Device)
        .join(Device, col(Device.id) == Link.device_id)
        .where(Link.remote_device_id == device_id)
        .order_by(col(Link.last_seen_at).desc())
    ).all()
    for link, switch in hearings:
        configuration = families()[switch.family].configuration
        if configuration is None or configuration.power_cycle is None or switch.id is None:
            continue
        if not _is_certain(session, link):
            return None  # the power of another device is worse than none cut
        try:
            target = ssh_target(session, vault, settings, switch.id)
        except PreauError:
            continue
        cycle = configuration.power_cycle(link.local_interface)
        return partial(_cut, target, configuration, cycle)
    return None


def _is_certain(session: Session, link: Link) -> bool:
    """Whether nothing that was heard speaks against a device being on that port, and alone there.

    The device's own word for the port is compared where it is a name that ends in numbers (`1/1/1`,
    `Gi1/0/1`); an address of hardware tells nothing.
    """
    others = session.exec(
        select(Link.id).where(
            Link.device_id == link.device_id,
            Link.local_interface == link.local_interface,
            col(Link.remote_device_id).is_distinct_from(link.remote_device_id),
            col(Link.last_seen_at) >= link.last_seen_at,
        )
    ).first()
    if others is not None:
        return False
    own_word = session.exec(
        select(Link.remote_port)
        .where(Link.device_id == link.remote_device_id, Link.remote_device_id == link.device_id)
        .order_by(col(Link.last_seen_at).desc())
    ).first()
    told, heard = (_PORT.fullmatch(name or "") for name in (own_word, link.local_interface))
    return told is None or heard is None or told[1] == heard[1]


def _cut(target: SshTarget, configuration: Configuration, cycle: PowerCycle) -> None:
    with open_session(target) as opened:
        talk = Conversation(opened, configuration, {})
        try:
            talk.exchange(cycle.off)
            time.sleep(_OFF_S)
        finally:
            talk.exchange(cycle.on)
