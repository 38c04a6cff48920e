"""What the classes of `schemas` have in common."""

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, PrivateAttr


class Told(BaseModel):
    """What the API tells. What a later release tells beside it is ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    _etag: str | None = PrivateAttr(None)

    @property
    def etag(self) -> str:
        """The entity tag, by which a write says what it is about; ValueError for a list's row."""
        if self._etag is None:
            raise ValueError("an entity tag comes with what is read alone, not with a list")
        return self._etag

    def tagged(self, etag: str | None) -> None:
        """Keep the tag that the answer had."""
        self._etag = etag


class Asked(Told):
    """What is asked of the API; what is not given is not sent, an unknown name is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


@dataclass(frozen=True)
class ServerEvent:
    """One server-sent event; `data` is JSON."""

    event: str
    data: str
    id: str | None
