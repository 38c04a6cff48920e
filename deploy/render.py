"""From intent to the whole configuration that one device should show, secrets by name."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent
from inventory.intent.named_secrets import SecretUse, named_secrets
from inventory.vendors.configuration import NAMED, Configuration, secret_names

_NOTHING: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Intended:
    """What runs and what should, both with their secrets masked; `notes` are for a reviewer."""

    running: str
    intended: str
    notes: tuple[str, ...]


def wanted_secrets(intent: DeviceIntent) -> list[str]:
    """Return the names of the secrets that the intent of a device needs."""
    return sorted({each.name for each in named_secrets(intent.wlans, intent.management)})


def check_secrets(intent: DeviceIntent, values: Mapping[str, str]) -> None:
    """Raise InvalidInput, naming the secret, for one that no device takes.

    Passphrases: IEEE 802.11-2020, annex J.4.1: 8 to 63 characters, each from 32 to 126. SNMPv3: at
    least 8 (RFC 3414, 11.2). Any other goes into lines of text and must not be empty nor hold a
    line's end (RFC 2865, 3, for RADIUS).
    """
    for secret in named_secrets(intent.wlans, intent.management):
        value = values[secret.name]
        if secret.use is SecretUse.WPA:
            fits = 8 <= len(value) <= 63 and all(32 <= ord(sign) <= 126 for sign in value)
            wanted = "is not 8 to 63 ASCII characters"
        elif secret.use is SecretUse.SNMP:
            fits = len(value) >= 8 and value.isprintable()
            wanted = "is shorter than 8 characters or holds control characters"
        else:
            fits = bool(value) and value.isprintable()
            wanted = "is empty or holds control characters"
        if not fits:
            raise InvalidInput(
                f"the {secret.use} {secret.name} of {secret.owner} {wanted}",
                todo=f"run: preau secret set {secret.name}",
            )


def intended_configuration(
    configuration: Configuration,
    intent: DeviceIntent,
    running: str,
    values: Mapping[str, str],
    known: Mapping[str, str] = _NOTHING,
) -> Intended:
    """Return the masked running and intended configurations of one device.

    `running` is as the device shows it, `values` holds the secrets that the intent names, `known`
    their names by the hashed forms that the device shows of them. Where two names have one value,
    the first in order stands for both, so that equal is equal. Raises InvalidInput when the intent
    cannot be put on the device.
    """
    check_secrets(intent, values)
    names = names_by_value(values)
    masked = configuration.grammar.scrub(running, {**names, **known})
    rendered = configuration.render(intent, masked)
    _check_forms(configuration, rendered.text, values)
    text = NAMED.sub(
        lambda match: f"‹secret:{names.get(values.get(match[1], ''), match[1])}›", rendered.text
    )
    return Intended(masked, text, rendered.notes)


def _check_forms(configuration: Configuration, text: str, values: Mapping[str, str]) -> None:
    form = configuration.secret_form
    for name in sorted(secret_names(text)) if form else ():
        if form and not form.fullmatch(values.get(name, "")):
            raise InvalidInput(
                f"the secret {name} holds characters that the command line of the device refuses",
                todo=f"use letters, digits and simple signs: preau secret set {name}",
            )


def names_by_value(values: Mapping[str, str]) -> dict[str, str]:
    """Return the first name in order for each value."""
    return {values[name]: name for name in sorted(values, reverse=True)}


def lines_of(text: str) -> Sequence[str]:
    """Return the lines of a stored remediation or rollback."""
    return text.splitlines()
