"""The configuration of an Instant cluster, and how `show running-config` prints it."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass, field

# What a new profile has without being told (User Guide 8.6, "Configuring WLAN Settings").
SSID_DEFAULTS = {
    "type": "employee",
    "opmode": "opensystem",
    "max-authentication-failures": "0",
    "rf-band": "all",
    "captive-portal": "disable",
    "dtim-period": "1",
    "broadcast-filter": "arp",
    "dmo-channel-utilization-threshold": "90",
    "local-probe-req-thresh": "0",
    "max-clients-threshold": "64",
}
SSID_FLAGS = (
    "opmode-transition-disable", "mfp-capable", "mfp-required", "rf-band-6ghz", "hide-ssid",
    "deny-inter-user-bridging", "dot11k", "dot11r",
)  # fmt: skip
OPMODES = {
    "opensystem", "enhanced-open", "wpa2-psk-aes", "wpa2-aes", "wpa3-sae-aes", "wpa3-aes-ccm-128",
    "wpa3-cnsa", "mpsk-aes",
}  # fmt: skip
WITH_PASSPHRASE = {"wpa2-psk-aes", "wpa3-sae-aes"}
WITH_SERVERS = {"wpa2-aes", "wpa3-aes-ccm-128", "wpa3-cnsa"}


@dataclass
class Ssid:
    """`wlan ssid-profile NAME`."""

    enabled: bool = True
    values: dict[str, str] = field(default_factory=lambda: dict(SSID_DEFAULTS))
    flags: set[str] = field(default_factory=set)
    servers: list[str] = field(default_factory=list)
    ranges: dict[str, str] = field(default_factory=dict)


@dataclass
class Rule:
    """`wlan access-rule NAME`, which is a role as well."""

    vlan: str | None = None
    rules: list[str] = field(default_factory=list)


@dataclass
class Server:
    """`wlan auth-server NAME`."""

    ip: str | None = None
    port: str = "1812"
    acctport: str = "1813"
    key: str | None = None


@dataclass
class Radio:
    """`rf dot11a-radio-profile` or `rf dot11g-radio-profile`."""

    min_power: str | None = None
    max_power: str | None = None


@dataclass
class Arm:
    """`arm`."""

    wide_bands: str = "5ghz"
    flags: set[str] = field(default_factory=lambda: {"80mhz-support", "client-aware", "scanning"})
    a_channels: str | None = None
    g_channels: str | None = None


@dataclass
class Config:
    """What the whole cluster is configured to be."""

    name: str = "SetMeUp-C3:74:00"
    country: str | None = "BE"
    accounts: dict[str, str] = field(default_factory=dict)
    """By name: the password's hash, as it is shown."""
    communities: list[str] = field(default_factory=list)
    snmp_users: dict[str, str] = field(default_factory=dict)
    ntp: str | None = None
    syslog: str | None = None
    location: str | None = None
    telnet: bool = False
    arm: Arm = field(default_factory=Arm)
    radios: dict[str, Radio] = field(default_factory=dict)
    rules: dict[str, Rule] = field(default_factory=dict)
    ssids: dict[str, Ssid] = field(default_factory=dict)
    servers: dict[str, Server] = field(default_factory=dict)
    keys: dict[str, dict[str, tuple[str, str | None]]] = field(default_factory=dict)
    """By MPSK list and entry: the passphrase and the role."""
    ranges: dict[str, str] = field(default_factory=dict)


@dataclass
class Environment:
    """What one access point has of its own (`show ap-env`)."""

    name: str | None = None
    channels: dict[str, tuple[str, str]] = field(default_factory=dict)
    off: set[str] = field(default_factory=set)
    """The letters of radios that are disabled."""


def factory(name: str) -> Config:
    """Return a cluster with one network that an installer made."""
    config = Config(
        rules={"default_wired_port_profile": Rule(rules=["any any match any any any permit"])}
    )
    config.rules[name] = Rule(rules=["any any match any any any permit"])
    values = {**SSID_DEFAULTS, "essid": name, "opmode": "wpa2-psk-aes", "vlan": "1"}
    config.ssids[name] = Ssid(values={**values, "wpa-passphrase": "creche-2024"}, flags={"dot11k"})
    return config


def quoted(text: str) -> str:
    """Return a value as it is shown: in quotes where it has a space."""
    return f'"{text}"' if " " in text else text


def shown_secret(value: str, *, clear: bool) -> str:
    """Return a secret as it is shown: enciphered, unless `no-encrypt` was asked for."""
    if clear:
        return quoted(value)
    return hashlib.sha256(value.encode()).hexdigest()[:48]


def running_config(config: Config, version: str, *, clear: bool) -> str:
    """Return what `show running-config` prints."""
    parts = [
        list(_head(config, version, clear=clear)),
        ["allow-new-aps"],
        ["arm", *(f" {line}" for line in _arm(config.arm))],
        *([f"rf dot11{a}-radio-profile", *_radio(r)] for a, r in sorted(config.radios.items())),
        ["syslog-level warn ap-debug", "syslog-level warn network"],
        ["extended-ssid"],
        ["hash-mgmt-password"],
        [f"hash-mgmt-user {n} password hash {form}" for n, form in config.accounts.items()],
        [f"time-range {name} {period}" for name, period in config.ranges.items()],
        *_wlans(config, clear=clear),
        ["wired-port-profile wired-SetMeUp", " switchport-mode access", " native-vlan guest"],
        ["enet0-port-profile default_wired_port_profile"],
        ["uplink", " preemption", " enforce none"],
        ["airgroup", " disable"],
        ["cluster-security", " allow-low-assurance-devices"],
    ]
    return "\n\n".join("\n".join(part) for part in parts if part) + "\n"


def _head(config: Config, version: str, *, clear: bool) -> Iterator[str]:
    yield f"version {version}"
    if config.country:
        yield f"virtual-controller-country {config.country}"
    yield "virtual-controller-key cf8c8b5f011f9b6db90089b259b174ed7c6a40e34fd0f33dfe"
    yield f"name {config.name}"
    if config.location:
        yield f"syslocation {quoted(config.location)}"
    if config.syslog:
        yield f"syslog-server {config.syslog}"
    yield "terminal-access"
    if config.telnet:
        yield "telnet-server"
    if config.ntp:
        yield f"ntp-server {config.ntp}"
    yield from ("clock timezone none 00 00", "rf-band all")
    yield from (f"snmp-server community {each}" for each in config.communities)
    for name, said in config.snmp_users.items():
        hashing, auth, cipher, priv = said.split()
        auth, priv = (shown_secret(each, clear=clear) for each in (auth, priv))
        yield f"snmp-server user {name} {hashing} {auth} {cipher} {priv}"


def _arm(arm: Arm) -> Iterator[str]:
    yield f"wide-bands {arm.wide_bands}"
    if arm.a_channels:
        yield f"a-channels {arm.a_channels}"
    if arm.g_channels:
        yield f"g-channels {arm.g_channels}"
    yield from sorted(arm.flags)


def _radio(radio: Radio) -> Iterator[str]:
    if radio.min_power:
        yield f" min-tx-power {radio.min_power}"
    if radio.max_power:
        yield f" max-tx-power {radio.max_power}"


def _wlans(config: Config, *, clear: bool) -> Iterator[list[str]]:
    for index, (name, rule) in enumerate(config.rules.items()):
        vlan = [f" vlan {rule.vlan}"] if rule.vlan else []
        rules = [f" rule {each}" for each in rule.rules]
        yield [f"wlan access-rule {quoted(name)}", f" index {index}", *vlan, *rules]
    for index, (name, ssid) in enumerate(config.ssids.items()):
        lines = (f" {line}" for line in _ssid(ssid, index, clear=clear))
        yield [f"wlan ssid-profile {quoted(name)}", *lines]
    for name, server in config.servers.items():
        lines = (f" {line}" for line in _server(server, clear=clear))
        yield [f"wlan auth-server {quoted(name)}", *lines]
    for name, keys in config.keys.items():
        rows = [
            f" mpsk-local-passphrase {entry} {shown_secret(value, clear=clear)}"
            + (f" {role}" if role else "")
            for entry, (value, role) in keys.items()
        ]
        yield [f"wlan mpsk-local {quoted(name)}", *rows]


def _ssid(ssid: Ssid, index: int, *, clear: bool) -> Iterator[str]:
    values = dict(ssid.values)
    yield "enable" if ssid.enabled else "disable"
    yield f"index {index}"
    yield f"type {values.pop('type')}"
    yield f"essid {quoted(values.pop('essid', ''))}"
    if "wpa-passphrase" in values:
        yield f"wpa-passphrase {shown_secret(values.pop('wpa-passphrase'), clear=clear)}"
    yield from (f"{name} {quoted(value)}" for name, value in values.items())
    yield from (flag for flag in SSID_FLAGS if flag in ssid.flags)
    yield from (f"auth-server {quoted(server)}" for server in ssid.servers)
    yield from (f"time-range {name} {state}" for name, state in ssid.ranges.items())


def _server(server: Server, *, clear: bool) -> Iterator[str]:
    if server.ip:
        yield f"ip {server.ip}"
    yield f"port {server.port}"
    yield f"acctport {server.acctport}"
    if server.key:
        yield f"key {shown_secret(server.key, clear=clear)}"


def environment(own: Environment) -> str:
    """Return what `show ap-env` prints."""
    lines = ["Antenna Type:Internal", "Need USB field:No"]
    if own.name:
        lines.append(f"name:{own.name}")
    lines += ["uap_controller_less:1", "standalone_mode:0"]
    for letter, place in (("a", "wifi0"), ("g", "wifi1")):
        if letter in own.off:
            lines.append(f"dot11{letter}_radio:disable")
        if letter in own.channels:
            channel, power = own.channels[letter]
            lines += [f"{place}_arm_channel:{channel}", f"{place}_arm_power_10x:{float(power)}"]
    return "\n".join(lines) + "\n"
