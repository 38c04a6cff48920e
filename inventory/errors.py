"""The one error root.

Every error that a person may see is a `PreauError`: one sentence that says what happened, where,
and what to do. No HTTP status and no exit code lives here; the shells map classes to those.
"""

from collections.abc import Callable

from inventory.sentences import Sentence


class PreauError(Exception):
    """Something went wrong that a person can understand.

    `what` is a sentence without its final full stop; `where` names the file and line, the device or
    the row; `todo` says what to do next. None of the three may hold a secret. Each may be an
    `inventory.sentences.Sentence`, which the shells say in the language of who reads it.
    """

    def __init__(self, what: str, *, where: str | None = None, todo: str | None = None) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.todo = todo

    def __str__(self) -> str:
        return self.said(str)

    def said(self, say: Callable[[str], str]) -> str:
        """Return the whole in the language of `say`."""
        place = f"{say(self.where)}: " if self.where else ""
        advice = f" ({say(self.todo)})" if self.todo else ""
        return f"{place}{say(self.what)}{advice}"

    def as_sentence(self) -> str:
        """Return the whole as a `Sentence` where a part of it is one, to be kept in a row."""
        if not self.translatable:
            return str(self)
        said = Sentence("%(what)s", what=self.what)
        if self.todo:
            said = Sentence("%(what)s (%(todo)s)", what=said, todo=self.todo)
        return (
            Sentence("%(where)s\u00a0: %(what)s", where=self.where, what=said)
            if self.where
            else said
        )

    @property
    def translatable(self) -> bool:
        """Return whether a part of it is a sentence of the catalogues."""
        return any(isinstance(part, Sentence) for part in (self.what, self.where, self.todo))


class InvalidInput(PreauError):
    """A file, an argument or a form cannot be used; nothing was changed."""


class NotFound(PreauError):
    """The named thing does not exist, or the asker may not know that it does."""


class Conflict(PreauError):
    """The thing changed since it was read, is held by another, or its state forbids the request."""


class NotAllowed(PreauError):
    """The asker has no right to do this."""


class Misconfigured(PreauError):
    """Settings, the key file or the database do not let the product run."""


class DeviceError(PreauError):
    """A device did not do what was asked; one bad device never stops the others."""


class Unreachable(DeviceError):
    """No answer, or the connection broke; trying again later makes sense."""


class Refused(DeviceError):
    """The device refused the credentials; never retried in a loop."""


class Garbled(DeviceError):
    """The device answered something that its protocol or its manual does not allow."""


class PushRejected(DeviceError):
    """The device refused a configuration line, or does not show what was sent."""


class Interrupted(DeviceError):
    """The run that changed the device was killed, so that the device was put back."""


class Unguarded(DeviceError):
    """The change could cut the path to the device and no guard is available."""
