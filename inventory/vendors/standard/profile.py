"""A switch family as data: where its words and figures stand, and the reading made of them.

Most switches answer the standard MIBs and tell in their vendor's own MIB who they are and how they
feel, one object for each word or figure. Such a family declares a `Profile`; what does not fit one
object is a function of the family's folder (`refine`).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

from inventory.observation import Identity, Member, Observation
from inventory.vendors.mib import MibView, Oid
from inventory.vendors.reading import Reading
from inventory.vendors.standard import entity, health, observation, system, words


@dataclass(frozen=True, slots=True)
class Units:
    """The vendor's table of stack members; the row's last index part is the unit's number."""

    serial: Oid
    model: Oid | None = None
    firmware: Oid | None = None

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns that it needs."""
        return tuple(c for c in (self.serial, self.model, self.firmware) if c)

    def members(self, view: MibView) -> tuple[Member, ...]:
        """Return the units of a stack, none where there is only one."""
        serials = view.texts(self.serial)
        models = view.texts(self.model) if self.model else {}
        versions = view.texts(self.firmware) if self.firmware else {}
        listed = sorted({*serials, *models})
        if len(listed) < 2:
            return ()
        return tuple(
            Member(index[-1], models.get(index), serials.get(index), versions.get(index))
            for index in listed
            if index
        )


@dataclass(frozen=True)
class Profile:
    """All that is particular to one family; the standard MIBs are read for every one.

    `model`, `serial` and `firmware` are places in order: the first that tells wins. `port_power`
    has POWER-ETHERNET-MIB's index and is in units of `port_power_w` watts. `refine` adds what does
    not fit, and needs `columns`.
    """

    family: str
    vendor: str
    recognise: Callable[[MibView], int]
    model: tuple[words.Word, ...] = (words.chassis("model", "description"),)
    serial: tuple[words.Word, ...] = (words.chassis("serial"),)
    firmware: tuple[words.Word, ...] = (words.chassis("software", "firmware"),)
    figures: tuple[health.Health, ...] = ()
    units: Units | None = None
    port_power: Oid | None = None
    port_power_w: float = 0.001
    columns: tuple[Oid, ...] = ()
    refine: Callable[[MibView, Observation], Observation] | None = None


def reading(profile: Profile) -> Reading:
    """Return the reading that a profile declares."""
    return Reading(
        recognise=profile.recognise,
        columns=tuple(dict.fromkeys(_columns(profile))),
        observe=lambda view: _observe(profile, view),
        below_product=tuple(
            dict.fromkeys(below for word in _words(profile) for below in word.below_product)
        ),
    )


def _words(profile: Profile) -> tuple[words.Word, ...]:
    return (*profile.model, *profile.serial, *profile.firmware)


def _columns(profile: Profile) -> Iterator[Oid]:
    yield from observation.COLUMNS
    yield from profile.columns
    for word in _words(profile):
        yield from word.columns
    for figure in profile.figures:
        yield from figure.columns
    if profile.units:
        yield from profile.units.columns
    if profile.port_power:
        yield profile.port_power


def _observe(profile: Profile, view: MibView) -> Observation:
    drawn = _power_w(view, profile.port_power, profile.port_power_w)
    read = observation.observe(view, identity(profile, view), port_power_w=drawn)
    read = replace(
        read,
        metrics=(*read.metrics, *health.figures_of(profile.figures, view, read.metrics)),
    )
    return profile.refine(view, read) if profile.refine else read


def identity(profile: Profile, view: MibView) -> Identity:
    """Return the identity that the profile's places tell."""
    members = profile.units.members(view) if profile.units else ()
    return system.identity(
        view,
        profile.family,
        vendor=profile.vendor,
        model=words.told(profile.model, view),
        serial=words.told(profile.serial, view),
        firmware=words.told(profile.firmware, view),
        members=members or entity.members(entity.chassis(entity.entities(view))),
    )


def _power_w(view: MibView, column: Oid | None, unit_w: float) -> dict[Oid, float]:
    drawn = view.integers(column) if column else {}
    # Dividing gives the decimal that was meant: 6300 mW are 6.3 W.
    return {index: value / round(1 / unit_w) for index, value in drawn.items() if value >= 0}
