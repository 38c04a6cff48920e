"""Nothing that is intended is silently ignored, by any family that is configured.

Each field of the intent is changed alone: what is rendered must then differ, or a note must tell
the reviewer, or the plan must be refused. Families are found by themselves; each needs a
configuration as its `normalise` gets it, in `tests/vendors/<family>/running.txt`, and a switch the
name of one of its ports below. A field added to the intent fails here until it has a variation.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from inventory.errors import InvalidInput
from inventory.intent import (
    Account,
    DeviceIntent,
    IntentLayer,
    Management,
    Port,
    PrivateKey,
    RadioPlan,
    RadiusServer,
    SnmpUser,
    Vlan,
    Window,
    Wlan,
    resolve,
)
from inventory.vendors.configuration import Configuration, Rendered
from inventory.vendors.family import families, family

HERE = Path(__file__).parent
CONFIGURED = sorted(each.id for each in families().values() if each.configuration)
# A port that the running configuration of the family has.
PORTS = {
    "arubaos_cx": "1/1/1",
    "procurve": "5",
    "ios": "GigabitEthernet1/0/1",
    "iosxe": "GigabitEthernet1/0/1",
    "routeros": "ether2",
}
# Families whose devices are switches or routers and have radios, or lead those of others, as well.
SWITCH_AND_WIRELESS = {"iosxe", "routeros"}
WIRELESS = ("wlans", "radios", "country")
SWITCHING = ("vlans", "ports")

VLANS = [{"id": each, "name": f"v{each}"} for each in (10, 20, 30)]
WLAN = {
    "name": "eleves",
    "ssid": "Eleves",
    "purpose": "pedagogical",
    "security": "wpa2_personal",
    "vlan_id": 10,
    "passphrase_secret": "clef",
}
KEY = {"name": "classe-1", "passphrase_secret": "clef-1", "vlan_id": 20}
SERVER = {"host": "10.1.0.1", "secret_name": "radius"}
ENTERPRISE = {**WLAN, "security": "wpa2_enterprise", "radius_servers": [SERVER]}
WINDOW = {"days": ["mon", "tue"], "start": "07:30", "end": "18:00"}
RADIO = {"band": "5", "enabled": True}
SNMP_USER = {"name": "lecture", "auth_secret": "snmp-a", "priv_secret": "snmp-p"}
ACCOUNT = {"name": "preau", "password_secret": "compte"}


@dataclass(frozen=True)
class Variation:
    """`intended` differs from `before` in one field; `bare` lacks what the field is a part of."""

    field: str
    before: dict[str, Any]
    intended: dict[str, Any]
    bare: dict[str, Any] | None = None


def layer(**parts: Any) -> dict[str, Any]:
    return {"vlans": VLANS, **parts}


def _of_wlan(base: dict[str, Any], **changed: Any) -> Variation:
    (name,) = changed
    return Variation(
        f"wlans.{name}", layer(wlans=[base]), layer(wlans=[{**base, **changed}]), layer()
    )


def _in_wlan(part: str, before: dict[str, Any], name: str, value: Any) -> Variation:
    """Vary one field of an entry of a list in a WLAN."""
    base = ENTERPRISE if part == "radius_servers" else WLAN
    one, other = ({**base, part: [each]} for each in (before, {**before, name: value}))
    bare = layer(wlans=[base]) if part != "radius_servers" else layer()
    return Variation(f"wlans.{part}.{name}", layer(wlans=[one]), layer(wlans=[other]), bare)


def _of_radio(**changed: Any) -> Variation:
    (name,) = changed
    base = layer(wlans=[WLAN])
    before, after = ({**base, "radios": [radio]} for radio in (RADIO, {**RADIO, **changed}))
    return Variation(f"radios.{name}", before, after, base)


def _in_radio_hours(name: str, value: Any) -> Variation:
    base = layer(wlans=[WLAN])
    one, other = (
        {**base, "radios": [{**RADIO, "hours": [window]}]}
        for window in (WINDOW, {**WINDOW, name: value})
    )
    return Variation(f"radios.hours.{name}", one, other, {**base, "radios": [RADIO]})


def _of_vlan(**changed: Any) -> Variation:
    (name,) = changed
    after = [{**VLANS[0], **changed}, *VLANS[1:]]
    return Variation(f"vlans.{name}", layer(), layer(vlans=after))


def _of_port(base: dict[str, Any] | None = None, **changed: Any) -> Variation:
    (name,) = changed
    port = {"name": "PORT", "mode": "access", "native_vlan": 10, **(base or {})}
    return Variation(
        f"ports.{name}", layer(ports=[port]), layer(ports=[{**port, **changed}]), layer()
    )


def _of_management(**changed: Any) -> Variation:
    (name,) = changed
    return Variation(f"management.{name}", layer(), layer(management=changed))


def _in_management(part: str, before: dict[str, Any], name: str, value: Any) -> Variation:
    one, other = (layer(management={part: [each]}) for each in (before, {**before, name: value}))
    return Variation(f"management.{part}.{name}", one, other, layer())


VARIATIONS = (
    _of_wlan(WLAN, name="autre"),
    _of_wlan(WLAN, ssid="Autre"),
    _of_wlan({**WLAN, "security": "open"}, security="owe"),
    _of_wlan({**WLAN, "security": "open"}, security="owe_transition"),
    _of_wlan(WLAN, security="wpa2_wpa3_personal"),
    _of_wlan(WLAN, security="wpa3_personal"),
    _of_wlan(ENTERPRISE, security="wpa3_enterprise"),
    _of_wlan(WLAN, vlan_id=20),
    _of_wlan(WLAN, bands=["5"]),
    _of_wlan(WLAN, passphrase_secret="autre-clef"),
    _of_wlan(WLAN, private_keys=[KEY]),
    _of_wlan(ENTERPRISE, radius_servers=[SERVER, {**SERVER, "host": "10.1.0.2"}]),
    _of_wlan(WLAN, pmf="required"),
    _of_wlan(WLAN, client_isolation=True),
    _of_wlan(WLAN, hidden=True),
    _of_wlan(WLAN, hours=[WINDOW]),
    _in_wlan("private_keys", KEY, "name", "classe-2"),
    _in_wlan("private_keys", KEY, "passphrase_secret", "clef-2"),
    _in_wlan("private_keys", KEY, "vlan_id", 30),
    _in_wlan("radius_servers", SERVER, "host", "10.1.0.9"),
    _in_wlan("radius_servers", SERVER, "port", 1645),
    _in_wlan("radius_servers", SERVER, "secret_name", "radius-2"),
    _in_wlan("hours", WINDOW, "days", ["wed"]),
    _in_wlan("hours", WINDOW, "start", "08:00"),
    _in_wlan("hours", WINDOW, "end", "17:00"),
    Variation(
        "radios.band",
        layer(wlans=[WLAN], radios=[{"band": "5", "enabled": False}]),
        layer(wlans=[WLAN], radios=[{"band": "2.4", "enabled": False}]),
    ),
    _of_radio(enabled=False),
    _of_radio(channel=44),
    _of_radio(width_mhz=40),
    _of_radio(tx_power_dbm=11),
    _of_radio(dfs=False),
    _of_radio(hours=[WINDOW]),
    _in_radio_hours("days", ["wed"]),
    _in_radio_hours("start", "08:00"),
    _in_radio_hours("end", "17:00"),
    Variation("vlans.id", layer(), {"vlans": [*VLANS, {"id": 40, "name": "v40"}]}),
    _of_vlan(name="pedago"),
    _of_vlan(dhcp_snooping=True),
    Variation("ports.name", layer(), layer(ports=[{"name": "PORT", "native_vlan": 10}])),
    _of_port(enabled=False),
    _of_port({"native_vlan": 10}, mode="trunk"),
    _of_port(native_vlan=20),
    _of_port({"mode": "trunk"}, tagged_vlans=[20, 30]),
    _of_port(poe=False),
    _of_port({"poe": True}, poe_priority="critical"),
    _of_port(storm_control_kbps=5000),
    _of_port(dhcp_snooping_trusted=True),
    _of_port(lldp=False),
    _of_port(description="Borne du hall"),
    _of_management(ntp_servers=["10.0.0.4"]),
    _of_management(syslog_servers=["10.0.0.5"]),
    _of_management(snmp_users=[SNMP_USER]),
    _of_management(accounts=[ACCOUNT]),
    _of_management(contact="Cellule WiFi"),
    _of_management(location="Local 12"),
    _of_management(telnet=False),
    _of_management(http=False),
    _in_management("snmp_users", SNMP_USER, "name", "autre"),
    _in_management("snmp_users", SNMP_USER, "auth_secret", "snmp-a2"),
    _in_management("snmp_users", SNMP_USER, "priv_secret", "snmp-p2"),
    _in_management("accounts", ACCOUNT, "name", "autre"),
    _in_management("accounts", ACCOUNT, "password_secret", "compte-2"),
    Variation("hostname", layer(), layer(hostname="ap-hall")),
    Variation("country", layer(wlans=[WLAN]), layer(wlans=[WLAN], country="FR")),
)
EXEMPT = {
    "wlans.purpose": "says which VLANs may be shared; `resolve` refuses",
    "ports.profile": "`resolve` has put its facts into the port",
    "management_vlan": "says what may cut the path: `Configuration.risk`",
    "origins": "says where a value comes from",
}
MODELS: dict[str, type[BaseModel]] = {
    "wlans.": Wlan,
    "wlans.private_keys.": PrivateKey,
    "wlans.radius_servers.": RadiusServer,
    "wlans.hours.": Window,
    "radios.": RadioPlan,
    "radios.hours.": Window,
    "vlans.": Vlan,
    "ports.": Port,
    "management.": Management,
    "management.snmp_users.": SnmpUser,
    "management.accounts.": Account,
}


def test_each_field_of_the_intent_has_a_variation() -> None:
    fields = {
        prefix + name for prefix, model in MODELS.items() for name in model.model_fields
    } | set(DeviceIntent.__dataclass_fields__)
    parts = {prefix.split(".")[0] for prefix in MODELS}
    assert fields - parts - {each.field for each in VARIATIONS} == set(EXEMPT)


def concerns(family_id: str, variation: Variation) -> bool:
    """Return whether devices of this family have what the field is about."""
    part = variation.field.split(".")[0]
    if family_id in SWITCH_AND_WIRELESS:
        return True
    switch = family(family_id).role == "switch"
    return part not in (WIRELESS if switch else SWITCHING)


def configuration_of(family_id: str) -> Configuration:
    configuration = family(family_id).configuration
    assert configuration is not None
    return configuration


def rendered(family_id: str, body: dict[str, Any]) -> Rendered | None:
    """Return what the family makes of an intent; None: it is refused, with the reason."""
    configuration = configuration_of(family_id)
    running = HERE / family_id / "running.txt"
    assert running.exists(), f"the family {family_id} is configured: write {running}"
    text = configuration.normalise([running.read_text(encoding="utf-8")])
    named = {**body}
    if "ports" in named:
        named["ports"] = [{**port, "name": PORTS[family_id]} for port in named["ports"]]
    intent = resolve([("test", IntentLayer.model_validate(named))])
    try:
        return configuration.render(intent, configuration.grammar.scrub(text, {}))
    except InvalidInput:
        return None


@pytest.mark.parametrize("family_id", CONFIGURED)
def test_every_field_is_rendered_or_noted_or_refused(family_id: str) -> None:
    ignored = []
    for variation in VARIATIONS:
        if not concerns(family_id, variation):
            continue
        before = rendered(family_id, variation.before)
        after = rendered(family_id, variation.intended)
        if after is None:
            continue
        bare = rendered(family_id, variation.bare) if variation.bare else before
        noted = set(after.notes) - set(bare.notes if bare else ())
        if (before is None or before.text == after.text) and not noted:
            ignored.append(variation.field)
    assert not ignored, f"{family_id} ignores {', '.join(ignored)}"
