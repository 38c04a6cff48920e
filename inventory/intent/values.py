"""What every value of an intent has in common: frozen, nothing unknown, checked as it is made."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

VlanId = Annotated[int, Field(ge=1, le=4094)]  # IEEE 802.1Q-2022, 9.6: 0 and 4095 are reserved
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]
# One line of text that any CLI can hold: no control character, no quote that would end it.
Line = Annotated[str, Field(pattern=r'^[^\x00-\x1f\x7f"?]+$', max_length=200)]
Host = Annotated[str, Field(pattern=r"^[A-Za-z0-9.:-]{1,253}$")]


class Value(BaseModel):
    """A frozen value that refuses fields it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")
