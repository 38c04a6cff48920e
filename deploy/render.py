"""From intent to the whole configuration that one device should show, secrets by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent
from inventory.vendors.configuration import NAMED, Configuration


@dataclass(frozen=True, slots=True)
class Intended:
    """What runs and what should, both with their secrets masked; `notes` are for a reviewer."""

    running: str
    intended: str
    notes: tuple[str, ...]


def wanted_secrets(intent: DeviceIntent) -> list[str]:
    """Return the names of the secrets that the intent of a device needs."""
    names = {wlan.passphrase_secret for wlan in intent.wlans if wlan.security.personal}
    names |= {
        server.secret_name
        for wlan in intent.wlans
        if wlan.security.enterprise
        for server in wlan.radius_servers
    }
    return sorted(name for name in names if name)


def check_secrets(intent: DeviceIntent, values: Mapping[str, str]) -> None:
    """Raise InvalidInput, naming the secret, for a passphrase that no access point takes.

    IEEE 802.11-2020, annex J.4.1: 8 to 63 characters, each from 32 to 126. A RADIUS secret goes
    into lines of text and must not be empty nor hold a line's end (RFC 2865, 3).
    """
    for wlan in intent.wlans:
        if wlan.security.personal and wlan.passphrase_secret:
            value = values[wlan.passphrase_secret]
            if not 8 <= len(value) <= 63 or not all(32 <= ord(sign) <= 126 for sign in value):
                raise InvalidInput(
                    f"the passphrase {wlan.passphrase_secret} of the WLAN {wlan.name} "
                    "is not 8 to 63 ASCII characters",
                    todo=f"run: preau secret set {wlan.passphrase_secret}",
                )
    for name in wanted_secrets(intent):
        if not values[name] or not values[name].isprintable():
            raise InvalidInput(f"the secret {name} is empty or holds control characters")


def intended_configuration(
    configuration: Configuration, intent: DeviceIntent, running: str, values: Mapping[str, str]
) -> Intended:
    """Return the masked running and intended configurations of one device.

    `running` is as the device shows it, `values` holds the secrets that the intent names. Where two
    names have one value, the first in order stands for both, so that equal is equal. Raises
    InvalidInput when the intent cannot be put on the device.
    """
    check_secrets(intent, values)
    names = names_by_value(values)
    masked = configuration.grammar.scrub(running, names)
    rendered = configuration.render(intent, masked)
    text = NAMED.sub(
        lambda match: f"‹secret:{names.get(values.get(match[1], ''), match[1])}›", rendered.text
    )
    return Intended(masked, text, rendered.notes)


def names_by_value(values: Mapping[str, str]) -> dict[str, str]:
    """Return the first name in order for each value."""
    return {values[name]: name for name in sorted(values, reverse=True)}


def lines_of(text: str) -> Sequence[str]:
    """Return the lines of a stored remediation or rollback."""
    return text.splitlines()
