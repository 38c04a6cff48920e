"""What the commands of the account, SNMPv3, services, time and LLDP do."""

import hashlib

from lab.devices.procurve.cli import GRAMMARS, Cli, Context

config = GRAMMARS[Context.CONFIG]


@config.command("password manager user-name <word> plaintext <word>")
def _password(cli: Cli, name: str, password: str) -> None:
    form = hashlib.sha1(password.encode(), usedforsecurity=False).hexdigest()
    cli.device.passwords.by_form[form] = password
    cli.device.config.manager = (name, form)
    cli.device.applied()


@config.command("password manager user-name <word> sha1 <word>")
def _hashed_password(cli: Cli, name: str, form: str) -> None:
    cli.device.config.manager = (name, form)
    cli.device.applied()


@config.command("no password manager", "no password manager user-name <word>")
def _no_password(cli: Cli, _name: str = "") -> None:
    cli.device.config.manager = None
    cli.device.applied()


@config.command("snmpv3 user <word> auth sha <word> priv aes <word>")
def _snmp_user(cli: Cli, name: str, auth: str, priv: str) -> str | None:
    if not (6 <= len(auth) <= 40 and 6 <= len(priv) <= 40):
        return "Invalid input: password must be 6 to 32 characters"

    def form(secret: str) -> str:
        known = secret in cli.device.passwords.by_form
        hashed = secret if known else hashlib.sha1(f"{name}{secret}".encode()).hexdigest()  # noqa: S324
        cli.device.passwords.by_form.setdefault(hashed, secret)
        return hashed

    cli.device.config.snmpv3_users[name] = (form(auth), form(priv))
    cli.device.applied()
    return None


@config.command("no snmpv3 user <word>")
def _no_snmp_user(cli: Cli, name: str) -> None:
    cli.device.config.snmpv3_users.pop(name, None)
    cli.device.applied()


@config.command("snmpv3 group <word> user <word> sec-model ver3")
def _snmp_group(cli: Cli, group: str, user: str) -> None:
    cli.device.config.snmpv3_groups[user] = group
    cli.device.applied()


@config.command("no snmpv3 group <word> user <word> sec-model ver3")
def _no_snmp_group(cli: Cli, _group: str, user: str) -> None:
    cli.device.config.snmpv3_groups.pop(user, None)
    cli.device.applied()


def _add_lldp() -> None:
    for status in ("disable", "tx_rx"):

        def put(cli: Cli, ports: list[str], status: str = status) -> None:
            for port in ports:
                cli.device.config.ports[port].lldp = status
            cli.device.applied()

        config.command(f"lldp admin-status <ports> {status}")(put)


def _add_switches() -> None:
    for words, attribute, on, off in (
        ("dhcp-snooping", "snooping", True, False),
        ("telnet-server", "telnet", True, False),
        ("web-management", "web", True, False),
        ("timesync sntp", "timesync", "sntp", None),
        ("sntp unicast", "sntp_unicast", True, False),
    ):

        def put(cli: Cli, attribute: str = attribute, value: object = on) -> None:
            setattr(cli.device.config, attribute, value)
            cli.device.applied()

        def clear(cli: Cli, attribute: str = attribute, value: object = off) -> None:
            setattr(cli.device.config, attribute, value)
            cli.device.applied()

        config.command(words)(put)
        config.command(f"no {words}")(clear)


def _add_values() -> None:
    for words, attribute in (
        ("snmp-server contact", "contact"),
        ("snmp-server location", "location"),
        ("ip default-gateway", "gateway"),
    ):

        def put(cli: Cli, value: str, attribute: str = attribute) -> None:
            setattr(cli.device.config, attribute, value)
            cli.device.applied()

        def clear(cli: Cli, attribute: str = attribute) -> None:
            setattr(cli.device.config, attribute, None)
            cli.device.applied()

        config.command(f"{words} <text>")(put)
        config.command(f"no {words}")(clear)


_add_lldp()
_add_switches()
_add_values()
