"""One search over what a person may see: sites, devices, dossiers and incidents.

Each kind is a list of its own, in the order of a key and page by page. Accents, case and the way in
which an address is written do not matter.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, false, or_
from sqlalchemy import select as sa_select
from sqlalchemy.orm import Mapped
from sqlmodel import Session, col, select
from sqlmodel.sql.expression import SelectOfScalar

from api.usecases.scope import Viewer, visible_devices, visible_sites
from api.usecases.search_words import MAX_FEW, Wanted, begins, look_up, site_has
from api.usecases.sites import search_terms
from inventory.models import (
    Device,
    DeviceRole,
    Dossier,
    Health,
    Incident,
    Interface,
    ManagementEndpoint,
    Site,
)
from inventory.programme.dossier import Status
from inventory.programme.spelling import bare, plain

MAX_ROWS = 100
MIN_CHARACTERS = 2
"""A shorter text would find most of the fleet."""
_SHOWN_OF_DEVICES = ("id", "name", "site_id", "serial", "role", "health")
_MAC = re.compile(r"[0-9a-f]{4,12}")
_PART_OF_IPV4 = re.compile(r"\d{1,3}\.(\d{1,3}(\.|$)){0,3}")


class Kind(StrEnum):
    """What can be found."""

    SITES = "sites"
    DEVICES = "devices"
    DOSSIERS = "dossiers"
    INCIDENTS = "incidents"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of a list ended: the list's part (`step`), then the key and id in it."""

    key: str
    row_id: int
    step: int = 0


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing that was found. `detail` tells why or what: a serial, an address, a commune."""

    kind: Kind
    id: int
    title: str
    site_id: int | None
    site: str | None
    detail: str | None = None
    status: str | None = None
    role: DeviceRole | None = None
    health: Health | None = None
    since: datetime | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Hits:
    """One page of hits of one kind, and where the next page begins; None at the end."""

    hits: tuple[Hit, ...] = ()
    next: Place | None = None


def search(
    session: Session,
    viewer: Viewer,
    text: str,
    kind: Kind,
    *,
    after: Place | None = None,
    limit: int = 20,
) -> Hits:
    """Return what of `kind` fits `text` among what `viewer` may see, at most `limit` of it.

    Nothing is found for a text of less than MIN_CHARACTERS letters or digits.
    """
    return search_kinds(session, viewer, text, [kind], after=after, limit=limit)[kind]


def search_kinds(
    session: Session,
    viewer: Viewer,
    text: str,
    kinds: Sequence[Kind],
    *,
    after: Place | None = None,
    limit: int = 20,
) -> dict[Kind, Hits]:
    """Return what of each kind fits `text`, as `search`; `after` is a place in the only kind."""
    terms = tuple(search_terms(text))
    if len("".join(terms)) < MIN_CHARACTERS:
        return dict.fromkeys(kinds, Hits())
    wanted = look_up(session, text.strip()[:200], terms)
    find = {
        Kind.SITES: _sites,
        Kind.DEVICES: _devices,
        Kind.DOSSIERS: _dossiers,
        Kind.INCIDENTS: _incidents,
    }
    rows = max(1, min(limit, MAX_ROWS))
    return {kind: find[kind](session, viewer, wanted, after, rows) for kind in kinds}


def _sites(
    session: Session, viewer: Viewer, wanted: Wanted, after: Place | None, limit: int
) -> Hits:
    if wanted.is_nowhere(wanted.terms):
        return Hits()
    query = select(Site.id, Site.name, Site.commune, Site.search_key).where(
        visible_sites(viewer),
        col(Site.closed_on).is_(None),
        *(site_has(wanted, term) for term in wanted.terms),
    )
    if after is not None:
        query = query.where(_later(col(Site.search_key), col(Site.id), after))
    rows = session.exec(query.order_by(col(Site.search_key), col(Site.id)).limit(limit + 1)).all()
    hits = [
        Hit(Kind.SITES, row_id or 0, name, row_id, name, detail=commune)
        for row_id, name, commune, _ in rows
    ]
    return _page(hits, [key for *_, key in rows], limit)


def _dossiers(
    session: Session, viewer: Viewer, wanted: Wanted, after: Place | None, limit: int
) -> Hits:
    if wanted.is_nowhere(term for term in wanted.terms if not _statuses(term)):
        return Hits()
    query = (
        select(Site.id, Site.name, Dossier.status, Site.search_key)
        .join(Dossier, col(Dossier.site_id) == col(Site.id))
        .where(visible_sites(viewer), *(_dossier_has(wanted, term) for term in wanted.terms))
    )
    if after is not None:
        query = query.where(_later(col(Site.search_key), col(Site.id), after))
    rows = session.exec(query.order_by(col(Site.search_key), col(Site.id)).limit(limit + 1)).all()
    hits = [
        Hit(Kind.DOSSIERS, site_id or 0, name, site_id, name, status=status)
        for site_id, name, status, _ in rows
    ]
    return _page(hits, [key for *_, key in rows], limit)


def _incidents(
    session: Session, viewer: Viewer, wanted: Wanted, after: Place | None, limit: int
) -> Hits:
    """Find incidents by the name of their cause and by their site, newest first."""
    if wanted.is_nowhere(term for term in wanted.terms if wanted.few_devices.get(term) == ()):
        return Hits()
    query = (
        select(  # type: ignore[call-overload]
            Incident.id,
            Device.name,
            Incident.site_id,
            col(Site.name).label("site"),
            Incident.opened_at,
            Incident.closed_at,
        )
        .join(Device, col(Device.id) == col(Incident.device_id))
        .join(Site, col(Site.id) == col(Incident.site_id))
        .where(
            visible_sites(viewer),
            *(_incident_has(wanted, term) for term in wanted.terms),
        )
    )
    if after is not None:
        query = query.where(col(Incident.id) < after.row_id)
    rows = session.exec(query.order_by(col(Incident.id).desc()).limit(limit + 1)).all()
    hits = [
        Hit(Kind.INCIDENTS, row_id or 0, device, site_id, site, since=opened, until=closed)
        for row_id, device, site_id, site, opened, closed in rows
    ]
    return _page(hits, [""] * len(rows), limit)


def _devices(
    session: Session, viewer: Viewer, wanted: Wanted, after: Place | None, limit: int
) -> Hits:
    """Find devices by address and serial first, then by name; each way by its own index.

    The ways are asked one after the other, each only for what the ones before it did not find.
    """
    hits: list[Hit] = []
    places: list[Place] = []
    begun: list[ColumnElement[bool]] = []
    for step, (condition, order) in enumerate(_ways(session, wanted)):
        key: Mapped[Any] = getattr(Device, order)
        if after is None or step >= after.step:
            query = (
                sa_select(
                    *(getattr(Device, name) for name in _SHOWN_OF_DEVICES),
                    col(Site.name).label("site"),
                    key.label("key"),
                )
                .outerjoin(Site, col(Site.id) == col(Device.site_id))
                .where(visible_devices(viewer), condition, *(each.is_not(True) for each in begun))
            )
            if after is not None and step == after.step:
                query = query.where(_later(key, col(Device.id), after))
            query = query.order_by(key, col(Device.id)).limit(limit + 1 - len(hits))
            for row in session.connection().execute(query).all():
                hits.append(_device_hit(row))
                places.append(Place(row.key or "", row.id, step))
        begun.append(condition)  # compared with IS NOT: what is not told is no hit
        if len(hits) > limit:
            return Hits(tuple(hits[:limit]), places[limit - 1])
    return Hits(tuple(hits))


def _ways(session: Session, wanted: Wanted) -> list[tuple[ColumnElement[bool], str]]:
    """Return the conditions by which a device may be meant, each with the column of its order."""
    name = col(Device.search_name)
    ways: list[tuple[ColumnElement[bool], str]] = []
    mac = re.sub(r"[\s:.\-]", "", wanted.text.lower())
    if _MAC.fullmatch(mac):
        # Between the first and the last address that begin so: right in every collation.
        first, last = mac.ljust(12, "0"), mac.ljust(12, "f")
        port = select(Interface.device_id).where(col(Interface.mac).between(first, last))
        own = col(Device.base_mac).between(first, last)
        ways.append((or_(own, _one_of(session, port)), "search_name"))
    hosts = _address(wanted.text)
    if hosts is not None:
        ways.append(
            (_one_of(session, select(ManagementEndpoint.device_id).where(hosts)), "search_name")
        )
    ways.append((begins(col(Device.search_serial), bare(wanted.text)), "search_serial"))
    if wanted.few_devices.get(whole := plain(wanted.text)) != ():
        ways.append((begins(name, whole), "search_name"))
    if len(wanted.terms) > 1:
        # "tilleuls ap3": the last word is the device's, the others are its school's.
        *others, last = wanted.terms
        if not wanted.is_nowhere(others):
            schools = select(col(Site.id)).where(*(site_has(wanted, term) for term in others))
            at_one = col(Device.site_id).in_(schools)
            ways.append((and_(begins(name, last), at_one), "search_name"))
    return ways


def _one_of(session: Session, device_ids: SelectOfScalar[Any]) -> ColumnElement[bool]:
    # Asked beforehand: a subquery would let the planner walk all devices in the order of their key.
    found = {each for each in session.exec(device_ids.limit(MAX_FEW)) if each is not None}
    return col(Device.id).in_(sorted(found)) if found else false()


def _address(text: str) -> ColumnElement[bool] | None:
    host = col(ManagementEndpoint.host)
    try:
        return host == str(ipaddress.ip_address(text.strip("[]")))
    except ValueError:
        return begins(host, text) if _PART_OF_IPV4.fullmatch(text) else None


def _device_hit(row: Any) -> Hit:
    return Hit(
        Kind.DEVICES,
        row.id,
        row.name,
        row.site_id,
        row.site,
        detail=row.serial,
        role=row.role,
        health=row.health,
    )


def _incident_has(wanted: Wanted, term: str) -> ColumnElement[bool]:
    # By its own columns alone: its device and its site are then read of those found only. And by
    # their indexes for a rare word alone: a common one would have all of them gathered and sorted
    # for the newest few.
    sites, devices = wanted.few_sites.get(term), wanted.few_devices.get(term)
    if sites is not None and devices is not None:
        return or_(col(Incident.site_id).in_(sites), col(Incident.device_id).in_(devices))
    at = select(col(Site.id)).where(site_has(wanted, term)).correlate(None)
    of = select(col(Device.id)).where(begins(col(Device.search_name), term)).correlate(None)
    return or_((col(Incident.site_id) + 0).in_(at), (col(Incident.device_id) + 0).in_(of))


def _dossier_has(wanted: Wanted, term: str) -> ColumnElement[bool]:
    statuses = _statuses(term)
    has = site_has(wanted, term)
    return or_(has, col(Dossier.status).in_(statuses)) if statuses else has


def _statuses(term: str) -> list[str]:
    """Return the statuses of dossiers in whose name a word stands."""
    return [status.value for status in Status if term in plain(status.label)]


def _later(key: Mapped[Any], row_id: Mapped[Any], after: Place) -> ColumnElement[bool]:
    return or_(key > after.key, and_(key == after.key, row_id > after.row_id))


def _page(hits: Sequence[Hit], keys: Sequence[str], limit: int) -> Hits:
    shown = tuple(hits[:limit])
    more = Place(keys[limit - 1], shown[-1].id) if len(hits) > limit else None
    return Hits(shown, more)
