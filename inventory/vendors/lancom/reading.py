"""Reads LANCOM's devices: LCOS-MIB and LCOS-LX-MIB, whose tables of radios are alike."""

from collections.abc import Callable, Mapping
from dataclasses import replace

from inventory.observation import Metric, Observation
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard import figures, health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import (
    Column,
    leading_number,
    mac_in_index,
    text_in_index,
    told,
)
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_LCOS = "1.3.6.1.4.1.2356.11"
_LX = "1.3.6.1.4.1.2356.13"
_FIRMWARE = f"{_LCOS}.3.1.1"  # lcsFirmwareVersionTable, index the module: eIfc is the device
_HARDWARE = f"{_LCOS}.1.47"  # lcsStatusHardwareInfo: model, serial, version
_COMPETING = f"{_LCOS}.1.3.44.1"  # lcsStatusWlanCompetingNetworksTable, index the BSSID
_PEER_NAME = oid(f"{_COMPETING}.31")
_SIGNAL, _RATE = oid(f"{_COMPETING}.10"), oid(f"{_COMPETING}.35")


def _radios(entry: str) -> RadioTable:
    """Return the table of radios, whose index is the interface's name (`WLAN-1`)."""
    channel = oid(f"{entry}.3")

    def names(view: MibView) -> Mapping[Oid, str]:
        return {index: text_in_index(index) or "" for index in view.column(channel)}

    return RadioTable(
        names=names,
        channel=Column(channel, leading_number),
        noise=Column(oid(f"{entry}.5"), told(leading_number)),
        utilisation=Column(oid(f"{entry}.6"), leading_number),  # …ModemLoad
        tx_power=Column(oid(f"{entry}.7"), leading_number),  # written `18 dBm` by some releases
    )


def _radio(_: MibView) -> Callable[[Oid], str | None]:
    """Return the radio of a network's interface: `WLAN-1-2` is the second network of `WLAN-1`."""
    return lambda index: "-".join((text_in_index(index) or "").split("-")[:2]) or None


_LCOS_AIR = Air(
    radios=_radios(f"{_LCOS}.1.3.57.1"),  # lcsStatusWlanRadiosTable
    # lcsStatusWlanNetworksTable, index the interface's name: …EntryNetworkName
    wlans=WlanTable(ssid=oid(f"{_LCOS}.1.3.56.1.3"), radio=_radio),
)
_LX_AIR = Air(radios=_radios(f"{_LX}.1.3.57.1"))  # lcosLXStatusWLANRadiosTable


def _refine(view: MibView, read: Observation) -> Observation:
    seen = _LCOS_AIR.refine(view, read)
    return replace(seen, metrics=(*seen.metrics, *_heard(view)))


def _heard(view: MibView) -> list[Metric]:
    """Return the quality and the rate (Mbit/s in the MIB) of what the radios hear.

    A row that names a peer is a point to point link; the others are foreign networks.
    """
    rows = (*view.column(_SIGNAL), *view.column(_RATE))
    labels = {index: f"heard {mac_in_index(index) or dotted(index)}" for index in rows}
    labels |= view.texts(_PEER_NAME)
    return [
        *figures.column(view, _SIGNAL, "quality_percent", "%", labels=labels),
        *figures.column(view, _RATE, "rate_bps", "bit/s", labels=labels, scale=1e6),
    ]


LCOS_READING = reading(
    Profile(
        family="lcos",
        vendor="LANCOM",
        recognise=words.recogniser(
            words.Sign((f"{_LCOS}.8", "1.3.6.1.4.1.2356.500", "1.3.6.1.4.1.2356.600")),
            # LANCOM's switches (GS-, XS- …) stand under the same number and run another system.
            words.Sign(
                ("1.3.6.1.4.1.2356",),
                r"^LANCOM \S+.*\d+\.\d+\.\d{4}",
                without=r"^LANCOM (ES|GS|IGS|XS|YS|CS|QGS)-",
                sureness=70,
            ),
        ),
        model=(
            words.first(f"{_FIRMWARE}.2"),
            words.instance(f"{_HARDWARE}.6.0"),
            words.described(r"^(LANCOM \S+)"),
        ),
        serial=(
            words.first(f"{_FIRMWARE}.4"),
            words.instance(f"{_HARDWARE}.7.0"),
            words.described(r" (\d{16})\b"),
        ),
        firmware=(
            words.first(f"{_FIRMWARE}.3"),
            words.instance(f"{_HARDWARE}.9.0"),
            words.described(r"(\d+\.\d+\.\d{4}\w* / \d\d\.\d\d\.\d{4})"),
        ),
        figures=(health.temperature(f"{_HARDWARE}.20"),),
        columns=(*_LCOS_AIR.columns, _PEER_NAME, _SIGNAL, _RATE),
        refine=_refine,
    )
)
LCOSLX_READING = reading(
    Profile(
        family="lcoslx",
        vendor="LANCOM",
        recognise=words.recogniser(words.Sign((f"{_LX}.8",)), words.Sign(words=r"\(LCOS-LX: ")),
        model=(words.described(r"^(?:LANCOM )?(L[WXN]-\w+)"),),
        serial=(words.instance(f"{_LX}.1.47.7.0"),),  # lcosLXStatusHardwareInfoSerialNumber
        firmware=(
            words.instance(f"{_LX}.1.47.9.0"),  # …SWVersion
            words.described(r"LCOS-LX: ([\w.]+)"),
        ),
        figures=(
            # …TotalMemoryKbytes, …FreeMemoryKbytes
            health.MemoryShare(total=oid(f"{_LX}.1.47.4"), free=oid(f"{_LX}.1.47.5")),
        ),
        columns=_LX_AIR.columns,
        refine=_LX_AIR.refine,
    )
)
