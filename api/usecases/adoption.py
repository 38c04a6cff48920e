"""Taking over a site that already exists: its running configurations become its intent.

Everything is read and shown first; it is stored, in one transaction, when a person says so.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from sqlmodel import Session, col, select

from api.usecases.configuration_reading import read_configuration
from api.usecases.intents import set_intent, wider_intent
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.selection import Selection, selected
from collectors.outcome import fan_out
from deploy.backup import open_backup
from inventory.database import Database
from inventory.errors import DeviceError, InvalidInput, NotFound, PreauError
from inventory.intent import IntentLayer
from inventory.intent.adopting import SiteAdoption, adopt_site
from inventory.models import ConfigBackup, IntentScope, Secret
from inventory.secrets import Vault, open_secret, store_secret
from inventory.settings import Settings
from inventory.vendors.configuration import Adoption
from inventory.vendors.family import families


@dataclass(frozen=True, slots=True)
class Adopted:
    """What a site would get. `device_ids` are by name; `secrets` are those that are new."""

    layers: SiteAdoption
    device_ids: Mapping[str, int]
    notes: Mapping[str, Sequence[str]]
    errors: Mapping[str, str]
    secrets: Mapping[str, str] = field(repr=False)

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON; of a secret, its name."""
        return {
            "site": _body(self.layers.site),
            "devices": {name: _body(layer) for name, layer in self.layers.devices.items()},
            "new_secrets": sorted(self.secrets),
            "notes": [
                *self.layers.notes,
                *(f"{name} : {note}" for name, notes in self.notes.items() for note in notes),
            ],
            "errors": dict(self.errors),
        }


def read_site(
    database: Database,
    vault: Vault,
    settings: Settings,
    site_id: int,
    *,
    actor: str,
    on_progress: Progress = quiet,
) -> Adopted:
    """Read the devices of a site and return what they say in the terms of intent.

    A device that cannot be read, or whose family cannot be taken over, is named in `errors`.
    Raises NotFound when no device there can be configured.
    """
    with database.read() as session:
        devices = selected(session, Selection(site_ids=(site_id,)))
        known = [(device.id or 0, device.name, device.family) for device in devices]
    if not known:
        raise NotFound("no device of the site can be configured", todo="run: preau discover")
    counter = Counter(on_progress, "reading configurations", len(known))

    def read(each: tuple[int, str, str]) -> Adoption:
        try:
            read_configuration(
                database, vault, settings, each[0], actor=actor, reason="taking over its site"
            )
            return adopted_of(database, vault, each[0], each[2])
        except DeviceError:
            raise
        except PreauError as error:
            raise DeviceError(error.what) from error

    outcomes = fan_out(
        read, known, max_workers=settings.ssh_max_sessions, on_done=lambda _: counter.one_more()
    )
    found = {each.key[1]: each.unwrap() for each in outcomes if each.error is None}
    errors = {each.key[1]: str(each.error) for each in outcomes if each.error is not None}
    with database.read() as session:
        layers, secrets = _named_alike(session, vault, found)
        wider = wider_intent(session, site_id)
    return Adopted(
        layers=adopt_site(layers, wider),
        device_ids={name: device_id for device_id, name, _ in known},
        notes={name: each.notes for name, each in found.items() if each.notes},
        errors=errors,
        secrets=secrets,
    )


def keep_adopted(session: Session, vault: Vault, site_id: int, adopted: Adopted) -> int:
    """Store the layers and the new secrets; return how many layers were stored.

    Raises InvalidInput, and stores nothing, where a device could not be read or the site or one of
    the devices has a layer already.
    """
    if adopted.errors:
        raise InvalidInput(
            f"{len(adopted.errors)} devices could not be read: {', '.join(adopted.errors)}",
            todo="mend that first: half a site taken over would be changed by the next plan",
        )
    for name, value in adopted.secrets.items():
        store_secret(session, vault, name, value)
    session.flush()
    stored = 0
    layers: list[tuple[IntentScope, int, IntentLayer]] = [
        (IntentScope.SITE, site_id, adopted.layers.site)
    ]
    for name, layer in adopted.layers.devices.items():
        layers.append((IntentScope.DEVICE, adopted.device_ids[name], layer))
    for scope, row_id, layer in layers:
        body = _body(layer)
        if body:
            set_intent(session, scope, str(row_id), body)
            stored += 1
    return stored


def adopted_of(database: Database, vault: Vault, device_id: int, family: str) -> Adoption:
    """Return what the newest kept configuration of a device says in the terms of intent.

    Raises InvalidInput for a family that cannot be taken over.
    """
    configuration = families()[family].configuration
    if configuration is None or configuration.adopt is None:
        raise InvalidInput(f"devices of the family {family} cannot be taken over")
    with database.read() as session:
        newest = session.exec(
            select(ConfigBackup)
            .where(ConfigBackup.device_id == device_id)
            .order_by(col(ConfigBackup.last_read_at).desc(), col(ConfigBackup.id).desc())
            .limit(1)
        ).one()
        text = open_backup(vault, newest)
    return configuration.adopt(text)


def _named_alike(
    session: Session, vault: Vault, found: Mapping[str, Adoption]
) -> tuple[dict[str, IntentLayer], dict[str, str]]:
    """Return the layers with one name for each secret of the site, and those that are new.

    A value that is kept already goes by the name that it has.
    """
    kept = {
        open_secret(session, vault, name): name
        for name in session.exec(select(Secret.name).order_by(Secret.name)).all()
    }
    taken = set(kept.values())
    new: dict[str, str] = {}
    layers = {}
    for name, adoption in found.items():
        renamed = {}
        for wanted, value in adoption.secrets.items():
            if value not in kept:
                free = _free(wanted, taken)
                taken.add(free)
                kept[value] = new_name = free
                new[new_name] = value
            renamed[wanted] = kept[value]
        layers[name] = _renamed(adoption.layer, renamed)
    return layers, new


def _free(wanted: str, taken: set[str]) -> str:
    name, number = wanted, 2
    while name in taken:
        name, number = f"{wanted}-{number}", number + 1
    return name


def _renamed(layer: IntentLayer, names: Mapping[str, str]) -> IntentLayer:
    def within(value: Any, field_name: str = "") -> Any:
        if isinstance(value, dict):
            return {key: within(each, key) for key, each in value.items()}
        if isinstance(value, list):
            return [within(each, field_name) for each in value]
        named = field_name.endswith("_secret") or field_name == "secret_name"
        return names.get(value, value) if named and isinstance(value, str) else value

    return IntentLayer.model_validate(within(layer.model_dump(mode="json", exclude_unset=True)))


def _body(layer: IntentLayer) -> dict[str, Any]:
    return layer.model_dump(mode="json", exclude_defaults=True)
