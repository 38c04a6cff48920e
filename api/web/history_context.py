"""What the templates of a page with charts are given."""

from datetime import datetime
from typing import Any

import structlog
from sqlmodel import Session

from api.http.dependencies import Installation
from api.usecases.series import (
    Span,
    Stretch,
    device_parts,
    part_histories,
    site_history,
    stretch_of,
)
from api.web.histories import SPANS, device_view, moment_text, site_view, tick_text
from api.web.language import tongue
from collectors.series import SubjectKind
from collectors.series.opening import gap_s
from inventory.errors import PreauError
from inventory.naming import natural_order
from inventory.observation import Observation

log = structlog.get_logger()


def device_history_context(
    here: Installation,
    session: Session,
    device_id: int,
    observation: Observation | None,
    *,
    period: str,
    port: str,
    language: str,
) -> dict[str, Any]:
    """Return a device's charts; `figures` is None where the store cannot be read.

    The rest of the page is worth showing then. `ports` are those with a history, `port` the shown.
    """
    span = span_of(period)
    stretch = stretch_of(span)
    context = {"figures": None, "ports": [], "port": "", **_words(language)}
    try:
        parts = device_parts(here.series, session, device_id)
        of_ports = [part for part in parts if part.kind is SubjectKind.INTERFACE]
        ports = sorted((part.key for part in of_ports), key=natural_order)
        shown = port if port in ports else next(iter(ports), "")
        wanted = [part for part in parts if part not in of_ports or part.key == shown]
        histories = part_histories(here.series, session, wanted, stretch)
        synthetic_until = here.series.synthetic_until(session)
    except PreauError as error:
        log.warning("figures_not_read", device_id=device_id, error=str(error))
        return context
    view = device_view(
        histories,
        observation,
        span,
        stretch,
        tongue(language),
        gap_s=gap_s(here.settings),
        port=shown,
    )
    return {
        **context,
        "figures": view,
        "ports": ports,
        "port": shown,
        "synthetic_until": _in_sight(synthetic_until, stretch),
    }


def site_history_context(
    here: Installation, session: Session, site_id: int, period: str, *, language: str
) -> dict[str, Any]:
    """Return a site's charts; `figures` is None where the store cannot be read."""
    span = span_of(period)
    stretch = stretch_of(span)
    context = {"figures": None, **_words(language)}
    try:
        told = site_history(here.series, session, site_id, stretch)
        synthetic_until = here.series.synthetic_until(session)
    except PreauError as error:
        log.warning("figures_not_read", site_id=site_id, error=str(error))
        return context
    view = site_view(told, span, stretch, tongue(language), gap_s=gap_s(here.settings))
    return {**context, "figures": view, "synthetic_until": _in_sight(synthetic_until, stretch)}


def _in_sight(until: datetime | None, stretch: Stretch) -> datetime | None:
    return until if until is not None and until > stretch.start else None


def span_of(text: str) -> Span:
    """Return the stretch of time that an address names; a day where it names none."""
    return Span(text) if text in set(Span) else Span.DAY


def _words(language: str) -> dict[str, Any]:
    """Return what the templates of charts need to write times in a language."""
    speech = tongue(language)
    return {
        "spans": SPANS,
        "tick_text": lambda tick: tick_text(tick, speech),
        "moment_text": lambda at, form: moment_text(at, form, speech),
    }
