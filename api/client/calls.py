"""The calls: each is one method, lists are walked by key, refusals are raised."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import httpx
from pydantic import BaseModel

from api.client.models import (
    Delivery,
    Device,
    Dossier,
    DossierLine,
    Finding,
    ManyMoved,
    Move,
    Moved,
    Site,
    Upload,
    Webhook,
)
from api.client.problems import problem_of

_Told = TypeVar("_Told", bound=BaseModel)
_PAGE_ROWS = 200
_SENT_AGAIN = 2


class Preau:
    """One installation, asked with one token. Close it, or use it in a `with` block."""

    def __init__(
        self, address: str, token: str, *, language: str = "fr", timeout_s: float = 30.0
    ) -> None:
        self._http = httpx.Client(
            base_url=f"{address.rstrip('/')}/api/v1",
            headers={"Authorization": f"Bearer {token}", "Accept-Language": language},
            timeout=timeout_s,
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def sites(self, **filters: object) -> Iterator[Site]:
        """Yield sites: q, province, status, condition."""
        return self._list("/sites", "sites", Site, filters)

    def devices(self, **filters: object) -> Iterator[Device]:
        """Yield devices: q, site_id, province, family, role, lifecycle, health, tag."""
        return self._list("/devices", "devices", Device, filters)

    def findings(self, **filters: object) -> Iterator[Finding]:
        """Yield findings: severity, rule_id, resolved."""
        return self._list("/findings", "findings", Finding, filters)

    def dossiers(self, **filters: object) -> Iterator[DossierLine]:
        """Yield dossiers: q, status, province, lot, measure, late."""
        return self._list("/dossiers", "dossiers", DossierLine, filters)

    def uploads(self, **filters: object) -> Iterator[Upload]:
        """Yield files that were handed in: site_id, kind."""
        return self._list("/uploads", "uploads", Upload, filters)

    def webhooks(self) -> Iterator[Webhook]:
        """Yield your subscriptions."""
        return self._list("/webhooks", "webhooks", Webhook, {})

    def deliveries(self, webhook_id: int, **filters: object) -> Iterator[Delivery]:
        """Yield what a subscription was or is to be told, newest first: state."""
        path = f"/webhooks/{webhook_id}/deliveries"
        return self._list(path, "deliveries", Delivery, filters)

    def device(self, device_id: int) -> Device:
        """Return one device, with its entity tag."""
        answer = self._ask("GET", f"/devices/{device_id}")
        return Device(**answer.json(), etag=answer.headers["etag"])

    def edit_device(self, device: Device, **changes: object) -> Device:
        """Change a device that was read alone: lifecycle, room_id, tags; raises Changed."""
        headers = {"If-Match": device.etag or ""}
        answer = self._ask("PATCH", f"/devices/{device.id}", json=changes, headers=headers)
        return Device(**answer.json())

    def dossier(self, site_id: int) -> Dossier:
        """Return the dossier of one site, with its entity tag."""
        answer = self._ask("GET", f"/sites/{site_id}/dossier")
        return Dossier(**answer.json(), etag=answer.headers["etag"])

    def moves(self, site_id: int) -> list[Move]:
        """Return the steps that leave a dossier's status, with all that each still misses."""
        told = self._ask("GET", f"/sites/{site_id}/dossier/moves").json()
        return [Move(**each) for each in told["moves"]]

    def move(
        self,
        dossier: Dossier,
        to: str,
        *,
        role: str | None = None,
        reason: str | None = None,
        facts: Mapping[str, str] | None = None,
        evidence: Sequence[tuple[str, Upload]] = (),
        measures: Sequence[str] | None = None,
    ) -> Moved:
        """Make one step of a dossier as it was read; raises MoveRefused and Changed.

        It is sent again when the connection breaks, and done once.
        """
        body = {
            "to": to,
            "role": role,
            "reason": reason,
            "facts": dict(facts or {}),
            "evidence": [{"kind": kind, "upload_id": file.id} for kind, file in evidence],
            "measures": None if measures is None else list(measures),
        }
        path = f"/sites/{dossier.site_id}/dossier/transitions"
        return Moved(**self._once(path, body, {"If-Match": dossier.etag}).json())

    def move_many(
        self,
        to: str,
        *,
        site_ids: Sequence[int] | None = None,
        reason: str | None = None,
        facts: Mapping[str, str] | None = None,
        request_id: str | None = None,
        dry_run: bool = False,
        **choice: object,
    ) -> ManyMoved:
        """Make one step of each dossier of a choice (site_ids, status, province, lot_id).

        Each is made or refused for itself; none raises. With the same `request_id` it goes on where
        it stopped; with `dry_run` nothing is written.
        """
        body = {
            "request_id": request_id or str(uuid.uuid4()),
            "to": to,
            "site_ids": None if site_ids is None else list(site_ids),
            "reason": reason,
            "facts": dict(facts or {}),
            "dry_run": dry_run,
            **choice,
        }
        return ManyMoved(**self._once("/dossiers/transitions", body).json())

    def upload(self, path: Path, kind: str, *, site_id: int | None = None) -> Upload:
        """Hand in a file, which streams; raises PreauProblem with why it is not taken."""
        fields = {"kind": kind, **({"site_id": str(site_id)} if site_id is not None else {})}
        with path.open("rb") as file:
            answer = self._ask("POST", "/uploads", data=fields, files={"file": (path.name, file)})
        return Upload(**answer.json())

    def download(self, upload: Upload, target: Path) -> None:
        """Save the bytes of a file."""
        with self._http.stream("GET", f"/uploads/{upload.id}/content") as answer:
            if answer.is_error:
                answer.read()
                raise problem_of(answer)
            with target.open("wb") as file:
                for piece in answer.iter_bytes():
                    file.write(piece)

    def export(self, path: str, target: Path, *, form: str = "csv", **filters: object) -> None:
        """Save a whole list (`/devices`, `/sites` …) as csv or xlsx."""
        query = _query({**filters, "format": form})
        with self._http.stream("GET", path, params=query) as answer:
            if answer.is_error:
                answer.read()
                raise problem_of(answer)
            with target.open("wb") as file:
                for piece in answer.iter_bytes():
                    file.write(piece)

    def subscribe(self, url: str, *, secret_name: str, kinds: Sequence[str]) -> Webhook:
        """Subscribe a program to events."""
        body = {"url": url, "secret_name": secret_name, "kinds": list(kinds)}
        return Webhook(**self._once("/webhooks", body).json())

    def replay(self, webhook_id: int, since: datetime | None = None) -> int:
        """Have a subscription told again; return how many messages that is."""
        body = {"since": since.isoformat() if since else None}
        told = self._ask("POST", f"/webhooks/{webhook_id}/replay", json=body).json()
        return int(told["messages"])

    def _list(
        self, path: str, name: str, kind: type[_Told], filters: Mapping[str, object]
    ) -> Iterator[_Told]:
        query = {**_query(filters), "limit": str(_PAGE_ROWS)}
        while True:
            page = self._ask("GET", path, params=query).json()
            yield from (kind(**row) for row in page[name])
            if page["next"] is None:
                return
            query["after"] = page["next"]

    def _once(
        self, path: str, body: Mapping[str, Any], headers: Mapping[str, str] | None = None
    ) -> httpx.Response:
        """Send a write under a key, again when the connection breaks: it is done once."""
        keyed = {"Idempotency-Key": str(uuid.uuid4()), **(headers or {})}
        for _ in range(_SENT_AGAIN):
            try:
                return self._ask("POST", path, json=body, headers=keyed)
            except httpx.TransportError:
                continue
        return self._ask("POST", path, json=body, headers=keyed)

    def _ask(self, method: str, path: str, **more: Any) -> httpx.Response:
        answer = self._http.request(method, path, **more)
        if answer.is_error:
            raise problem_of(answer)
        return answer


def _query(filters: Mapping[str, object]) -> dict[str, str]:
    return {
        name: str(value).lower() if isinstance(value, bool) else str(value)
        for name, value in filters.items()
        if value is not None
    }
