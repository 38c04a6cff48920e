"""What a Catalyst 9800 has beyond a switch: WLANs, policy profiles, their tag, RADIUS."""

from collections.abc import Iterator
from dataclasses import dataclass, field

from lab.devices.ios.config import Config

# What a new WLAN does without being told; the running configuration shows what differs.
WLAN_DEFAULTS = (
    "broadcast-ssid",
    "security ft adaptive",
    "security wpa",
    "security wpa wpa2",
    "security wpa wpa2 ciphers aes",
    "security wpa akm dot1x",
)
WLAN_FLAGS = (
    "security wpa wpa3",
    "security wpa akm psk",
    "security wpa akm sae",
    "security wpa akm owe",
    "security wpa akm dot1x-sha256",
    "peer-blocking drop",
    "radio policy dot11 24ghz",
    "radio policy dot11 5ghz",
    "radio policy dot11 6ghz",
)


@dataclass
class Wlan:
    """`wlan NAME ID SSID`; one that is made is shut."""

    number: int
    ssid: str
    up: bool = False
    on: set[str] = field(default_factory=lambda: set(WLAN_DEFAULTS))
    key: str | None = None
    """With the number of its form, as it is shown."""
    pmf: str | None = None
    authentication: str | None = None


@dataclass
class Policy:
    """`wireless profile policy NAME`; one that is made is shut."""

    vlan: str | None = None
    up: bool = False


@dataclass
class Server:
    """`radius server NAME`."""

    address: str | None = None
    key: str | None = None


@dataclass
class XeConfig(Config):
    """All that the controller is configured to be."""

    wlans: dict[str, Wlan] = field(default_factory=dict)
    policies: dict[str, Policy] = field(
        default_factory=lambda: {"default-policy-profile": Policy("1", True)}
    )
    tag: dict[str, str] = field(default_factory=dict)
    """The policy profile of each WLAN in the default tag."""
    servers: dict[str, Server] = field(default_factory=dict)
    groups: dict[str, list[str]] = field(default_factory=dict)
    methods: dict[str, str] = field(default_factory=dict)

    def authentication(self) -> Iterator[str]:
        """Return the lines of AAA."""
        yield "aaa new-model"
        for name, servers in self.groups.items():
            yield f"aaa group server radius {name}"
            yield from (f" server name {server}" for server in servers)
        yield "aaa authentication login default local"
        yield from (f"aaa authentication dot1x {n} group {g}" for n, g in self.methods.items())

    def wireless(self) -> Iterator[str]:
        """Return what the controller is configured to be."""
        for name, server in self.servers.items():
            yield f"radius server {name}"
            if server.address:
                yield f" address ipv4 {server.address}"
            if server.key:
                yield f" key {server.key}"
        yield from ("wireless country BE", "wireless management interface Vlan1", "!")
        for name, policy in self.policies.items():
            yield f"wireless profile policy {name}"
            if policy.vlan:
                yield f" vlan {policy.vlan}"
            yield from (" no shutdown",) if policy.up else ()
        yield "wireless tag policy default-policy-tag"
        yield ' description "default policy-tag"'
        yield from (f" wlan {wlan} policy {policy}" for wlan, policy in self.tag.items())
        for name, wlan in self.wlans.items():
            yield f"wlan {name} {wlan.number} {wlan.ssid}"
            yield from (f" {line}" for line in _wlan(wlan))


def _wlan(wlan: Wlan) -> Iterator[str]:
    yield from (f"no {word}" for word in WLAN_DEFAULTS if word not in wlan.on)
    if wlan.key:
        yield f"security wpa psk set-key ascii {wlan.key}"
    yield from (word for word in WLAN_FLAGS if word in wlan.on)
    if wlan.authentication:
        yield f"security dot1x authentication-list {wlan.authentication}"
    if wlan.pmf:
        yield f"security pmf {wlan.pmf}"
    if wlan.up:
        yield "no shutdown"
