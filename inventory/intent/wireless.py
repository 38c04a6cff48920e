"""The networks that should be heard, and the radios that carry them."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from inventory.intent.hours import Window
from inventory.intent.values import Host, Slug, Value, VlanId


class Security(StrEnum):
    """How a WLAN is protected (Wi-Fi Alliance names).

    `owe_transition` is an open network for old clients beside a hidden OWE one that new clients
    take by themselves (Wi-Fi Alliance, Opportunistic Wireless Encryption 1.1, 2.2).
    """

    OPEN = "open"
    OWE = "owe"
    OWE_TRANSITION = "owe_transition"
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


class Pmf(StrEnum):
    """Protected management frames (IEEE 802.11-2020, 11.13)."""

    DISABLED = "disabled"
    OPTIONAL = "optional"
    REQUIRED = "required"


# WPA3 Specification 3.3, 2.2 to 2.5 and 3.2 to 3.4; OWE is RFC 8110.
_PMF_ALLOWED: dict[Security, tuple[Pmf, ...]] = {
    Security.OPEN: (Pmf.DISABLED,),
    Security.OWE: (Pmf.REQUIRED,),
    Security.OWE_TRANSITION: (Pmf.REQUIRED,),
    Security.WPA2_PERSONAL: (Pmf.DISABLED, Pmf.OPTIONAL, Pmf.REQUIRED),
    Security.WPA2_WPA3_PERSONAL: (Pmf.OPTIONAL,),
    Security.WPA3_PERSONAL: (Pmf.REQUIRED,),
    Security.WPA2_ENTERPRISE: (Pmf.DISABLED, Pmf.OPTIONAL, Pmf.REQUIRED),
    Security.WPA3_ENTERPRISE: (Pmf.REQUIRED,),
}


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


class RadiusServer(Value):
    """A RADIUS server; its shared secret by name."""

    host: Host
    port: int = Field(1812, ge=1, le=65535)
    secret_name: str


class PrivateKey(Value):
    """A passphrase of its own for one class or token, and the VLAN that it leads to.

    Two keys of one WLAN differ in their passphrase: it alone tells who comes.
    """

    name: Slug
    passphrase_secret: str
    vlan_id: VlanId | None = None


class Wlan(Value):
    """One SSID. `name` is ours and stable; `ssid` is what is heard, within `hours` if any."""

    name: Slug
    ssid: str = Field(min_length=1)
    purpose: Purpose
    security: Security
    vlan_id: VlanId
    bands: tuple[Band, ...] = (Band.GHZ_2_4, Band.GHZ_5)
    passphrase_secret: str | None = None
    private_keys: tuple[PrivateKey, ...] = ()
    radius_servers: tuple[RadiusServer, ...] = ()
    pmf: Pmf | None = None
    client_isolation: bool = False
    hidden: bool = False
    hours: tuple[Window, ...] = ()

    @property
    def pmf_mode(self) -> Pmf | None:
        """Return what is said of protected management frames, or what the security implies.

        None leaves it to the device: WPA2 has no rule, and old clients fail with it.
        """
        allowed = _PMF_ALLOWED[self.security]
        return self.pmf or (allowed[0] if len(allowed) == 1 else None)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        # IEEE 802.11-2020, 9.4.2.2: an SSID is 0-32 octets, whatever the characters.
        if len(self.ssid.encode()) > 32:
            raise ValueError(f"the SSID {self.ssid} is longer than 32 bytes")
        if not self.ssid.isprintable():
            raise ValueError(f"the SSID of {self.name} holds control characters")
        if self.security.personal and not self.passphrase_secret:
            raise ValueError(f"{self.security} needs passphrase_secret")
        if self.security.enterprise and not self.radius_servers:
            raise ValueError(f"{self.security} needs radius_servers")
        if self.pmf is not None and self.pmf not in _PMF_ALLOWED[self.security]:
            raise ValueError(f"{self.security} does not allow management frames {self.pmf}")
        allowed_6_ghz = {Security.WPA3_PERSONAL, Security.WPA3_ENTERPRISE, Security.OWE}
        if Band.GHZ_6 in self.bands and self.security not in allowed_6_ghz:
            raise ValueError(f"6 GHz allows WPA3 and OWE only, not {self.security}")
        self._check_private_keys()
        return self

    def _check_private_keys(self) -> None:
        if not self.private_keys:
            return
        # SAE proves one password for the network; who comes is told apart by WPA2 alone.
        if self.security is not Security.WPA2_PERSONAL:
            raise ValueError(f"private keys need wpa2_personal, not {self.security}")
        for told in ("name", "passphrase_secret"):
            values = [getattr(key, told) for key in self.private_keys]
            if len(set(values)) != len(values):
                raise ValueError(f"two private keys of {self.name} have one {told}")


class RadioPlan(Value):
    """What the radio of one band should do, within `hours` if any; None leaves it to the device.

    `tx_power_dbm` is the most that it may conduct to its antennas. `dfs` False keeps an automatic
    choice of channel off those that a radar may take.
    """

    band: Band
    enabled: bool = True
    channel: int | None = None
    width_mhz: int | None = None
    tx_power_dbm: int | None = Field(None, ge=0, le=30)
    dfs: bool | None = None
    hours: tuple[Window, ...] = ()

    @model_validator(mode="after")
    def _lawful(self) -> Self:
        if self.channel is not None and self.channel not in CHANNELS[self.band]:
            raise ValueError(
                f"channel {self.channel} may not be used at {self.band} GHz in Belgium"
            )
        if self.width_mhz is not None and self.width_mhz not in WIDTHS_MHZ[self.band]:
            raise ValueError(f"{self.width_mhz} MHz is no channel width at {self.band} GHz")
        if self.channel is not None and self.width_mhz is not None:
            self._check_block(self.channel, self.width_mhz)
        if self.dfs is False and self.band is Band.GHZ_5 and self.channel in DFS_CHANNELS:
            raise ValueError(f"channel {self.channel} needs radar detection, which dfs forbids")
        limit_dbm = power_limit_dbm(self.band, self.channel)
        if self.tx_power_dbm is not None and self.tx_power_dbm > limit_dbm:
            raise ValueError(
                f"{self.tx_power_dbm} dBm is more than the {limit_dbm} dBm "
                f"allowed at {self.band} GHz"
            )
        return self

    def _check_block(self, channel: int, width_mhz: int) -> None:
        if self.band is not Band.GHZ_5:
            return
        block = next(b for b in FIVE_GHZ_BLOCKS[width_mhz] + ((channel,),) if channel in b)
        if len(block) * 20 != width_mhz:
            raise ValueError(f"channel {channel} has no room for {width_mhz} MHz in Belgium")


# BIPT interfaces B03-01 and B01-32; wireless-regdb country BE. 149 and up: SRD power, not planned.
CHANNELS: dict[Band, frozenset[int]] = {
    Band.GHZ_2_4: frozenset(range(1, 14)),
    Band.GHZ_5: frozenset([*range(36, 65, 4), *range(100, 141, 4)]),
    Band.GHZ_6: frozenset(range(1, 94, 4)),
}
DFS_CHANNELS = frozenset([*range(52, 65, 4), *range(100, 141, 4)])
WIDTHS_MHZ: dict[Band, frozenset[int]] = {
    Band.GHZ_2_4: frozenset({20, 40}),
    Band.GHZ_5: frozenset({20, 40, 80, 160}),
    Band.GHZ_6: frozenset({20, 40, 80, 160}),
}
# IEEE 802.11-2020, table E-4: which channels are used together.
FIVE_GHZ_BLOCKS: dict[int, tuple[tuple[int, ...], ...]] = {
    width: tuple(
        tuple(range(first, first + width // 5, 4))
        for start, end in ((36, 64), (100, 140))
        for first in range(start, end + 1, width // 5)
        if first + width // 5 - 4 <= end
    )
    for width in (20, 40, 80, 160)
}


def power_limit_dbm(band: Band, channel: int | None) -> int:
    """Return the highest EIRP allowed indoors; what is conducted can never be more."""
    if band is Band.GHZ_2_4:
        return 20
    if band is Band.GHZ_6 or (channel is not None and channel < 100):
        return 23
    return 30
