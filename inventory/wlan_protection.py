"""What SSH tells of a device's networks, laid beside what SNMP told of them."""

from collections.abc import Iterable, Sequence
from dataclasses import replace

from inventory.observation import Wlan


def with_protection(told: Sequence[Wlan], read: Sequence[Wlan]) -> tuple[Wlan, ...]:
    """Return the networks that were told, with what was `read` of each where nothing was told.

    A network is known again by its BSSID, else by its SSID and radio, else by its SSID where all
    that was read of that SSID agrees. A device that tells no network at all has those read.
    """
    if not told:
        return tuple(read)
    return tuple(_filled(each, _same(each, read)) for each in told)


def untold(wlans: Sequence[Wlan]) -> bool:
    """Return whether these networks leave open how some network is protected."""
    return not wlans or any(each.security is None for each in wlans)


def _same(wlan: Wlan, read: Sequence[Wlan]) -> Wlan | None:
    by_bssid = [each for each in read if wlan.bssid and each.bssid == wlan.bssid]
    by_ssid = [each for each in read if each.ssid == wlan.ssid]
    on_radio = [each for each in by_ssid if wlan.radio and each.radio == wlan.radio]
    for found in (by_bssid, on_radio, by_ssid):
        if found and _agree(found):
            return found[0]
    return None


def _agree(wlans: Iterable[Wlan]) -> bool:
    return len({(each.security, each.pmf, each.hidden, each.isolated) for each in wlans}) == 1


def _filled(told: Wlan, read: Wlan | None) -> Wlan:
    if read is None:
        return told
    return replace(
        told,
        security=told.security if told.security is not None else read.security,
        pmf=told.pmf if told.pmf is not None else read.pmf,
        hidden=told.hidden if told.hidden is not None else read.hidden,
        isolated=told.isolated if told.isolated is not None else read.isolated,
    )
