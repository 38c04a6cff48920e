"""The modes that a Catalyst 9800 has beyond a switch, and what their commands do.

"Catalyst 9800 Series Wireless Controller Command Reference, IOS XE 17.9". A WLAN or a policy
profile is changed while it is shut, and refuses to come up when its security does not hold.
"""

import re
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from lab.command_line import CliError, Grammar
from lab.device import Terminal
from lab.devices.ios.cli import ANYWHERE, READERS, WORDS, Cli, Context
from lab.devices.ios.cli import GRAMMARS as IOS
from lab.devices.iosxe.config import WLAN_DEFAULTS, WLAN_FLAGS, Policy, Server, Wlan, XeConfig

if TYPE_CHECKING:
    from lab.devices.iosxe import IosXe

_READERS: dict[str, Callable[[str], Any]] = {
    **READERS,
    "wlan-id": lambda t: int(t) if t.isdecimal() and 1 <= int(t) <= 4096 else None,
    "port": lambda t: t if t.isdecimal() and 0 < int(t) < 65536 else None,
    "form": lambda t: t if t in {"0", "7", "8"} else None,
    "host": lambda t: t if re.fullmatch(r"[0-9a-zA-Z.:-]+", t) else None,
}
WLAN, POLICY, TAG, RADIUS, GROUP = (
    "config-wlan", "config-wireless-policy", "config-policy-tag", "config-radius-server",
    "config-sg-radius",
)  # fmt: skip
GRAMMARS = {each: Grammar(_READERS, WORDS) for each in (WLAN, POLICY, TAG, RADIUS, GROUP)}
CONFIG = Grammar(_READERS, WORDS)
wlan, policy, tag, radius, group = GRAMMARS.values()
_FIXED = "% Error: the WLAN must be disabled before it is changed"
_FIXED_POLICY = "% Error: the policy profile must be disabled before it is changed"


class XeCli(Cli):
    """The state of one session on a controller."""

    device: "IosXe"

    def __init__(self, device: "IosXe", terminal: Terminal | None = None) -> None:
        super().__init__(device, terminal)
        self.device = device
        self.name = ""

    def prompt(self) -> str:
        """Return the prompt of the mode."""
        if self.context in GRAMMARS:
            return f"{self.device.config.hostname[:20]}({self.context})#"
        return super().prompt()

    def grammars(self) -> Sequence[tuple[str | None, Grammar]]:
        """Return where a line is looked for, with the mode it then leads to."""
        if self.context == Context.EXEC:
            return super().grammars()
        own = [(None, GRAMMARS[self.context])] if self.context in GRAMMARS else []
        if self.context in set(Context) - {Context.CONFIG}:
            own = [(None, IOS[Context(self.context)])]
        led = None if self.context == Context.CONFIG else Context.CONFIG
        return [*own, (led, CONFIG), (led, IOS[Context.CONFIG]), (None, ANYWHERE)]

    @property
    def config(self) -> XeConfig:
        """Return what the controller is configured to be."""
        found = self.device.config
        assert isinstance(found, XeConfig)
        return found

    @property
    def wlan(self) -> Wlan:
        """Return the WLAN that is configured."""
        return self.config.wlans[self.name]

    def enter(self, context: str, name: str) -> None:
        """Go into a mode."""
        self.context, self.name = context, name
        self.device.applied()


# -- entering and removing


@CONFIG.command("wlan <word> <wlan-id> <word>")
def _wlan(cli: XeCli, name: str, number: int, ssid: str) -> None:
    found = cli.config.wlans.get(name)
    if found is not None and (found.number, found.ssid) != (number, ssid):
        raise CliError("% Error: a WLAN with this profile name exists already")
    if found is None and any(each.number == number for each in cli.config.wlans.values()):
        raise CliError("% Error: a WLAN with this identifier exists already")
    cli.config.wlans.setdefault(name, Wlan(number, ssid))
    cli.enter(WLAN, name)


@CONFIG.command("no wlan <word>")
def _no_wlan(cli: XeCli, name: str) -> None:
    cli.config.wlans.pop(name, None)
    cli.device.applied()


@CONFIG.command("wireless profile policy <word>")
def _policy(cli: XeCli, name: str) -> None:
    cli.config.policies.setdefault(name, Policy())
    cli.enter(POLICY, name)


@CONFIG.command("no wireless profile policy <word>")
def _no_policy(cli: XeCli, name: str) -> None:
    if name in cli.config.tag.values():
        raise CliError("% Error: the policy profile cannot be removed, a policy tag refers to it")
    cli.config.policies.pop(name, None)


@CONFIG.command("wireless tag policy default-policy-tag")
def _tag(cli: XeCli) -> None:
    cli.enter(TAG, "")


@CONFIG.command("radius server <word>")
def _server(cli: XeCli, name: str) -> None:
    cli.config.servers.setdefault(name, Server())
    cli.enter(RADIUS, name)


@CONFIG.command("no radius server <word>")
def _no_server(cli: XeCli, name: str) -> None:
    if any(name in servers for servers in cli.config.groups.values()):
        raise CliError("% Error: the server cannot be removed, a server group refers to it")
    cli.config.servers.pop(name, None)


@CONFIG.command("aaa group server radius <word>")
def _group(cli: XeCli, name: str) -> None:
    cli.config.groups.setdefault(name, [])
    cli.enter(GROUP, name)


@CONFIG.command("no aaa group server radius <word>")
def _no_group(cli: XeCli, name: str) -> None:
    cli.config.groups.pop(name, None)


@CONFIG.command("aaa authentication dot1x <word> group <word>")
def _method(cli: XeCli, name: str, servers: str) -> None:
    if servers not in cli.config.groups:
        raise CliError("% Error: unknown server group")
    cli.config.methods[name] = servers


@CONFIG.command("no aaa authentication dot1x <word>")
def _no_method(cli: XeCli, name: str) -> None:
    cli.config.methods.pop(name, None)


# -- a WLAN


def _changeable(cli: XeCli) -> Wlan:
    if cli.wlan.up:
        raise CliError(_FIXED)
    return cli.wlan


def _add_words() -> None:
    for word in (*WLAN_DEFAULTS, *WLAN_FLAGS):

        def on(cli: XeCli, word: str = word) -> None:
            _changeable(cli).on.add(word)

        def off(cli: XeCli, word: str = word) -> None:
            _changeable(cli).on.discard(word)

        wlan.command(word)(on)
        negated = "peer-blocking" if word.startswith("peer") else word
        wlan.command(f"no {negated}")(off)
    for degree in ("optional", "mandatory"):

        def protect(cli: XeCli, degree: str = degree) -> None:
            _changeable(cli).pmf = degree

        wlan.command(f"security pmf {degree}")(protect)


@wlan.command("no security pmf")
def _no_pmf(cli: XeCli) -> None:
    _changeable(cli).pmf = None


@wlan.command("security wpa psk set-key ascii <form> <word>")
def _key(cli: XeCli, form: str, value: str) -> None:
    if form == "0" and not 8 <= len(value) <= 63:
        raise CliError("% Error: the key must be 8 to 63 characters, which needs another")
    _changeable(cli).key = f"8 {cli.device.enciphered(value)}" if form == "0" else f"{form} {value}"


@wlan.command("no security wpa psk set-key ascii")
def _no_key(cli: XeCli) -> None:
    _changeable(cli).key = None


@wlan.command("security dot1x authentication-list <word>")
def _list(cli: XeCli, name: str) -> None:
    _changeable(cli).authentication = name


@wlan.command("no security dot1x authentication-list")
def _no_list(cli: XeCli) -> None:
    _changeable(cli).authentication = None


@wlan.command("shutdown")
def _down(cli: XeCli) -> None:
    cli.wlan.up = False


@wlan.command("no shutdown")
def _up(cli: XeCli) -> None:
    found = cli.wlan
    keyed = {"security wpa akm psk", "security wpa akm sae"} & found.on
    new = {"security wpa akm sae", "security wpa akm owe"} & found.on
    if keyed and not found.key:
        raise CliError("% Error: PSK or SAE requires a key")
    if new and not ("security wpa wpa3" in found.on and found.pmf):
        raise CliError("% Error: SAE and OWE require WPA3 and PMF")
    if "security wpa" in found.on and not any(" akm " in word for word in found.on):
        raise CliError("% Error: WPA requires an AKM")
    found.up = True


# -- policy profile, tag, RADIUS


@policy.command("vlan <word>")
def _vlan(cli: XeCli, number: str) -> None:
    found = cli.config.policies[cli.name]
    if found.up:
        raise CliError(_FIXED_POLICY)
    found.vlan = number


@policy.command("shutdown")
def _policy_down(cli: XeCli) -> None:
    cli.config.policies[cli.name].up = False


@policy.command("no shutdown")
def _policy_up(cli: XeCli) -> None:
    cli.config.policies[cli.name].up = True


@tag.command("wlan <word> policy <word>")
def _map(cli: XeCli, name: str, profile: str) -> None:
    if name not in cli.config.wlans or profile not in cli.config.policies:
        raise CliError("% Error: unknown WLAN or policy profile")
    cli.config.tag[name] = profile


@tag.command("no wlan <word> policy <word>", "no wlan <word>")
def _unmap(cli: XeCli, name: str, _profile: str = "") -> None:
    cli.config.tag.pop(name, None)


@radius.command("address ipv4 <host> auth-port <port> acct-port <port>")
def _address(cli: XeCli, host: str, auth: str, acct: str) -> None:
    cli.config.servers[cli.name].address = f"{host} auth-port {auth} acct-port {acct}"


@radius.command("key <form> <word>")
def _radius_key(cli: XeCli, form: str, value: str) -> None:
    shown = f"7 {cli.device.enciphered(value)}" if form == "0" else f"{form} {value}"
    cli.config.servers[cli.name].key = shown


@group.command("server name <word>")
def _member(cli: XeCli, name: str) -> None:
    if name not in cli.config.servers:
        raise CliError("% Error: unknown server")
    if name not in cli.config.groups[cli.name]:
        cli.config.groups[cli.name].append(name)


@group.command("no server name <word>")
def _no_member(cli: XeCli, name: str) -> None:
    if name in cli.config.groups[cli.name]:
        cli.config.groups[cli.name].remove(name)


_add_words()
