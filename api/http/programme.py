"""/api/v1/programme: how far the programme is at the sites that the caller may see."""

from collections.abc import Mapping
from typing import Annotated, Self

from fastapi import APIRouter, Query
from pydantic import BaseModel, Field

from api.http.dependencies import ApiViewer, Reading
from api.http.needs import Needs
from api.usecases.programme_progress import ProgressFilter, programme_progress
from api.usecases.scope import Right
from inventory.programme.dossier import Status
from inventory.programme.progress import Milestone, Tally

router = APIRouter(prefix="/programme", tags=["programme"], dependencies=[Needs(Right.SEE)])

_Text = Annotated[str | None, Query(max_length=200, pattern=r"^[^\x00]*$")]


class TallyAnswer(BaseModel):
    """How many sites passed each milestone, and how many are not in the programme."""

    passed: dict[Milestone, int]
    outside: int = Field(description="ineligible, or withdrawn")

    @classmethod
    def of(cls, tally: Tally) -> Self:
        """Return the answer for a tally."""
        return cls(passed=dict(tally.passed), outside=tally.outside)


class ProgressAnswer(BaseModel):
    """How far the sites are; the key of those whose place is not known is empty."""

    whole: TallyAnswer
    by_province: dict[str, TallyAnswer]
    by_canton: dict[str, TallyAnswer]
    statuses: dict[Status, int]


@router.get("/progress")
def get_progress(
    session: Reading,
    viewer: ApiViewer,
    province: _Text = None,
    education_network: _Text = None,
) -> ProgressAnswer:
    """Count sites by the milestones that they passed, in all, by province and by canton."""
    wanted = ProgressFilter(province, education_network)
    progress = programme_progress(session, viewer, wanted)
    return ProgressAnswer(
        whole=TallyAnswer.of(progress.whole),
        by_province=_by_place(progress.by_province),
        by_canton=_by_place(progress.by_canton),
        statuses=dict(progress.statuses),
    )


def _by_place(tallies: Mapping[str | None, Tally]) -> dict[str, TallyAnswer]:
    return {place or "": TallyAnswer.of(tally) for place, tally in sorted(tallies.items(), key=str)}
