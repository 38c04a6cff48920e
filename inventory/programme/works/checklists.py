"""Checklists as versioned data: what an installer goes through, by kind of order."""

import tomllib
from functools import cache
from importlib.resources import files

from pydantic import BaseModel, ConfigDict, Field

DEFAULT_CHECKLISTS = "2026-1"


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Item(_Frozen):
    """One point; `label` is French, `photo`: a photo is asked for with it."""

    id: str = Field(pattern="^[a-z_]+$")
    label: str
    photo: bool = False


class Checklist(_Frozen):
    """What is done at one kind of order: points, scanning, placing, cable tests."""

    items: tuple[Item, ...]
    scans: bool = False
    places: bool = False
    cable_tests: bool = False

    def item(self, item_id: str) -> Item | None:
        """Return one point, or None."""
        return next((each for each in self.items if each.id == item_id), None)


class CableLimits(_Frozen):
    """What a permanent link must keep."""

    longest_link_m: float = Field(gt=0)
    lowest_category: int = Field(ge=5, le=8)


class Checklists(_Frozen):
    """One edition of the checklists."""

    version: str
    cable: CableLimits
    kinds: dict[str, Checklist]


@cache
def load_checklists(version: str = DEFAULT_CHECKLISTS) -> Checklists:
    """Return an edition of the checklists."""
    path = files("inventory.programme.works").joinpath(f"checklists/{version}.toml")
    return Checklists.model_validate(tomllib.loads(path.read_text(encoding="utf-8")))
