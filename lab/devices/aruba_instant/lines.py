"""The single lines of the configuration mode, and what all radios of the cluster are told.

"Aruba Instant 8.x CLI Reference Guide": arm, rf dot11a-radio-profile, rf dot11g-radio-profile,
hash-mgmt-user, snmp-server, time-range. Each line waits, and is carried out by a commit.
"""

from lab.command_line import CliError
from lab.devices.aruba_instant.cli import GRAMMARS, Cli, Context
from lab.devices.aruba_instant.config import Arm, Radio

config = GRAMMARS[Context.CONFIG]
arm = GRAMMARS[Context.ARM]
DAYS = {
    "daily", "weekday", "weekend", "monday", "tuesday", "wednesday", "thursday", "friday",
    "saturday", "sunday",
}  # fmt: skip
WIDE = {"none", "all", "2.4ghz", "5ghz"}


# -- single lines


def _add_scalars() -> None:
    for words, attribute, kind in (
        ("name", "name", "text"),
        ("virtual-controller-country", "country", "country"),
        ("ntp-server", "ntp", "host"),
        ("syslog-server", "syslog", "text"),
        ("syslocation", "location", "text"),
    ):

        def put(cli: Cli, value: str, attribute: str = attribute) -> None:
            cli.change(lambda found: setattr(found, attribute, value))

        def clear(cli: Cli, attribute: str = attribute) -> None:
            cli.change(lambda found: setattr(found, attribute, None))

        config.command(f"{words} <{kind}>")(put)
        config.command(f"no {words}")(clear)


@config.command("telnet-server")
def _telnet(cli: Cli) -> None:
    cli.change(lambda found: setattr(found, "telnet", True))


@config.command("no telnet-server")
def _no_telnet(cli: Cli) -> None:
    cli.change(lambda found: setattr(found, "telnet", False))


@config.command("snmp-server user <word> SHA <word> AES <word>")
def _snmp_user(cli: Cli, name: str, auth: str, priv: str) -> None:
    if min(len(auth), len(priv)) < 8:
        raise CliError("Error: the password must be at least 8 characters long")
    cli.change(lambda found: found.snmp_users.update({name: f"SHA {auth} AES {priv}"}))


@config.command("no snmp-server user <word>")
def _no_snmp_user(cli: Cli, name: str) -> None:
    cli.change(lambda found: found.snmp_users.pop(name, None))


@config.command("hash-mgmt-user <word> password cleartext <word>")
def _account(cli: Cli, name: str, password: str) -> None:
    form = cli.device.passwords.hashed(password, "{salt}{digest}")
    cli.change(lambda found: found.accounts.update({name: form}))


@config.command("hash-mgmt-user <word> password hash <word>")
def _account_again(cli: Cli, name: str, form: str) -> None:
    cli.change(lambda found: found.accounts.update({name: form}))


@config.command("no hash-mgmt-user <word>")
def _no_account(cli: Cli, name: str) -> None:
    cli.change(lambda found: found.accounts.pop(name, None))


@config.command("time-range <word> periodic <word> <clock> to <clock>")
def _range(cli: Cli, name: str, day: str, start: str, end: str) -> None:
    if day not in DAYS or start >= end:
        raise CliError("% Parse error")
    cli.change(lambda found: found.ranges.update({name: f"periodic {day} {start} to {end}"}))


@config.command("no time-range <word>")
def _no_range(cli: Cli, name: str) -> None:
    cli.change(lambda found: found.ranges.pop(name, None))


# -- radios


@config.command("arm")
def _arm(cli: Cli) -> None:
    cli.context = Context.ARM


@config.command("no arm")
def _no_arm(cli: Cli) -> None:
    cli.change(lambda found: setattr(found, "arm", Arm()))


@arm.command("wide-bands <word>")
def _wide(cli: Cli, bands: str) -> None:
    if bands not in WIDE:
        raise CliError("% Parse error")
    cli.change(lambda found: setattr(found.arm, "wide_bands", bands))


def _add_arm() -> None:
    for flag in ("80mhz-support", "160mhz-support"):

        def on(cli: Cli, flag: str = flag) -> None:
            cli.change(lambda found: found.arm.flags.add(flag))

        def off(cli: Cli, flag: str = flag) -> None:
            cli.change(lambda found: found.arm.flags.discard(flag))

        arm.command(flag)(on)
        arm.command(f"no {flag}")(off)
    for letter in ("a", "g"):

        def put(cli: Cli, channels: str, letter: str = letter) -> None:
            cli.change(lambda found: setattr(found.arm, f"{letter}_channels", channels))

        def clear(cli: Cli, letter: str = letter) -> None:
            cli.change(lambda found: setattr(found.arm, f"{letter}_channels", None))

        arm.command(f"{letter}-channels <word>")(put)
        arm.command(f"no {letter}-channels")(clear)


def _add_radios() -> None:
    for letter, context in (("a", Context.RADIO_A), ("g", Context.RADIO_G)):

        def enter(cli: Cli, letter: str = letter, context: Context = context) -> None:
            cli.change(lambda found: found.radios.setdefault(letter, Radio()))
            cli.context = context

        def remove(cli: Cli, letter: str = letter) -> None:
            cli.change(lambda found: found.radios.pop(letter, None))

        config.command(f"rf dot11{letter}-radio-profile")(enter)
        config.command(f"no rf dot11{letter}-radio-profile")(remove)
        for end in ("min", "max"):

            def put(cli: Cli, power: str, letter: str = letter, end: str = end) -> None:
                cli.change(lambda found: setattr(found.radios[letter], f"{end}_power", power))

            def clear(cli: Cli, letter: str = letter, end: str = end) -> None:
                cli.change(lambda found: setattr(found.radios[letter], f"{end}_power", None))

            GRAMMARS[context].command(f"{end}-tx-power <power>")(put)
            GRAMMARS[context].command(f"no {end}-tx-power")(clear)


_add_scalars()
_add_arm()
_add_radios()
