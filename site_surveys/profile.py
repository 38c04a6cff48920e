"""The acceptance profile: what an installation must show, as versioned data with its sources."""

import hashlib
import re
import tomllib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import Annotated, Any, Literal, Self

from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    ValidationError,
    model_validator,
)

from inventory.errors import InvalidInput
from inventory.sentences import Sentence

CURRENT = "recette-2026-1.toml"
Severity = Literal["blocking", "minor"]
Proof = Literal["survey", "collectors", "person"]
_MINUS, _NBSP = "\u2212", "\u00a0"
# French typography: what a line may not break before or after.
_HARD_SPACE = re.compile(
    r"(?<=[≤≥<>«]) | (?=[:;?!%»])|(?<=\d) (?=(?:dBm|dB|GHz|Gbit/s|h|ms|m)\b)|(?<=}) (?=[a-zA-Z%])"
)


def _french(text: str) -> str:
    return _HARD_SPACE.sub(_NBSP, text)


French = Annotated[str, Field(min_length=1), AfterValidator(_french)]
"""A text for people; written with ordinary spaces, shown with those that do not break."""


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class _Figure(_Value):
    standard: float
    strict: float
    source: str = Field(min_length=1)


class ApprovedFirmware(_Value):
    """The lowest version of a device family that is accepted."""

    at_least: str = Field(pattern=r"\d")
    source: str = Field(min_length=1)


class Check(_Value):
    """One thing that is judged: `measure` names how; the texts are French, for people.

    `severity` is the reserve that opens when it fails, `unproved` the one that opens when nothing
    proves it (None: none). `rules`, `roles`, `needs`, `also` and `document` are its measure's.
    """

    id: str = Field(pattern=r"^[a-z_]+\.[a-z_]+$")
    group: French
    title: French
    measure: str
    proof: tuple[Proof, ...] = Field(min_length=1)
    severity: Severity
    unproved: Severity | None = None
    limit: French
    source: French
    rules: tuple[str, ...] = ()
    roles: tuple[str, ...] = ()
    needs: str | None = None
    also: str | None = None
    document: str | None = None


class Letterhead(_Value):
    """Who issues the report."""

    title: French
    subtitle: French
    lines: tuple[French, ...] = ()


class ReserveTerms(_Value):
    """Who removes a reserve of one severity, and within how many days."""

    days: int = Field(ge=1, le=730)
    responsible: French


class _Reserves(_Value):
    blocking: ReserveTerms
    minor: ReserveTerms


class _Figures(_Value):
    primary_rssi_dbm: _Figure
    secondary_rssi_dbm: _Figure
    room_share: _Figure
    snr_db: _Figure
    co_channel_dbm: _Figure
    co_channel_access_points: _Figure
    map_error_db: _Figure
    read_within_h: _Figure
    link_bps: _Figure


class _Edition(_Value):
    version: str = Field(min_length=1, max_length=40)
    letterhead: Letterhead
    reserves: _Reserves
    figures: _Figures
    firmware: dict[str, ApprovedFirmware] = Field(default_factory=dict)
    checks: tuple[Check, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _each_check_once(self) -> Self:
        names = [check.id for check in self.checks]
        for name in names:
            if names.count(name) > 1:
                raise ValueError(f"two checks are called {name}")
        return self


@dataclass(frozen=True, slots=True)
class AcceptanceProfile:
    """One edition of the profile, at one level."""

    version: str
    level: str
    primary_rssi_dbm: float
    """What the strongest access point must reach in each room to be covered."""
    secondary_rssi_dbm: float
    """What the second access point must reach there."""
    room_share: float
    """The part of a room's area that must reach them, 0 to 1."""
    snr_db: float
    co_channel_dbm: float
    """Above it, an access point on the same channel counts."""
    co_channel_access_points: int
    """How many may count, the strongest one included."""
    map_error_db: float
    read_within_h: float
    """How old the last reading of a device may be when it is judged, in hours."""
    link_bps: int
    firmware: dict[str, ApprovedFirmware]
    checks: tuple[Check, ...]
    letterhead: Letterhead
    terms: dict[Severity, ReserveTerms]
    sha256: str
    """Of the file that it was read from."""

    def threshold_dbm(self, rank: int) -> float:
        """Return the threshold of the strongest (rank 0) or second (rank 1) access point."""
        return self.secondary_rssi_dbm if rank else self.primary_rssi_dbm

    def limit_text(self, check: Check) -> str:
        """Return what a check asks for, in French, with this level's figures."""
        figures = {
            name: _number(getattr(self, name))
            for name in _Figures.model_fields
            if name not in {"room_share", "link_bps"}
        }
        figures["room_share_percent"] = _number(self.room_share * 100)
        return check.limit.format_map(figures)


def _number(value: float) -> str:
    text = f"{value:.1f}".removesuffix(".0").replace(".", ",")
    return text.replace("-", _MINUS)


def load_profile(path: Path | None = None, *, strict: bool = False) -> AcceptanceProfile:
    """Return a profile at its standard or strict level: this release's, or that of a TOML file.

    Raises InvalidInput when the file cannot be read or does not fit.
    """
    try:
        content = (
            files("site_surveys").joinpath("profiles", CURRENT).read_bytes()
            if path is None
            else path.read_bytes()
        )
    except OSError as error:
        raise InvalidInput(
            Sentence("Le profil ne se lit pas\u00a0: %(told)s", told=str(error.strerror)),
            where=str(path),
        ) from error
    return profile_from_toml(content, where=str(path or CURRENT), strict=strict)


def profile_from_toml(content: bytes, *, where: str, strict: bool = False) -> AcceptanceProfile:
    """Return the profile of TOML bytes; raises InvalidInput with what is wrong and where."""
    try:
        edition = _Edition.model_validate(tomllib.loads(content.decode("utf-8")))
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            Sentence(
                "Le profil ne convient pas\u00a0: %(place)s\u00a0: %(told)s",
                place=place,
                told=first["msg"],
            ),
            where=where,
        ) from (error)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput(
            Sentence("Le profil n’est pas du TOML\u00a0: %(error)s", error=str(error)), where=where
        ) from error
    level = "strict" if strict else "standard"
    figures: dict[str, Any] = {
        name: getattr(getattr(edition.figures, name), level) for name in _Figures.model_fields
    }
    whole = {name: int(figures.pop(name)) for name in ("co_channel_access_points", "link_bps")}
    profile = AcceptanceProfile(
        version=edition.version,
        level=level,
        firmware=edition.firmware,
        checks=edition.checks,
        letterhead=edition.letterhead,
        terms={"blocking": edition.reserves.blocking, "minor": edition.reserves.minor},
        sha256=hashlib.sha256(content).hexdigest(),
        **figures,
        **whole,
    )
    _refuse_unknown_figures(profile, where)
    return profile


def _refuse_unknown_figures(profile: AcceptanceProfile, where: str) -> None:
    for check in profile.checks:
        try:
            profile.limit_text(check)
        except (KeyError, ValueError, IndexError, AttributeError) as error:
            raise InvalidInput(
                Sentence(
                    "Le seuil de %(check_id)s nomme un chiffre qui n’existe pas\u00a0: %(limit)s",
                    check_id=check.id,
                    limit=check.limit,
                ),
                where=where,
            ) from error
