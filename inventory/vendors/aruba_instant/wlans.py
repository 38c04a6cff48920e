"""AI-AP-MIB's WLANs: SSIDs of the cluster, and what each radio of an access point sends of them."""

from collections import Counter
from collections.abc import Mapping

from inventory.observation import Wlan
from inventory.vendors.mib import MibView, Oid, mac, oid

_INSTANT = "1.3.6.1.4.1.14823.2.3.3.1"
# aiWlanSSIDTable: name, status, clients.
SSID, SSID_CLIENTS = oid(f"{_INSTANT}.1.7.1.2"), oid(f"{_INSTANT}.1.7.1.4")
_SSID_STATUS = oid(f"{_INSTANT}.1.7.1.3")
_DISABLED = 1  # aiSSIDStatus counts from 0: enable(0), disable(1)
# aiRadioMACAddress; aiWlanTable, index the access point's address and a number: SSID, BSSID.
_RADIO_MAC = oid(f"{_INSTANT}.2.2.1.3")
_BSS_SSID, _BSSID = oid(f"{_INSTANT}.2.3.1.3"), oid(f"{_INSTANT}.2.3.1.4")
# aiClientMACAddress, aiClientWlanMACAddress: counted, and not kept
CLIENT, _CLIENT_BSSID = oid(f"{_INSTANT}.2.4.1.1"), oid(f"{_INSTANT}.2.4.1.2")
COLUMNS = (SSID, _SSID_STATUS, SSID_CLIENTS, _RADIO_MAC, _BSS_SSID, _BSSID, CLIENT, _CLIENT_BSSID)
_OF_RADIO = 11  # a radio's BSSIDs are its own address with another last digit
_NO_ADDRESS = "0" * 12


def ssids(view: MibView) -> dict[Oid, str]:
    """Return the SSIDs that are enabled, by aiSSIDIndex."""
    states = view.integers(_SSID_STATUS)
    return {i: ssid for i, ssid in view.texts(SSID).items() if states.get(i) != _DISABLED}


def all_clients(view: MibView) -> tuple[int, Oid]:
    """Return how many clients a cluster serves and the column that tells it.

    Releases before 8.4 do not count them by SSID: there the rows of aiClientTable are counted.
    """
    counted = view.integers(SSID_CLIENTS)
    if counted:
        return sum(counted.values()), SSID_CLIENTS
    listed, heard = view.column(CLIENT), view.column(_CLIENT_BSSID)
    return len({*listed, *heard}), CLIENT if listed or not heard else _CLIENT_BSSID


def wlans(view: MibView, radio_labels: Mapping[Oid, str]) -> tuple[Wlan, ...]:
    """Return the BSSs with their radios and clients.

    Where they are not told, or have clients that the MIB does not list, the SSIDs are returned.
    """
    bssids = {index: mac(value) for index, value in view.column(_BSSID).items()}
    listed = Counter(mac(value) for value in view.column(_CLIENT_BSSID).values())
    whole = sum(view.integers(SSID_CLIENTS).values())
    sent = {
        index: ssid
        for index, ssid in view.texts(_BSS_SSID).items()
        if bssids.get(index) not in (None, _NO_ADDRESS)
    }
    if not sent or (whole and not listed):
        return tuple(
            Wlan(ssid, clients=view.integer((*SSID_CLIENTS, *index)))
            for index, ssid in ssids(view).items()
        )
    radios = {
        (mac(value) or "")[:_OF_RADIO]: radio_labels.get(index)
        for index, value in view.column(_RADIO_MAC).items()
    }
    return tuple(
        Wlan(
            ssid,
            bssid=bssids[index],
            radio=radios.get((bssids[index] or "")[:_OF_RADIO]),
            clients=listed[bssids[index]],
        )
        for index, ssid in sent.items()
    )
