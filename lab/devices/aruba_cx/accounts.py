"""What the commands of users and SNMPv3 do (Security Guide, SNMP/MIB Guide)."""

from lab.command_line import CliError
from lab.devices.aruba_cx.cli import GRAMMARS, Cli, Context
from lab.devices.aruba_cx.config import CIPHERTEXT

config = GRAMMARS[Context.CONFIG]


@config.command("user <user> group administrators password plaintext <word>")
def _user(cli: Cli, name: str, password: str) -> None:
    if len(password) > 32:
        raise CliError("The password is longer than 32 characters.")
    cli.device.config.users[name] = cli.device.passwords.hashed(password, CIPHERTEXT)
    cli.device.applied()


@config.command("user <user> group administrators password ciphertext <word>")
def _user_form(cli: Cli, name: str, form: str) -> None:
    if form not in cli.device.passwords.by_form:
        raise CliError("Invalid ciphertext password.")
    cli.device.config.users[name] = form
    cli.device.applied()


@config.command("no user <user>")
def _no_user(cli: Cli, name: str) -> None:
    if name not in cli.device.config.users:
        raise CliError(f"User {name} does not exist.")

    def remove(reply: str) -> None:
        if reply.lower() in cli.yes:
            cli.device.config.users.pop(name, None)
            cli.device.applied()

    cli.ask(
        f"User {name}'s home directory and active sessions will be deleted.\n"
        "Do you want to continue [y/n]? ",
        remove,
    )


_SNMP_USER = "snmpv3 user <word> auth sha auth-pass {0} <word> priv aes priv-pass {0} <word>"


@config.command(_SNMP_USER.format("plaintext"))
def _snmp_user(cli: Cli, name: str, auth: str, priv: str) -> None:
    forms = [cli.device.passwords.hashed(secret, CIPHERTEXT) for secret in (auth, priv)]
    cli.device.config.snmpv3_users[name] = (forms[0], forms[1])
    cli.device.applied()


@config.command(_SNMP_USER.format("ciphertext"))
def _snmp_user_form(cli: Cli, name: str, auth: str, priv: str) -> None:
    cli.device.config.snmpv3_users[name] = (auth, priv)
    cli.device.applied()


@config.command("no snmpv3 user <word>")
def _no_snmp_user(cli: Cli, name: str) -> None:
    cli.device.config.snmpv3_users.pop(name, None)
    cli.device.applied()
