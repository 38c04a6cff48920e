"""Checks that only a person can prove: a trial on the spot, a document in the dossier."""

from collections.abc import Iterator

from inventory.intent import Purpose
from site_surveys.acceptance.evidence import Asked
from site_surveys.acceptance.outcome import Result, State


def word(_: Asked) -> Iterator[Result]:
    """Yield that it is not proved: the word of a person, if there is one, replaces this."""
    yield Result(State.NOT_PROVED, "personne ne s’est encore prononcé")


def document(asked: Asked) -> Iterator[Result]:
    """Yield whether the dossier holds the document that the check names."""
    held = [each for each in asked.evidence.documents if each.kind == asked.check.document]
    if not held:
        yield Result(State.NOT_PROVED, "le document n’est pas joint au dossier")
        return
    newest = held[-1]
    yield Result(State.PASSED, f"{newest.file_name} (SHA-256 {newest.sha256[:12]}…)")


def guest_isolation(asked: Asked) -> Iterator[Result]:
    """Yield whether guests are kept apart: as intended by the plan, then to be tried on the spot.

    A plan that lets guests meet fails at once, whatever anybody tried.
    """
    intents = asked.evidence.access_point_intents
    if not intents:
        yield Result(State.NOT_PROVED, "ce qui est prévu pour les bornes n’est pas connu")
        return
    wlans = [wlan for intent in intents for wlan in intent.wlans]
    guests = [wlan for wlan in wlans if wlan.purpose is Purpose.GUEST]
    if not guests:
        yield Result(State.NOT_APPLICABLE, "aucun réseau d’invités n’est prévu")
        return
    others = {wlan.vlan_id for wlan in wlans if wlan.purpose is not Purpose.GUEST}
    for ssid in sorted({wlan.ssid for wlan in guests if wlan.vlan_id in others}):
        yield Result(State.FAILED, "prévu dans le VLAN d’un autre réseau", ssid)
    open_to_each_other = {wlan.ssid for wlan in guests if not wlan.client_isolation}
    for ssid in sorted(open_to_each_other):
        yield Result(State.FAILED, "prévu sans isolement des clients entre eux", ssid)
    if not open_to_each_other and not {wlan.vlan_id for wlan in guests} & others:
        yield Result(State.NOT_PROVED, "prévu isolé\u00a0; l’essai sur place n’est pas rapporté")
