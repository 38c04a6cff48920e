"""The configuration mode and its profiles: each line waits, and is carried out by a commit."""

from collections.abc import Callable

from lab.command_line import CliError
from lab.devices.aruba_instant.cli import GRAMMARS, Cli, Context
from lab.devices.aruba_instant.config import (
    OPMODES,
    SSID_DEFAULTS,
    SSID_FLAGS,
    Config,
    Rule,
    Server,
    Ssid,
)

config = GRAMMARS[Context.CONFIG]
ssid = GRAMMARS[Context.SSID]
rule = GRAMMARS[Context.RULE]
server = GRAMMARS[Context.SERVER]
mpsk = GRAMMARS[Context.MPSK]

BANDS = {"2.4", "5.0", "all", "none"}


# -- entering and removing profiles


def _add_profiles() -> None:
    for words, attribute, make, context in (
        ("wlan ssid-profile", "ssids", Ssid, Context.SSID),
        ("wlan access-rule", "rules", Rule, Context.RULE),
        ("wlan auth-server", "servers", Server, Context.SERVER),
        ("wlan mpsk-local", "keys", dict, Context.MPSK),
    ):

        def enter(
            cli: Cli,
            name: str,
            attribute: str = attribute,
            make: Callable[[], object] = make,
            context: Context = context,
        ) -> None:
            cli.change(lambda found: getattr(found, attribute).setdefault(name, make()))
            cli.profile, cli.context = name, context

        def remove(cli: Cli, name: str, attribute: str = attribute) -> None:
            cli.change(lambda found: getattr(found, attribute).pop(name, None))

        config.command(f"{words} <text>")(enter)
        config.command(f"no {words} <text>")(remove)


# -- an SSID profile


def _ssid(found: Config, cli_profile: str) -> Ssid:
    return found.ssids[cli_profile]


def _put(cli: Cli, name: str, value: str) -> None:
    profile = cli.profile
    cli.change(lambda found: _ssid(found, profile).values.update({name: value}))


def _add_ssid_values() -> None:
    allowed = {"opmode": OPMODES, "rf-band": BANDS, "type": {"employee", "guest", "voice"}}
    for name, kind in (
        ("essid", "text"), ("opmode", "word"), ("vlan", "vlan"), ("rf-band", "word"),
        ("type", "word"), ("mpsk-local", "text"), ("captive-portal", "word"),
        ("dtim-period", "number"), ("max-clients-threshold", "number"),
    ):  # fmt: skip

        def put(cli: Cli, value: str, name: str = name) -> None:
            if value not in allowed.get(name, {value}):
                raise CliError("% Parse error")
            _put(cli, name, value)

        def clear(cli: Cli, name: str = name) -> None:
            profile, default = cli.profile, SSID_DEFAULTS.get(name)

            def change(found: Config) -> None:
                if default is None:
                    _ssid(found, profile).values.pop(name, None)
                else:
                    _ssid(found, profile).values[name] = default

            cli.change(change)

        ssid.command(f"{name} <{kind}>")(put)
        ssid.command(f"no {name}")(clear)
    for flag in SSID_FLAGS:

        def on(cli: Cli, flag: str = flag) -> None:
            profile = cli.profile
            cli.change(lambda found: _ssid(found, profile).flags.add(flag))

        def off(cli: Cli, flag: str = flag) -> None:
            profile = cli.profile
            cli.change(lambda found: _ssid(found, profile).flags.discard(flag))

        ssid.command(flag)(on)
        ssid.command(f"no {flag}")(off)


@ssid.command("enable")
def _enable(cli: Cli) -> None:
    profile = cli.profile
    cli.change(lambda found: setattr(_ssid(found, profile), "enabled", True))


@ssid.command("disable")
def _disable(cli: Cli) -> None:
    profile = cli.profile
    cli.change(lambda found: setattr(_ssid(found, profile), "enabled", False))


@ssid.command("wpa-passphrase <text>")
def _passphrase(cli: Cli, value: str) -> None:
    if not 8 <= len(value) <= 63:
        raise CliError("Error: the passphrase must be 8 to 63 characters long")
    _put(cli, "wpa-passphrase", value)


@ssid.command("no wpa-passphrase")
def _no_passphrase(cli: Cli) -> None:
    profile = cli.profile
    cli.change(lambda found: _ssid(found, profile).values.pop("wpa-passphrase", None))


@ssid.command("auth-server <text>")
def _auth_server(cli: Cli, name: str) -> None:
    profile = cli.profile

    def change(found: Config) -> None:
        servers = _ssid(found, profile).servers
        if name not in servers:
            servers.append(name)

    cli.change(change)


@ssid.command("no auth-server <text>")
def _no_auth_server(cli: Cli, name: str) -> None:
    profile = cli.profile

    def change(found: Config) -> None:
        servers = _ssid(found, profile).servers
        if name in servers:
            servers.remove(name)

    cli.change(change)


@ssid.command("time-range <word> <word>")
def _timed(cli: Cli, name: str, state: str) -> None:
    if state not in {"enable", "disable"}:
        raise CliError("% Parse error")
    profile = cli.profile
    cli.change(lambda found: _ssid(found, profile).ranges.update({name: state}))


@ssid.command("no time-range <word>")
def _untimed(cli: Cli, name: str) -> None:
    profile = cli.profile
    cli.change(lambda found: _ssid(found, profile).ranges.pop(name, None))


# -- roles, servers, private keys


@rule.command("vlan <vlan>")
def _rule_vlan(cli: Cli, vlan: str) -> None:
    profile = cli.profile
    cli.change(lambda found: setattr(found.rules[profile], "vlan", vlan))


@rule.command("no vlan")
def _no_rule_vlan(cli: Cli) -> None:
    profile = cli.profile
    cli.change(lambda found: setattr(found.rules[profile], "vlan", None))


@rule.command("rule <text>")
def _rule(cli: Cli, text: str) -> None:
    profile = cli.profile

    def change(found: Config) -> None:
        rules = found.rules[profile].rules
        if text not in rules:
            rules.append(text)

    cli.change(change)


@rule.command("no rule <text>")
def _no_rule(cli: Cli, text: str) -> None:
    profile = cli.profile

    def change(found: Config) -> None:
        rules = found.rules[profile].rules
        if text in rules:
            rules.remove(text)

    cli.change(change)


def _add_server_values() -> None:
    for name, kind in (("ip", "host"), ("port", "number"), ("acctport", "number"), ("key", "text")):

        def put(cli: Cli, value: str, name: str = name) -> None:
            profile = cli.profile
            cli.change(lambda found: setattr(found.servers[profile], name, value))

        server.command(f"{name} <{kind}>")(put)


@mpsk.command("mpsk-local-passphrase <word> <word> <word>")
def _key(cli: Cli, entry: str, value: str, role: str | None = None) -> None:
    if not 8 <= len(value) <= 63:
        raise CliError("Error: the passphrase must be 8 to 63 characters long")
    profile = cli.profile
    cli.change(lambda found: found.keys[profile].update({entry: (value, role)}))


@mpsk.command("mpsk-local-passphrase <word> <word>")
def _key_without_role(cli: Cli, entry: str, value: str) -> None:
    _key(cli, entry, value)


@mpsk.command("no mpsk-local-passphrase <word>")
def _no_key(cli: Cli, entry: str) -> None:
    profile = cli.profile
    cli.change(lambda found: found.keys[profile].pop(entry, None))


_add_profiles()
_add_ssid_values()
_add_server_values()
