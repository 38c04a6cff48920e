"""Secrets that a device does not show as they were typed.

After a verified push the keyed digest of what is displayed is kept with the name of the secret.
While both the displayed form and the secret are what they were then, the secret counts as
unchanged; another form is drift, another secret is a change. What a form hides is never guessed at.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deploy.render import names_by_value
from inventory.vendors.configuration import Grammar

Fingerprint = Callable[[str], str]


@dataclass(frozen=True, slots=True)
class KeptForm:
    """What was displayed for a secret after the last verified push, as a digest."""

    secret_name: str
    digest: str


def form_digest(fingerprint: Fingerprint, displayed: str, value: str) -> str:
    """Return the keyed digest of a displayed form together with the secret that it stood for."""
    return fingerprint(f"{displayed}\n{value}")


def known_forms(
    grammar: Grammar,
    shown: str,
    kept: Mapping[str, KeptForm],
    values: Mapping[str, str],
    fingerprint: Fingerprint,
) -> dict[str, str]:
    """Return the names of secrets by the displayed forms in `shown` that are still theirs.

    `kept` is by path. A secret whose value is not among `values` is not told.
    """
    first = names_by_value(values)
    found = {}
    for path, displayed in grammar.hashed_forms(shown).items():
        form = kept.get(path)
        value = values.get(form.secret_name) if form else None
        if form and value is not None and form.digest == form_digest(fingerprint, displayed, value):
            found[displayed] = first[value]
    return found
