"""What a route needs of who asks: each route says it, one that does not stops the application.

    @router.get("/bonjour", dependencies=[Needs(Right.SEE)])

The right must be held somewhere, or nothing behind it is even looked at: who does not hold it is
refused before a row is read. *Where* it is held is the use case's matter (`api.usecases.scope`):
what is out of scope is not there. A router may say it for all of its routes; a route that says
more needs both.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from fastapi import Depends, Request
from fastapi.routing import APIRoute

from api.http.dependencies import SAFE, Asking, asking
from api.http.problems import is_api
from api.http.rate_limit import PART, RateLimit
from api.usecases.scope import Right, Viewer
from inventory.errors import NotAllowed
from inventory.sentences import Sentence


@dataclass(frozen=True, slots=True)
class Need:
    """What one route needs. Without a right: somebody who is logged in, whoever it is."""

    right: Right | None = None
    everywhere: bool = False
    """The right must hold at every site: what the route tells belongs to no site."""

    def check(self, viewer: Viewer) -> None:
        """Raise NotAllowed when `viewer` does not hold what is needed."""
        if self.right is None:
            return
        if not (viewer.everywhere(self.right) if self.everywhere else viewer.holds(self.right)):
            raise NotAllowed(
                Sentence("Votre rôle ne permet pas cela\u00a0; demandez à qui gère les comptes")
            )

    async def __call__(self, request: Request, asker: Asking) -> None:
        """Refuse who asks without it, or too often, before anything else is done."""
        viewer = asking(request, asker)
        if is_api(request) and not request.scope.get(PART):
            limit: RateLimit = request.app.state.rate_limit
            limit.take(f"token:{viewer.token.id}" if viewer.token else f"user:{viewer.user_id}")
        self.check(viewer)


@dataclass(frozen=True, slots=True)
class Within:
    """A need that the route's own code checks: a stream holds no session, as a dependency would."""

    need: Need

    async def __call__(self) -> None:
        """Do nothing."""


@dataclass(frozen=True, slots=True)
class Open:
    """Anybody may ask, also who is not logged in; `why` says what makes that right."""

    why: str

    async def __call__(self) -> None:
        """Do nothing."""


Declaration = Need | Within | Open


def Needs(right: Right, *, everywhere: bool = False, within: bool = False) -> Any:  # noqa: N802
    """Return the dependency of a route that needs `right`, at one site at least.

    `everywhere`: at every site. `within`: the route's own code checks it.
    """
    need = Need(right, everywhere)
    return Depends(Within(need) if within else need)


def NeedsLogin() -> Any:  # noqa: N802
    """Return the dependency of a route that is about who asks alone: its account, its logout."""
    return Depends(Need())


def Anybody(why: str) -> Any:  # noqa: N802
    """Return the dependency of a route that is open to the world, and why it may be."""
    return Depends(Open(why))


def declarations(route: APIRoute) -> list[Declaration]:
    """Return what a route says of who may ask."""
    said = (each.dependency for each in route.dependencies)
    return [each for each in said if isinstance(each, Need | Within | Open)]


def refuse_undeclared(routes: Iterable[object]) -> None:
    """Raise TypeError for a route that does not say who may ask, or writes for who may only see."""
    for route in routes:
        if not isinstance(route, APIRoute):
            continue
        said, methods = declarations(route), sorted(route.methods or ())
        if not said:
            wanted = "must say who may ask: dependencies=[Needs(Right.SEE)]"
        elif len(said) > 1 and any(isinstance(each, Open) for each in said):
            wanted = "is open to anybody and needs something: one of the two"
        elif not SAFE.issuperset(methods) and all(_only_sees(each) for each in said):
            wanted = "writes: it needs a right of its own, as dependencies=[Needs(Right.JUDGE)]"
        else:
            continue
        raise TypeError(f"{methods} {route.path} {wanted} (CONTRIBUTING.md, Adding a page)")


def _only_sees(said: Declaration) -> bool:
    need = said.need if isinstance(said, Within) else said
    return isinstance(need, Need) and need.right is Right.SEE
