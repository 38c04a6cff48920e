"""Leases: the right to act on one thing, for one holder at a time, until it expires.

A push, a poll and a person never act on one device at once: each takes the lease of `device:<id>`
first. The right stands in the database, so that it holds between processes and machines; it ends by
itself after its time, so that a process that died blocks nobody for long, and at once where another
process of the same machine sees that it died.
"""

import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import structlog
from sqlalchemy import Connection, delete, update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import SQLAlchemyError
from sqlmodel import Session, select

from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict
from inventory.models import Lease, metadata
from inventory.processes import is_gone, this_process

log = structlog.get_logger()

_LOOK_AGAIN_S = 1.0
_AT_ONCE = 1000  # rows in one statement: databases count its parameters
_LEASES = metadata.tables["lease"]
_TAKEN_OVER = ("holder", "purpose", "process", "acquired_at", "expires_at")


def device_resource(device_id: int) -> str:
    """Return the name of the lease of one device."""
    return f"device:{device_id}"


def plan_resource(plan_id: int) -> str:
    """Return the name of the lease of one plan, which its run holds."""
    return f"plan:{plan_id}"


@dataclass(frozen=True)
class Held:
    """A lease that we hold; `renew` it during work that is longer than its time."""

    database: Database
    resource: str
    holder: str
    acquired_at: datetime

    def renew(self, ttl_s: float) -> None:
        """Hold it for `ttl_s` seconds from now; raises Conflict when another took it meanwhile."""
        with self.database.append() as connection:
            done = connection.execute(
                update(_LEASES)
                .where(
                    _LEASES.c.resource == self.resource,
                    _LEASES.c.holder == self.holder,
                    _LEASES.c.acquired_at == self.acquired_at,
                )
                .values(expires_at=clock.now() + timedelta(seconds=ttl_s))
                .returning(_LEASES.c.resource)
            )
            if done.first() is None:
                raise Conflict(
                    f"the lease of {self.resource} expired and another took it",
                    todo="start again",
                )


@contextmanager
def lease(
    database: Database,
    resource: str,
    *,
    holder: str,
    purpose: str,
    ttl_s: float,
    wait_s: float = 0.0,
) -> Iterator[Held]:
    """Hold `resource` (as `device:12`) during the block, for `ttl_s` seconds at most.

    Raises Conflict, saying who holds it, why and until when, while another holder (or the same one
    a second time) has it and does not give it back within `wait_s`. The lease is given back at the
    end of the block, also when it raises.
    """
    deadline = time.monotonic() + wait_s
    while True:
        with leases(database, [resource], holder=holder, purpose=purpose, ttl_s=ttl_s) as held:
            if held:
                yield held[resource]
                return
        if time.monotonic() >= deadline:
            raise _busy(database, resource)
        time.sleep(_LOOK_AGAIN_S)


@contextmanager
def lasting_lease(
    database: Database, resource: str, *, holder: str, purpose: str, ttl_s: float
) -> Iterator[Held]:
    """Hold `resource` for as long as the block takes; raises Conflict as `lease` does.

    A thread renews it, so that it may be short: it outlives its process by `ttl_s` at most.
    """
    with lease(database, resource, holder=holder, purpose=purpose, ttl_s=ttl_s) as held:
        ended = threading.Event()
        keeper = threading.Thread(
            target=_keep, args=(held, ttl_s, ended), name=f"lease of {resource}", daemon=True
        )
        keeper.start()
        try:
            yield held
        finally:
            ended.set()
            keeper.join()


def _keep(held: Held, ttl_s: float, ended: threading.Event) -> None:
    while not ended.wait(ttl_s / 3):
        try:
            held.renew(ttl_s)
        except Conflict:
            return  # another has it: what we still do stands in its way no more
        except SQLAlchemyError:
            log.exception("lease_not_renewed", resource=held.resource)


@contextmanager
def leases(
    database: Database, resources: Sequence[str], *, holder: str, purpose: str, ttl_s: float
) -> Iterator[dict[str, Held]]:
    """Hold those of `resources` that are free during the block; the others are just not in it."""
    with database.append() as connection:
        at = clock.now()
        # Sorted, so that two who ask for the same ones wait for each other in one order.
        wanted = sorted(set(resources))
        taken = [
            each
            for start in range(0, len(wanted), _AT_ONCE)
            for each in _take(
                connection,
                wanted[start : start + _AT_ONCE],
                holder=holder,
                purpose=purpose,
                at=at,
                ttl_s=ttl_s,
            )
        ]
        left = sorted(set(wanted) - set(taken))
        if left and _free_dead(connection, left):
            taken += _take(connection, left, holder=holder, purpose=purpose, at=at, ttl_s=ttl_s)
    held = {resource: Held(database, resource, holder, at) for resource in taken}
    try:
        yield held
    finally:
        if held:
            _give_back(database, list(held), holder=holder, acquired_at=at)


def holder_of(session: Session, resource: str) -> str | None:
    """Return who holds `resource` now; None when nobody does, or when who did is gone."""
    row = session.get(Lease, resource)
    if row is None or row.expires_at <= clock.now() or is_gone(row.process):
        return None
    return row.holder


def _free_dead(connection: Connection, resources: Sequence[str]) -> bool:
    """Take away what processes of this machine held that do not run any more; return if any."""
    freed = False
    held = _LEASES.c
    for start in range(0, len(resources), _AT_ONCE):
        some = resources[start : start + _AT_ONCE]
        rows = select(held.resource, held.process).where(held.resource.in_(some))
        for resource, process in connection.execute(rows).all():
            if is_gone(process):
                freed = True
                connection.execute(
                    delete(_LEASES).where(held.resource == resource, held.process == process)
                )
    return freed


def _take(
    connection: Connection,
    resources: Sequence[str],
    *,
    holder: str,
    purpose: str,
    at: datetime,
    ttl_s: float,
) -> list[str]:
    # One statement decides on both databases: a row is inserted, or taken over when it has expired.
    process = this_process()
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    statement = insert(_LEASES)
    new = statement.excluded
    # The rows stand beside the statement, not in it: so it is compiled once.
    taken = connection.execute(
        statement.on_conflict_do_update(
            index_elements=[_LEASES.c.resource],
            set_={name: new[name] for name in _TAKEN_OVER},
            where=_LEASES.c.expires_at <= at,
        ).returning(_LEASES.c.resource),
        [
            {
                "resource": resource,
                "holder": holder,
                "purpose": purpose,
                "process": process,
                "acquired_at": at,
                "expires_at": at + timedelta(seconds=ttl_s),
            }
            for resource in resources
        ],
    )
    return list(taken.scalars())


def _give_back(
    database: Database, resources: list[str], *, holder: str, acquired_at: datetime
) -> None:
    # A lease that expired under us may be another's by now: it is theirs to give back.
    with database.append() as connection:
        connection.execute(
            delete(_LEASES).where(
                _LEASES.c.resource.in_(resources),
                _LEASES.c.holder == holder,
                _LEASES.c.acquired_at == acquired_at,
            )
        )


def _busy(database: Database, resource: str) -> Conflict:
    with database.read() as session:
        row = session.exec(select(Lease).where(Lease.resource == resource)).first()
    who = (
        f"{row.holder} for {row.purpose} until {row.expires_at:%H:%M:%S} UTC" if row else "another"
    )
    return Conflict(f"{resource} is held by {who}", todo="try again when it is free")
