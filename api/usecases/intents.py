"""Intent as kept: layers with versions, checked before they are stored, and what follows of them.

The layers of one device, widest first: the programme, the organising authorities of its site, the
site, its groups, the device. A group is what devices have in common: `role:switch`,
`family:openwrt`, `model:JL675A`, `tag:electrosensitive`.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from pydantic import ValidationError
from sqlmodel import Session, SQLModel, col, select

from inventory import clock
from inventory.errors import InvalidInput, NotFound
from inventory.intent import DeviceIntent, IntentLayer, resolve
from inventory.intent.named_secrets import named_secrets
from inventory.models import (
    Device,
    DeviceRole,
    Implantation,
    IntentLayerRow,
    IntentScope,
    OrganisingAuthority,
    School,
    Secret,
    Site,
    SiteImplantation,
)

_ROW_SCOPES: dict[IntentScope, type[SQLModel]] = {
    IntentScope.ORGANISING_AUTHORITY: OrganisingAuthority,
    IntentScope.SITE: Site,
    IntentScope.DEVICE: Device,
}
_ROW_ID = re.compile(r"[0-9]{1,9}")
_GROUP = re.compile(r"(role|family|model|tag):\S.*")
_HOSTNAME = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")  # RFC 1123, 2.1

Key = tuple[IntentScope, str]

_AT_ONCE = 200  # devices of which the layers are looked up by one statement


def set_intent(
    session: Session, scope: IntentScope, scope_key: str, body: dict[str, Any]
) -> IntentLayerRow:
    """Store one layer in place of the one before and return it; the same contents change nothing.

    Raises InvalidInput, naming the field, when `body` is no layer, names a secret that is not
    kept, or contradicts the wider layers; NotFound when there is no such site, device or PO.
    """
    layer = parse_layer(body)
    _refuse_unknown_scope(session, scope, scope_key)
    _refuse_unknown_secrets(session, layer)
    _refuse_contradiction(session, scope, scope_key, layer)
    stored = layer.model_dump(mode="json", exclude_defaults=True)
    row = _rows(session, [(scope, scope_key)]).get((scope, scope_key))
    if row is None:
        row = IntentLayerRow(scope=scope, scope_key=scope_key, body=stored, updated_at=clock.now())
    elif row.body != stored:
        row.body = stored
        row.version += 1
        row.updated_at = clock.now()
    session.add(row)
    session.flush()
    return row


def parse_layer(body: object) -> IntentLayer:
    """Return the layer that JSON says; raises InvalidInput with the first wrong field's path."""
    try:
        return IntentLayer.model_validate(body)
    except ValidationError as error:
        first = error.errors()[0]
        path = ".".join(str(part) for part in first["loc"]) or "the whole"
        rest = error.error_count() - 1
        more = f", and {rest} more" if rest else ""
        raise InvalidInput(
            f"{path}: {first['msg'].removeprefix('Value error, ')}{more}",
            where="intent",
            todo="mend the field; nothing was changed",
        ) from error


def intent_of_device(session: Session, device: Device) -> DeviceIntent:
    """Return all that `device` should have, by its layers and its role.

    Raises as `IntentBook.of_device` does.
    """
    return IntentBook(session).of_device(device)


class IntentBook:
    """The intents of many devices, read within one session: each layer is looked up once.

    Devices of which the same layers speak, of one role and name, have one intent between them.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._layers: dict[Key, IntentLayer | InvalidInput | None] = {}
        self._resolved: dict[tuple[Key, ...], DeviceIntent] = {}
        self._intents: dict[tuple[tuple[Key, ...], DeviceRole, str], DeviceIntent] = {}
        self._authorities: dict[int, list[Key]] = {}

    def prepare(self, devices: Sequence[Device]) -> None:
        """Look up the layers of many devices at once."""
        for first in range(0, len(devices), _AT_ONCE):
            self._look_up([key for d in devices[first : first + _AT_ONCE] for key in self._keys(d)])

    def of_device(self, device: Device) -> DeviceIntent:
        """Return all that `device` should have, by its layers and its role.

        An access point and a controller have WLANs and radios, a switch has ports. Where no layer
        says a hostname, it is the device's planned name when that can be one. Raises InvalidInput
        when the layers contradict each other, or when a stored one no longer fits this release.
        """
        layers = self._layers_of(device)
        said = tuple(layers)
        if said not in self._resolved:
            self._resolved[said] = resolve([(_origin(key), layers[key]) for key in said])
        alike = said, device.role, device.name
        if alike not in self._intents:
            self._intents[alike] = _for_role(self._resolved[said], device)
        return self._intents[alike]

    def _layers_of(self, device: Device) -> dict[Key, IntentLayer]:
        keys = self._keys(device)
        self._look_up(keys)
        found = {}
        for key in keys:
            layer = self._layers[key]
            if isinstance(layer, InvalidInput):
                raise layer
            if layer is not None:
                found[key] = layer
        return found

    def _keys(self, device: Device) -> list[Key]:
        site_id = device.site_id
        if site_id is not None and site_id not in self._authorities:
            self._authorities[site_id] = _keys_of_authorities(self._session, site_id)
        authorities = self._authorities.get(site_id, []) if site_id is not None else []
        return _keys_of_device(device, authorities)

    def _look_up(self, keys: list[Key]) -> None:
        new = [key for key in dict.fromkeys(keys) if key not in self._layers]
        if not new:
            return
        rows = _rows(self._session, new)
        for key in new:
            # One that does not fit is told of the devices that it speaks of, not of all others.
            try:
                self._layers[key] = parse_layer(rows[key].body) if key in rows else None
            except InvalidInput as error:
                self._layers[key] = error


def wider_intent(session: Session, site_id: int) -> DeviceIntent:
    """Return what the programme and the organising authorities of a site say together."""
    keys = [(IntentScope.PROGRAMME, ""), *_keys_of_authorities(session, site_id)]
    rows = _rows(session, keys)
    return resolve([(_origin(key), parse_layer(rows[key].body)) for key in keys if key in rows])


def intent_to_json(intent: DeviceIntent) -> dict[str, Any]:
    """Return it as JSON; secrets stand by their names."""
    return {
        "hostname": intent.hostname,
        "country": intent.country,
        "management_vlan": intent.management_vlan,
        **{
            name: [each.model_dump(mode="json") for each in getattr(intent, name)]
            for name in ("vlans", "wlans", "radios", "ports")
        },
        "management": intent.management.model_dump(mode="json", exclude_none=True),
        "origins": intent.origins,
    }


def _for_role(intent: DeviceIntent, device: Device) -> DeviceIntent:
    if intent.hostname is None and _HOSTNAME.fullmatch(device.name):
        intent = replace(
            intent, hostname=device.name, origins={**intent.origins, "hostname": "name"}
        )
    if device.role not in {DeviceRole.ACCESS_POINT, DeviceRole.CONTROLLER}:
        intent = replace(intent, wlans=(), radios=())
    if device.role is not DeviceRole.SWITCH:
        intent = replace(intent, ports=())
    kept = {f"wlans/{wlan.name}" for wlan in intent.wlans}
    kept |= {f"radios/{radio.band}" for radio in intent.radios}
    kept |= {f"ports/{port.name}" for port in intent.ports}
    origins = {
        entry: origin
        for entry, origin in intent.origins.items()
        if entry in kept or not entry.startswith(("wlans/", "radios/", "ports/"))
    }
    return replace(intent, origins=origins)


def _keys_of_device(device: Device, authorities: Iterable[Key]) -> list[Key]:
    keys: list[Key] = [(IntentScope.PROGRAMME, "")]
    if device.site_id is not None:
        keys += authorities
        keys.append((IntentScope.SITE, str(device.site_id)))
    groups = [f"role:{device.role}", f"family:{device.family}"]
    groups += [f"model:{device.model}"] if device.model else []
    groups += [f"tag:{tag}" for tag in sorted(device.tags)]
    keys += [(IntentScope.DEVICE_GROUP, group) for group in groups]
    keys.append((IntentScope.DEVICE, str(device.id)))
    return keys


def _keys_of_authorities(session: Session, site_id: int) -> list[Key]:
    # One building may hold schools of several PO: they are applied in the order of their numbers,
    # so that the answer is the same each time; a contradiction is for the site's layer to settle.
    authorities = session.exec(
        select(School.organising_authority_id)
        .join(Implantation, col(Implantation.school_id) == School.id)
        .join(SiteImplantation, col(SiteImplantation.implantation_id) == Implantation.id)
        .where(
            SiteImplantation.site_id == site_id, col(School.organising_authority_id).is_not(None)
        )
        .distinct()
        .order_by(col(School.organising_authority_id))
    ).all()
    return [(IntentScope.ORGANISING_AUTHORITY, str(row_id)) for row_id in authorities]


def _rows(session: Session, keys: Iterable[Key]) -> dict[Key, IntentLayerRow]:
    wanted = set(keys)
    rows = session.exec(
        select(IntentLayerRow).where(col(IntentLayerRow.scope_key).in_({key for _, key in wanted}))
    ).all()
    return {(r.scope, r.scope_key): r for r in rows if (r.scope, r.scope_key) in wanted}


def _origin(key: Key) -> str:
    scope, scope_key = key
    return f"{scope}:{scope_key}" if scope_key else str(scope)


def _refuse_unknown_scope(session: Session, scope: IntentScope, scope_key: str) -> None:
    if scope is IntentScope.PROGRAMME:
        if scope_key:
            raise InvalidInput("the programme has one layer and no key", where="intent")
    elif scope is IntentScope.DEVICE_GROUP:
        if not _GROUP.fullmatch(scope_key):
            raise InvalidInput(
                f"{scope_key} is no group of devices",
                where="intent",
                todo="write role:switch, family:openwrt, model:NAME or tag:NAME",
            )
    elif not _ROW_ID.fullmatch(scope_key) or (
        session.get(_ROW_SCOPES[scope], int(scope_key)) is None
    ):
        raise NotFound(f"there is no {scope.replace('_', ' ')} {scope_key}")


def _refuse_unknown_secrets(session: Session, layer: IntentLayer) -> None:
    for secret in named_secrets(layer.wlans, layer.management):
        if session.get(Secret, secret.name) is None:
            raise InvalidInput(
                f"{secret.owner} uses the secret {secret.name}, which is not kept",
                where="intent",
                todo=f"run: preau secret set {secret.name}",
            )


def _refuse_contradiction(
    session: Session, scope: IntentScope, scope_key: str, layer: IntentLayer
) -> None:
    # Groups and PO lie across sites: what they contradict shows for the device, when it is planned.
    keys: list[Key] = [(IntentScope.PROGRAMME, "")]
    if scope is IntentScope.SITE:
        keys += _keys_of_authorities(session, int(scope_key))
        keys.append((IntentScope.SITE, scope_key))
    elif scope is IntentScope.DEVICE:
        device = session.get(Device, int(scope_key))
        if device is not None:
            at = device.site_id
            authorities = _keys_of_authorities(session, at) if at is not None else []
            keys = _keys_of_device(device, authorities)
    elif scope is not IntentScope.PROGRAMME:
        return
    rows = _rows(session, keys)
    new = (scope, scope_key)
    resolve(
        [
            (_origin(key), layer if key == new else parse_layer(rows[key].body))
            for key in keys
            if key == new or key in rows
        ]
    )
