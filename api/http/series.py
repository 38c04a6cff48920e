"""/api/v1/…/series: figures over time of a device and of a site."""

from typing import Annotated, Literal, Self

from fastapi import APIRouter, Query
from pydantic import AwareDatetime, Field

from api.http.answers import Answer
from api.http.dependencies import ApiViewer, Here, Reading, RowId
from api.http.needs import Needs
from api.usecases import site_detail
from api.usecases.scope import Right
from api.usecases.series import (
    Span,
    Stretch,
    device_parts,
    part_histories,
    site_history,
    stretch_between,
)
from collectors.series import KINDS, History, SubjectKind

router = APIRouter(tags=["series"], dependencies=[Needs(Right.SEE)])


class MetricAnswer(Answer):
    """One metric over time, a value for each moment of `at`; null: not told then."""

    name: str
    unit: str
    count: list[int] = Field(description="how many samples told it")
    mean: list[float | None]
    low: list[float | None]
    high: list[float | None]


class SeriesAnswer(Answer):
    """The figures of one subject. A moment at which nothing was told is not in `at`."""

    kind: SubjectKind
    key: str = Field(description="the name of the radio, port or SSID; empty for the whole")
    resolution: Literal["raw", "hour", "day"] = Field(description="buckets are counted in UTC")
    at: list[AwareDatetime] = Field(description="when each bucket begins, or the sample was taken")
    metrics: list[MetricAnswer]

    @classmethod
    def of(cls, history: History) -> Self:
        """Return the answer that tells `history`; metrics that nobody told are left out."""
        metrics = []
        for metric in KINDS[history.subject.kind].metrics:
            if history.told(metric.name):
                told = [point.figures.get(metric.name) for point in history.points]
                metrics.append(
                    MetricAnswer(
                        name=metric.name,
                        unit=metric.unit,
                        count=[figure.count if figure else 0 for figure in told],
                        mean=[figure.mean if figure else None for figure in told],
                        low=[figure.low if figure else None for figure in told],
                        high=[figure.high if figure else None for figure in told],
                    )
                )
        return cls.model_validate(
            {
                "kind": history.subject.kind,
                "key": history.subject.key,
                "resolution": history.tier.name,
                "at": [point.at for point in history.points],
                "metrics": metrics,
            }
        )


class SeriesListAnswer(Answer):
    """Figures from `start` until before `end`."""

    start: AwareDatetime
    end: AwareDatetime
    series: list[SeriesAnswer]


Moment = Annotated[AwareDatetime | None, Query(description="with its offset; instead of `span`")]


@router.get("/devices/{device_id}/series")
def get_device_series(
    here: Here,
    session: Reading,
    viewer: ApiViewer,
    device_id: RowId,
    *,
    span: Annotated[Span, Query(description="until now")] = Span.DAY,
    start: Moment = None,
    end: Moment = None,
    kind: Annotated[list[SubjectKind] | None, Query(description="default: all")] = None,
    port: Annotated[list[str] | None, Query(description="of its ports; default: all")] = None,
) -> SeriesListAnswer:
    """Return a device's figures over time, as fine as they are still kept."""
    site_detail.visible_device(session, viewer, device_id)
    stretch = stretch_between(start, end, span)
    parts = [
        part
        for part in device_parts(here.series, session, device_id)
        if (kind is None or part.kind in kind)
        and (port is None or part.kind is not SubjectKind.INTERFACE or part.key in port)
    ]
    return _answer(stretch, part_histories(here.series, session, parts, stretch))


@router.get("/sites/{site_id}/series")
def get_site_series(
    here: Here,
    session: Reading,
    viewer: ApiViewer,
    site_id: RowId,
    *,
    span: Annotated[Span, Query(description="until now")] = Span.DAY,
    start: Moment = None,
    end: Moment = None,
) -> SeriesListAnswer:
    """Return a site's figures over time: what was asked, what answered, and its clients."""
    site_detail.visible_site(session, viewer, site_id)
    stretch = stretch_between(start, end, span)
    return _answer(stretch, [site_history(here.series, session, site_id, stretch)])


def _answer(stretch: Stretch, told: list[History]) -> SeriesListAnswer:
    return SeriesListAnswer(
        start=stretch.start,
        end=stretch.end,
        series=[SeriesAnswer.of(history) for history in told],
    )
