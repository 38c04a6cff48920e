"""The acceptance profile: what a survey must show, as versioned data with its sources."""

import json
from dataclasses import dataclass
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class AcceptanceProfile:
    """The radio figures of one edition of the profile, at one level."""

    version: str
    level: str
    primary_rssi_dbm: float
    """What the strongest access point must reach in each room to be covered."""
    secondary_rssi_dbm: float
    """What the second access point must reach there."""
    room_share: float
    """The part of a room's area that must reach them, 0 to 1."""

    def threshold_dbm(self, rank: int) -> float:
        """Return the threshold of the strongest (rank 0) or second (rank 1) access point."""
        return self.secondary_rssi_dbm if rank else self.primary_rssi_dbm


def load_profile(*, strict: bool = False) -> AcceptanceProfile:
    """Return the profile of this release, at its standard or its strict level."""
    text = files("site_surveys").joinpath("acceptance_profile.json").read_text(encoding="utf-8")
    edition = json.loads(text)
    level = "strict" if strict else "standard"
    figures = {name: figure[level] for name, figure in edition["figures"].items()}
    return AcceptanceProfile(version=edition["version"], level=level, **figures)
