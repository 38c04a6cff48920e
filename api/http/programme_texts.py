"""The texts that people give with the programme's lots, contractors and funding sources."""

from typing import Annotated

from pydantic import Field

from api.usecases.programme_names import MAX_NAME
from inventory.changes import MAX_REASON

_NO_CONTROL = "^[^\\x00-\\x1f]*$"

Name = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=_NO_CONTROL)]
Reason = Annotated[
    str, Field(max_length=MAX_REASON, pattern="^[^\\x00]*$", description="why, for its record")
]
WantedReason = Annotated[
    str,
    Field(min_length=1, max_length=MAX_REASON, pattern="^[^\\x00]*$", description="for its record"),
]
