"""What a plan changes, told so that a person can review a thousand devices.

Sections of configuration that change in the same way on the same devices are shown once.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, select, true
from sqlmodel import Session, col

from api.usecases.scope import Viewer, visible_devices
from inventory.models import Device, Push, Site


@dataclass(frozen=True, slots=True)
class ReviewedDevice:
    """A device of a plan; `label` holds its site's name, which tells the two `ap1` apart."""

    push_id: int
    device_id: int
    label: str


@dataclass(frozen=True, slots=True)
class ChangeGroup:
    """The part of the diffs that is the same on these devices, and on these only."""

    devices: tuple[ReviewedDevice, ...]
    diff: str

    @property
    def labels(self) -> tuple[str, ...]:
        """Return what the devices are called."""
        return tuple(device.label for device in self.devices)


@dataclass(frozen=True, slots=True)
class RiskGroup:
    """What could go wrong, or should be known, in French, on these devices."""

    text: str
    devices: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Review:
    """All that a reviewer should see: the changes, the most shared first, and what they risk.

    `clients` is how many were on the networks of the devices that change, at their newest readings.
    """

    changes: tuple[ChangeGroup, ...]
    dangers: tuple[RiskGroup, ...]
    notes: tuple[RiskGroup, ...]
    clients: int
    rebooting: int


def review_of(session: Session, plan_id: int, viewer: Viewer | None = None) -> Review:
    """Return the review of a plan: of the devices that `viewer` may see, None: of all."""
    seen: ColumnElement[bool] = visible_devices(viewer) if viewer is not None else true()
    rows = session.execute(
        select(
            col(Push.id),
            col(Push.device_id),
            col(Device.name),
            col(Site.name),
            col(Push.diff),
            col(Push.risk),
        )
        .join(Device, col(Device.id) == col(Push.device_id))
        .join(Site, col(Site.id) == col(Device.site_id), isouter=True)
        .where(col(Push.plan_id) == plan_id, col(Push.diff) != "", seen)
        .order_by(col(Site.name), col(Device.name), col(Push.id))
    )
    devices_of: defaultdict[str, list[ReviewedDevice]] = defaultdict(list)
    dangers: defaultdict[str, list[str]] = defaultdict(list)
    notes: defaultdict[str, list[str]] = defaultdict(list)
    clients = rebooting = 0
    for push_id, device_id, name, site, diff, risk in rows:
        device = ReviewedDevice(push_id, device_id, f"{site} / {name}" if site else name)
        for section in sections_of(diff):
            devices_of[section].append(device)
        for text in risk.get("reasons", ()):
            dangers[text].append(device.label)
        for text in risk.get("notes", ()):
            notes[text].append(device.label)
        clients += risk.get("clients") or 0
        rebooting += bool(risk.get("reboots"))
    return Review(_grouped(devices_of), _risks(dangers), _risks(notes), clients, rebooting)


def _grouped(devices_of: dict[str, list[ReviewedDevice]]) -> tuple[ChangeGroup, ...]:
    together: defaultdict[tuple[ReviewedDevice, ...], list[str]] = defaultdict(list)
    for section, devices in devices_of.items():
        together[tuple(devices)].append(section)
    groups = [ChangeGroup(devices, "".join(parts)) for devices, parts in together.items()]
    return tuple(sorted(groups, key=lambda group: (-len(group.devices), group.labels)))


def _risks(texts: dict[str, list[str]]) -> tuple[RiskGroup, ...]:
    found = [RiskGroup(text, tuple(devices)) for text, devices in texts.items()]
    return tuple(sorted(found, key=lambda group: (-len(group.devices), group.text)))


def sections_of(diff: str) -> Sequence[str]:
    """Return a reviewed diff cut at its headers (`deploy.difference.review`)."""
    sections: list[str] = []
    for line in diff.splitlines(keepends=True):
        if sections and line[1:].startswith("     "):
            sections[-1] += line
        else:
            sections.append(line)
    return sections
