"""What a site should have: values, their layers, and what follows for one device.

Layers go from the widest (the programme) to the narrowest (one device); a narrower one adds to or
replaces, entry by entry, what a wider one says, and every entry remembers where it came from.
Nothing here knows a vendor: rendering is the vendor folder's work.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from inventory.errors import InvalidInput


class Security(StrEnum):
    """How a WLAN is protected (Wi-Fi Alliance names)."""

    OPEN = "open"
    OWE = "owe"
    WPA2_PERSONAL = "wpa2_personal"
    WPA2_WPA3_PERSONAL = "wpa2_wpa3_personal"
    WPA3_PERSONAL = "wpa3_personal"
    WPA2_ENTERPRISE = "wpa2_enterprise"
    WPA3_ENTERPRISE = "wpa3_enterprise"

    @property
    def personal(self) -> bool:
        """Whether a passphrase is needed."""
        return self.value.endswith("personal")

    @property
    def enterprise(self) -> bool:
        """Whether RADIUS servers are needed."""
        return self.value.endswith("enterprise")


class Purpose(StrEnum):
    """Whom a WLAN is for; pedagogical and administrative traffic never share a VLAN."""

    PEDAGOGICAL = "pedagogical"
    ADMINISTRATION = "administration"
    GUEST = "guest"
    DEVICES = "devices"


class Band(StrEnum):
    """A radio band in GHz."""

    GHZ_2_4 = "2.4"
    GHZ_5 = "5"
    GHZ_6 = "6"


class PortMode(StrEnum):
    """How a switch port carries VLANs."""

    ACCESS = "access"
    TRUNK = "trunk"


VlanId = Annotated[int, Field(ge=1, le=4094)]  # IEEE 802.1Q-2022, 9.6: 0 and 4095 are reserved
Slug = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,30}$")]


class _Value(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Vlan(_Value):
    """A VLAN of the site's plan."""

    id: VlanId
    name: Slug


class RadiusServer(_Value):
    """A RADIUS server; its shared secret by name."""

    host: str
    port: int = Field(1812, ge=1, le=65535)
    secret_name: str


class Wlan(_Value):
    """One SSID. `name` is ours and stable; `ssid` is what is heard."""

    name: Slug
    ssid: str = Field(min_length=1)
    purpose: Purpose
    security: Security
    vlan_id: VlanId
    bands: tuple[Band, ...] = (Band.GHZ_2_4, Band.GHZ_5)
    passphrase_secret: str | None = None
    radius_servers: tuple[RadiusServer, ...] = ()
    client_isolation: bool = False
    hidden: bool = False

    @model_validator(mode="after")
    def _fits(self) -> Self:
        # IEEE 802.11-2020, 9.4.2.2: an SSID is 0-32 octets, whatever the characters.
        if len(self.ssid.encode()) > 32:
            raise ValueError(f"the SSID {self.ssid} is longer than 32 bytes")
        if self.security.personal and not self.passphrase_secret:
            raise ValueError(f"{self.security} needs passphrase_secret")
        if self.security.enterprise and not self.radius_servers:
            raise ValueError(f"{self.security} needs radius_servers")
        allowed_6_ghz = {Security.WPA3_PERSONAL, Security.WPA3_ENTERPRISE, Security.OWE}
        if Band.GHZ_6 in self.bands and self.security not in allowed_6_ghz:
            raise ValueError(f"6 GHz allows WPA3 and OWE only, not {self.security}")
        return self


class RadioPlan(_Value):
    """What the radio of one band should do; None leaves it to the device."""

    band: Band
    enabled: bool = True
    channel: int | None = None
    width_mhz: int | None = None
    tx_power_dbm: int | None = Field(None, ge=0, le=30)

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        if self.channel is not None and self.channel not in CHANNELS[self.band]:
            raise ValueError(
                f"channel {self.channel} may not be used at {self.band} GHz in Belgium"
            )
        if self.width_mhz is not None and self.width_mhz not in WIDTHS_MHZ[self.band]:
            raise ValueError(f"{self.width_mhz} MHz is no channel width at {self.band} GHz")
        return self


# BIPT interfaces B03-01 and B01-32; wireless-regdb country BE. 149 and up: SRD power, not planned.
CHANNELS: dict[Band, frozenset[int]] = {
    Band.GHZ_2_4: frozenset(range(1, 14)),
    Band.GHZ_5: frozenset([*range(36, 65, 4), *range(100, 141, 4)]),
    Band.GHZ_6: frozenset(range(1, 94, 4)),
}
WIDTHS_MHZ: dict[Band, frozenset[int]] = {
    Band.GHZ_2_4: frozenset({20, 40}),
    Band.GHZ_5: frozenset({20, 40, 80, 160}),
    Band.GHZ_6: frozenset({20, 40, 80, 160}),
}


class Port(_Value):
    """What one switch port should be. `name` is the device's own name of it, as `1/1/4`."""

    name: str
    description: str | None = None
    enabled: bool = True
    mode: PortMode = PortMode.ACCESS
    native_vlan: VlanId = 1
    tagged_vlans: tuple[VlanId, ...] = ()
    poe: bool | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.mode is PortMode.ACCESS and self.tagged_vlans:
            raise ValueError(f"port {self.name} is an access port and cannot carry tagged VLANs")
        return self


class IntentLayer(_Value):
    """One layer; lists are keyed by their entries' id or name, `absent_wlans` takes some away."""

    vlans: tuple[Vlan, ...] = ()
    wlans: tuple[Wlan, ...] = ()
    absent_wlans: tuple[Slug, ...] = ()
    radios: tuple[RadioPlan, ...] = ()
    ports: tuple[Port, ...] = ()
    management_vlan: VlanId | None = None
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    hostname: str | None = Field(None, pattern=r"^[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?$")


@dataclass(frozen=True, slots=True)
class DeviceIntent:
    """All that one device should have; `origins` maps `wlans/eleves` … to its layer."""

    vlans: tuple[Vlan, ...]
    wlans: tuple[Wlan, ...]
    radios: tuple[RadioPlan, ...]
    ports: tuple[Port, ...]
    management_vlan: int | None
    country: str | None
    hostname: str | None
    origins: dict[str, str]


def resolve(layers: Sequence[tuple[str, IntentLayer]]) -> DeviceIntent:
    """Return what (origin, layer) pairs, widest first, say together.

    Raises InvalidInput when the layers contradict each other: a WLAN or port on a VLAN that the
    plan does not hold, or pedagogical and administrative WLANs on one VLAN.
    """
    origins: dict[str, str] = {}
    vlans: dict[int, Vlan] = {}
    wlans: dict[str, Wlan] = {}
    radios: dict[Band, RadioPlan] = {}
    ports: dict[str, Port] = {}
    single: dict[str, int | str | None] = {
        "management_vlan": None,
        "country": None,
        "hostname": None,
    }
    for origin, layer in layers:
        for vlan in layer.vlans:
            vlans[vlan.id] = vlan
            origins[f"vlans/{vlan.id}"] = origin
        for wlan in layer.wlans:
            wlans[wlan.name] = wlan
            origins[f"wlans/{wlan.name}"] = origin
        for name in layer.absent_wlans:
            wlans.pop(name, None)
            origins[f"wlans/{name}"] = origin
        for radio in layer.radios:
            radios[radio.band] = radio
            origins[f"radios/{radio.band}"] = origin
        for port in layer.ports:
            ports[port.name] = port
            origins[f"ports/{port.name}"] = origin
        for field in single:
            value = getattr(layer, field)
            if value is not None:
                single[field] = value
                origins[field] = origin
    management_vlan, country, hostname = (
        single["management_vlan"],
        single["country"],
        single["hostname"],
    )
    intent = DeviceIntent(
        vlans=tuple(vlans[key] for key in sorted(vlans)),
        wlans=tuple(wlans[key] for key in sorted(wlans)),
        radios=tuple(radios[key] for key in sorted(radios)),
        ports=tuple(ports.values()),
        management_vlan=management_vlan if isinstance(management_vlan, int) else None,
        country=country if isinstance(country, str) else None,
        hostname=hostname if isinstance(hostname, str) else None,
        origins=origins,
    )
    _check(intent)
    return intent


def _check(intent: DeviceIntent) -> None:
    known = {vlan.id for vlan in intent.vlans}
    for wlan in intent.wlans:
        _refuse_unknown_vlan(f"the WLAN {wlan.name}", (wlan.vlan_id,), known)
    for port in intent.ports:
        _refuse_unknown_vlan(f"the port {port.name}", (port.native_vlan, *port.tagged_vlans), known)
    by_purpose: dict[Purpose, set[int]] = {purpose: set() for purpose in Purpose}
    for wlan in intent.wlans:
        by_purpose[wlan.purpose].add(wlan.vlan_id)
    shared = by_purpose[Purpose.PEDAGOGICAL] & by_purpose[Purpose.ADMINISTRATION]
    if shared:
        raise InvalidInput(
            f"pedagogical and administrative WLANs share VLAN {min(shared)}",
            todo="give the administration a VLAN of its own",
        )


def _refuse_unknown_vlan(what: str, used: Iterable[int], known: set[int]) -> None:
    missing = sorted(set(used) - known - {1})
    if missing:
        raise InvalidInput(
            f"{what} uses VLAN {missing[0]}, which the VLAN plan does not hold",
            todo="add the VLAN to the intent or change what uses it",
        )
