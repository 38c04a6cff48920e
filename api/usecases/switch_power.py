"""The port of a switch that powers a device, and how to take the power off it and give it back."""

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

_OFF_S = 5.0  # a powered device's capacitors hold it up for a moment


def power_cutter(
    session: Session, vault: Vault, settings: Settings, device_id: int, own: Configuration
) -> Callable[[], None] | None:
    """Return what cuts the power of a device at its switch for some seconds and gives it back.

    `own` is how the device itself is configured. None where its family does not need it, no cable
    tells the port, or the switch is not one that can be told to. What is returned raises
    DeviceError and knows no database.
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
        try:
            target = ssh_target(session, vault, settings, switch.id)
        except PreauError:
            continue
        cycle = configuration.power_cycle(link.local_interface)
        return partial(_cut, target, configuration, cycle)
    return None


def _cut(target: SshTarget, configuration: Configuration, cycle: PowerCycle) -> None:
    with open_session(target) as opened:
        talk = Conversation(opened, configuration, {})
        try:
            talk.exchange(cycle.off)
            time.sleep(_OFF_S)
        finally:
            talk.exchange(cycle.on)
