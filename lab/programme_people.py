"""The people of `make demo-programme`: each asks the API with a token of their own."""

import json
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Self

import httpx

from api.usecases.access import add_user
from api.usecases.tokens import new_token
from inventory.database import Database
from inventory.models import GrantScope, UserRole
from lab.demo_steps import say

_DAY_S = 86_400


@dataclass(frozen=True)
class Person:
    """Somebody of the demo: login, name, role and scope."""

    login: str
    name: str
    role: UserRole
    scope: GrantScope = GrantScope.ALL
    scope_key: str = ""


@dataclass
class Claims:
    """What the demo claims and what came of it."""

    steps: int = 0
    refused: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


class Programme:
    """The running product as its people use it; every call is printed, judged and counted."""

    def __init__(self, address: str, database: Database, clock_file: Path) -> None:
        self.http = httpx.Client(base_url=address, timeout=60)
        self.claims = Claims()
        self._database = database
        self._clock_file = clock_file
        self._days = 0
        self._names: dict[str, str] = {}
        self._tokens: dict[str, str] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    def welcome(self, person: Person) -> None:
        """Give somebody an account and a token."""
        with self._database.write("demo") as session:
            add_user(
                session,
                person.login,
                display_name=person.name,
                password=None,
                role=person.role,
                scope=person.scope,
                scope_key=person.scope_key,
            )
            session.flush()
            self._tokens[person.login] = new_token(
                session, person.login, name="demo-programme", days=730
            )
        self._names[person.login] = f"{person.name} ({person.role.value})"

    def headers(self, login: str) -> dict[str, str]:
        """Return the header by which somebody asks."""
        return {"Authorization": f"Bearer {self._tokens[login]}"}

    def later(self, days: int, why: str) -> None:
        """Move the one clock of every process."""
        self._days += days
        written = self._clock_file.with_suffix(".new")
        written.write_text(str(self._days * _DAY_S), encoding="ascii")
        written.replace(self._clock_file)
        say("", f"--- {days} days later: {why}")

    def ask(
        self,
        login: str,
        method: str,
        path: str,
        what: str,
        *,
        body: Any = None,
        expect: int = 200,
        headers: dict[str, str] | None = None,
    ) -> Any:
        """Ask as somebody; prints who did what, and the sentence of a refusal. Returns the JSON."""
        answer = self.http.request(
            method,
            f"/api/v1{path}",
            json=body,
            headers={**self.headers(login), **(headers or {})},
        )
        return self._judge(login, what, answer, expect)

    def hand_in(self, login: str, site_id: int, name: str, kind: str, content: bytes) -> int:
        """Hand in a file for a site and return its number."""
        answer = self.http.post(
            "/api/v1/uploads",
            data={"kind": kind, "site_id": str(site_id)},
            files={"file": (name, content)},
            headers=self.headers(login),
        )
        return int(self._judge(login, f"hands in {name}", answer, 201, quiet=True)["id"])

    def claim(self, holds: bool, what: str) -> None:
        """Note something that must hold."""
        if not holds:
            self.claims.broken.append(what)
            say("", f"NOT as claimed: {what}")

    def _judge(
        self, login: str, what: str, answer: httpx.Response, expect: int, *, quiet: bool = False
    ) -> Any:
        told = _json(answer)
        who = self._names[login]
        if answer.status_code != expect:
            why = json.dumps(told, ensure_ascii=False)[:300]
            self.claim(False, f"{who} {what}: {answer.status_code}, expected {expect}: {why}")
            return told
        self.claims.steps += 1
        if expect >= 400:
            said = _sentence(told)
            self.claims.refused.append(f"{login}: {what}: {said}")
            say("", f"REFUSED {who} {what}: {said}")
        elif not quiet:
            say("", f"{who} {what}")
        return told


def _json(answer: httpx.Response) -> Any:
    try:
        return answer.json()
    except ValueError:
        return {"detail": answer.text[:200]}


def _sentence(told: Any) -> str:
    missing = told.get("missing") if isinstance(told, dict) else None
    return " ".join(missing) if missing else str(told.get("detail") or told.get("title"))


def in_days(days: int, today: Any) -> str:
    """Return a day, counted from `today`, as the API writes it."""
    return str((today + timedelta(days=days)).isoformat())
