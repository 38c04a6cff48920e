"""What a change could do to a school, and which changes need a second person's approval.

The rules are data: an installation sets their figures, and each plan keeps the reasons that it was
given, so that what was asked of its reviewers can be told years later.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Self

from inventory.sentences import Sentence, wording
from inventory.vendors.configuration import Configuration, Guard


@dataclass(frozen=True, slots=True)
class DeviceRisk:
    """What the change of one device could do.

    `reasons` say, in French, why it could cut the path to the device. `clients` are the people on
    networks of this device whose radios the change interrupts, None when that is not known.
    """

    reasons: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    clients: int | None = None
    reboots: bool = False
    unguarded: bool = False

    @property
    def touches_path(self) -> bool:
        """Return whether the change could cut the path to the device."""
        return bool(self.reasons)

    @classmethod
    def from_json(cls, body: Mapping[str, Any]) -> Self:
        """Return what a push keeps; what an older release did not keep is not told."""
        return cls(
            reasons=tuple(body.get("reasons", ())),
            notes=tuple(body.get("notes", ())),
            clients=body.get("clients"),
            reboots=bool(body.get("reboots")),
            unguarded=bool(body.get("unguarded")),
        )

    def to_json(self) -> dict[str, Any]:
        """Return what the push keeps."""
        return {
            "touches_path": self.touches_path,
            "reasons": list(self.reasons),
            "notes": list(self.notes),
            "clients": self.clients,
            "reboots": self.reboots,
            "unguarded": self.unguarded,
        }


def armed_guard(configuration: Configuration, running: str, reasons: Sequence[str]) -> Guard:
    """Return the guard that a push arms on a device with that `running` configuration."""
    return configuration.guarded_for(running, touches_path=bool(reasons)).guard


def device_risk(
    guard: Guard | None, reasons: Sequence[str], notes: Sequence[str], clients: int | None
) -> DeviceRisk:
    """Return what a change could do, by the newest reading and the guard that is armed for it.

    `guard` is None where nothing is sent. One that restarts the device interrupts a school whatever
    the change: a device that keeps each line as it is typed has no other way back.
    """
    return DeviceRisk(
        reasons=tuple(reasons),
        notes=tuple(notes),
        clients=clients,
        reboots=guard is not None and guard.reboots,
        unguarded=guard is not None and guard.by_power and bool(reasons),
    )


@dataclass(frozen=True, slots=True)
class ApprovalRules:
    """How much may change on one person's word; more needs another's approval."""

    devices: int
    path_devices: int
    clients: int


def why_second_person(
    risks: Sequence[DeviceRisk], rules: ApprovalRules
) -> list[Mapping[str, Any] | None]:
    """Return the wordings of why a second person must approve; none: the author's word is enough.

    `risks` are those of the devices that change.
    """
    return [wording(sentence) for sentence in _reasons(risks, rules)]


def _reasons(risks: Sequence[DeviceRisk], rules: ApprovalRules) -> list[Sentence]:
    found = []
    path = sum(risk.touches_path for risk in risks)
    if path > rules.path_devices:
        found.append(
            Sentence.counted(
                "le chemin d’administration de %(num)s équipement change, plus que %(limit)s",
                "le chemin d’administration de %(num)s équipements change, plus que %(limit)s",
                path,
                limit=rules.path_devices,
            )
        )
    if len(risks) > rules.devices:
        found.append(
            Sentence.counted(
                "%(num)s équipement change, plus que %(limit)s",
                "%(num)s équipements changent, plus que %(limit)s",
                len(risks),
                limit=rules.devices,
            )
        )
    clients = sum(risk.clients or 0 for risk in risks)
    if clients > rules.clients:
        found.append(
            Sentence.counted(
                "%(num)s poste était connecté à la dernière lecture, plus que %(limit)s",
                "%(num)s postes étaient connectés à la dernière lecture, plus que %(limit)s",
                clients,
                limit=rules.clients,
            )
        )
    return found
