"""What does not fit in a request, told in the caller's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from api.web.language import Tongue
from inventory.unfit import why_unfit


def what_does_not_fit(errors: Sequence[Mapping[str, Any]], speech: Tongue) -> list[dict[str, Any]]:
    """Return where each error is and what is wrong, without the value that was sent."""
    return [{"where": list(each["loc"]), "what": speech.say(why_unfit(each))} for each in errors]
