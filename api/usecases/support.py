"""A support case: who is connected to an access point now, and where a hardware address is.

What is told of a person's device is asked for a case, by somebody, and never kept: what is kept is
that it was looked at, by whom, when, for which case and of which device. It is written before the
device is asked.
"""

import re
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlmodel import Session

from api.usecases.support_subjects import Asked, ask_each, asked_of, standing_devices
from collectors.outcome import Outcome
from collectors.ssh import SshSession
from collectors.ssh_reading import read_over
from inventory.changes import note
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.events import record_event
from inventory.models import Device
from inventory.secrets import Vault
from inventory.sentences import Sentence
from inventory.settings import Settings
from inventory.vendors.support import WirelessClient, mac_of, written_mac

# A number of the desk's own, not a sentence: nobody's name stands in it.
_CASE = re.compile(r"(?=.*\d)[A-Za-z0-9][A-Za-z0-9._/#-]{1,39}")


@dataclass(frozen=True, slots=True)
class ConnectedClients:
    """Who is connected to one access point, or why it did not tell."""

    device_id: int
    name: str
    at: datetime
    clients: tuple[WirelessClient, ...] = ()
    error: str | None = None
    error_kind: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON, addresses as `aa:bb:cc:dd:ee:ff`."""
        return {
            "device_id": self.device_id,
            "name": self.name,
            "at": self.at.isoformat(timespec="seconds"),
            "error": self.error,
            "error_kind": self.error_kind,
            "clients": [_client_json(client) for client in self.clients],
        }


def read_clients(
    database: Database,
    vault: Vault,
    settings: Settings,
    device_ids: Sequence[int],
    *,
    case: str,
    actor: str,
    mac: str | None = None,
) -> list[ConnectedClients]:
    """Ask access points and controllers who is connected, or only for one address; keep nothing.

    Raises InvalidInput without a case's number, for a text that is no hardware address, or when
    none of the devices can be asked.
    """
    case = case_number(case)
    wanted = address_of(mac) if mac else None
    with database.read() as session:
        devices = standing_devices(session, "clients", device_ids=device_ids)
        asked = [asked_of(session, vault, settings, device) for device in devices]
    if not asked or not device_ids:
        raise InvalidInput(
            "nothing there tells its clients over SSH", todo="name an access point or a controller"
        )
    with database.write(actor) as session:
        for each in asked:
            record_access(session, each.device_id, case=case, actor=actor, what="clients")

    def question(session: SshSession, each: Asked) -> tuple[WirelessClient, ...]:
        assert each.support.clients is not None
        found = read_over(session, each.support.terminal, each.support.clients(wanted))
        return tuple(client for client in found if wanted in {None, client.mac})

    outcomes = ask_each(database, settings, asked, question, actor=actor, purpose=f"case {case}")
    return [_connected(outcome) for outcome in outcomes]


def access_points_of(session: Session, site_id: int) -> list[int]:
    """Return the ids of a site's devices that tell their clients; raises NotFound for none."""
    found = standing_devices(session, "clients", site_id=site_id)
    if not found:
        raise NotFound("no device of this site tells its clients over SSH")
    return [device.id for device in found if device.id is not None]


def record_access(session: Session, device_id: int, *, case: str, actor: str, what: str) -> None:
    """Keep that somebody looked at personal data for a case: in the change records and the events.

    `what` is `clients` or `address`. No address of anybody is in it.
    """
    device = session.get(Device, device_id)
    if device is None:
        raise NotFound(f"there is no device {device_id}")
    told = {"what": what, "case": case}
    note(session, "read", "device", device_id, told, actor=actor)
    record_event(
        session,
        f"support.{what}_read",
        Sentence(
            "Postes connectés à %(name)s consultés pour le dossier de support %(case)s",
            name=device.name,
            case=case,
        )
        if what == "clients"
        else Sentence(
            "Adresse cherchée sur %(name)s pour le dossier de support %(case)s",
            name=device.name,
            case=case,
        ),
        site_id=device.site_id,
        device_id=device_id,
        body={"case": case, "actor": actor},
    )


def case_number(written: str) -> str:
    """Return the number of a support case; raises InvalidInput for what is none."""
    case = written.strip()
    if not _CASE.fullmatch(case):
        raise InvalidInput(
            Sentence(
                "Ce que font les appareils des personnes ne se lit que pour un cas de support"
            ),
            todo=Sentence(
                "donnez son numéro par --case, comme SUP-2026-0412\u00a0: des lettres"
                " et des chiffres, pas de nom"
            ),
        )
    return case


def address_of(written: str) -> str:
    """Return a hardware address as 12 hex digits; raises InvalidInput, without repeating it."""
    mac = mac_of(written)
    if mac is None:
        raise InvalidInput("this is no hardware address", todo="write it as aa:bb:cc:dd:ee:ff")
    return mac


def _connected(outcome: Outcome[Asked, tuple[WirelessClient, ...]]) -> ConnectedClients:
    device = outcome.key
    if outcome.error is not None:
        return ConnectedClients(
            device.device_id,
            device.name,
            outcome.at,
            error=str(outcome.error),
            error_kind=type(outcome.error).__name__,
        )
    return ConnectedClients(device.device_id, device.name, outcome.at, outcome.unwrap())


def _client_json(client: WirelessClient) -> dict[str, Any]:
    told = asdict(client)
    told["mac"] = written_mac(client.mac)
    told["bssid"] = written_mac(client.bssid) if client.bssid else None
    return told
