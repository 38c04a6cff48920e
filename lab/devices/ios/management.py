"""What the commands of accounts, services, time and logs do."""

from lab.devices.ios.cli import GRAMMARS, Cli, Context

config = GRAMMARS[Context.CONFIG]


@config.command("username <word> privilege <number> secret <number> <word>")
def _secret(cli: Cli, name: str, _privilege: int, kind: int, value: str) -> str | None:
    if kind == 0:
        value = cli.device.passwords.hashed(value, "$1${salt}${digest:.22}")
        kind = 5
    elif not value.startswith(f"${'1' if kind == 5 else kind}$"):
        return "ERROR: The secret you entered is not a valid encrypted secret."
    cli.device.config.accounts[name] = f"{kind} {value}"
    cli.device.applied()
    return None


@config.command("username <word> privilege <number> secret <word>")
def _plain_secret(cli: Cli, name: str, privilege: int, value: str) -> str | None:
    return _secret(cli, name, privilege, 0, value)


@config.command("no username <word>")
def _no_username(cli: Cli, name: str) -> None:
    def remove(reply: str) -> None:
        if reply in {"", "y"}:
            cli.device.config.accounts.pop(name, None)
            cli.device.applied()

    cli.ask(
        "This operation will remove all username related configurations with same name."
        "Do you want to continue? [confirm]",
        remove,
    )


def _add_switches() -> None:
    for words, attribute in (
        ("ip http server", "http"),
        ("ip http secure-server", "https"),
        ("lldp run", "lldp"),
    ):

        def put(cli: Cli, attribute: str = attribute) -> None:
            setattr(cli.device.config, attribute, True)
            cli.device.applied()

        def clear(cli: Cli, attribute: str = attribute) -> None:
            setattr(cli.device.config, attribute, False)
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

        def clear(cli: Cli, _value: str = "", attribute: str = attribute) -> None:
            setattr(cli.device.config, attribute, None)
            cli.device.applied()

        config.command(f"{words} <text>")(put)
        config.command(f"no {words}", f"no {words} <text>")(clear)


def _add_lists() -> None:
    for words, attribute in (("ntp server", "ntp_servers"), ("logging host", "log_hosts")):

        def put(cli: Cli, entry: str, attribute: str = attribute) -> None:
            entries: list[str] = getattr(cli.device.config, attribute)
            if entry not in entries:
                entries.append(entry)
            cli.device.applied()

        def remove(cli: Cli, entry: str, attribute: str = attribute) -> None:
            entries: list[str] = getattr(cli.device.config, attribute)
            if entry in entries:
                entries.remove(entry)
            cli.device.applied()

        config.command(f"{words} <text>")(put)
        config.command(f"no {words} <text>")(remove)


_add_switches()
_add_values()
_add_lists()
