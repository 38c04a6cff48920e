"""How a plan is rolled out: what the installation says, what a plan keeps, what a person chose."""

from pydantic import ValidationError

from deploy.rollout import RolloutOptions
from deploy.windows import SchoolCalendar, school_calendar
from inventory.errors import InvalidInput
from inventory.models import DeployPlan
from inventory.sentences import Sentence
from inventory.settings import Settings
from inventory.unfit import why_unfit


def chosen_options(settings: Settings, **chosen: object) -> RolloutOptions:
    """Return the installation's options with those that are told (not None) in their place.

    Raises InvalidInput for what does not fit.
    """
    told = {name: value for name, value in chosen.items() if value is not None}
    usual = {
        "waves": settings.rollout_waves,
        "tolerated_percent": settings.rollout_tolerated_percent,
        "on_failure": settings.rollout_on_failure,
        "gate_s": settings.rollout_gate_s,
    }
    try:
        return RolloutOptions.model_validate({**usual, **told})
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise InvalidInput(
            Sentence(
                "L’option %(name)s ne convient pas\u00a0: %(told)s",
                name=name,
                told=why_unfit(first),
            )
        ) from error


def options_of(plan: DeployPlan, settings: Settings, *, now: str | None = None) -> RolloutOptions:
    """Return the options that a plan was begun with, else the installation's."""
    kept = RolloutOptions.model_validate(plan.options) if plan.options else chosen_options(settings)
    return kept.model_copy(update={"now": now}) if now else kept


def calendar_of(settings: Settings) -> SchoolCalendar:
    """Return when schools may be interrupted; raises InvalidInput for unreadable settings."""
    return school_calendar(
        settings.school_hours, settings.school_holidays, settings.maintenance_windows
    )
