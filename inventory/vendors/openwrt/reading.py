"""Reads OpenWrt through net-snmp: the standard MIBs, and OpenWrt's own or scripts under `extend`.

OpenWrt's net-snmp knows nothing of radios. What it tells of them comes from an agent beside it
(`wireless_mib`), or from scripts that the administrator (or our configuration) names in
/etc/config/snmpd; the folder's README lists them. NET-SNMP-EXTEND-MIB's tables are indexed by the
script's name, so the name is the knowledge.
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from inventory.observation import Identity, Metric, Observation, Radio, Wlan
from inventory.vendors.mib import MibView, Oid, decimal, dotted, oid, text
from inventory.vendors.openwrt import wireless_mib
from inventory.vendors.reading import (
    BY_ITS_OWN_WORD,
    BY_PRODUCT,
    NOT_OURS,
    SYS_DESCR,
    Reading,
    under,
)
from inventory.vendors.standard import entity, observation, system
from inventory.vendors.standard.channels import band, channel

# NET-SNMP-EXTEND-MIB nsExtendOutput1Table and nsExtendOutput2Table, index nsExtendToken.
_FIRST_LINE = oid("1.3.6.1.4.1.8072.1.3.2.3.1.1")
_FULL_OUTPUT = oid("1.3.6.1.4.1.8072.1.3.2.3.1.2")
_NET_SNMP_LINUX = "1.3.6.1.4.1.8072.3.2.10"


def token(name: str) -> Oid:
    """Return a script's name as an index: its length, then its octets (RFC 2578 clause 7.7)."""
    octets = name.encode()
    return (len(octets), *octets)


_DISTRO = (*_FIRST_LINE, *token("distro"))
_HARDWARE = (*_FIRST_LINE, *token("hardware"))
_SERIAL = (*_FIRST_LINE, *token("serial"))
# The same scripts under UCD-SNMP-MIB's form of `exec` with an OID (extOutput's first line), which
# OpenWrt's net-snmp package offers as `miboid` and older guides use.
_EXEC_DISTRO, _EXEC_HARDWARE = (oid(f"1.3.6.1.4.1.2021.7890.{n}.101.1") for n in (1, 2))
_COLUMNS = (
    *observation.COLUMNS,
    _FIRST_LINE,
    (*_FULL_OUTPUT, *token("interfaces")),
    _EXEC_DISTRO[:-1],
    _EXEC_HARDWARE[:-1],
    *wireless_mib.COLUMNS,
)

# "clients-wlan0", "snr-wlan0-min", "rate-tx-phy0-ap0-avg"; what is between is the interface.
_FIGURE = re.compile(
    r"(?P<figure>clients|frequency|channel|noise-floor|txpower|utilisation|ssid|bssid|snr"
    r"|rate-tx|rate-rx)-(?P<interface>.+?)(?:-(?P<of>min|avg|max))?"
)
_METRICS = {
    "clients": ("clients", ""),
    "frequency": ("frequency_mhz", "MHz"),
    "channel": ("channel", ""),
    "noise-floor": ("noise_floor_dbm", "dBm"),
    "txpower": ("tx_power_dbm", "dBm"),
    "utilisation": ("utilisation_percent", "%"),
    "snr": ("snr_db", "dB"),
    "rate-tx": ("rate_bps", "bit/s"),
    "rate-rx": ("rate_bps", "bit/s"),
}
_ALL_INTERFACES = "wlan"  # `clients-wlan` adds all interfaces up

_PROBES = (_DISTRO, _EXEC_DISTRO, wireless_mib.CLIENT_COUNT)
_RELEASE = re.compile(r"(?:OpenWrt|LEDE) (\d\S*|SNAPSHOT\S*)")  # LEDE 17.01 was OpenWrt's name


def _recognise(view: MibView) -> int:
    """OpenWrt says so in its own MIB, in its `distro` script, or in a kernel name nobody changed.

    A plain net-snmp on Linux says nothing of it: it stays generic.
    """
    if _release(view).startswith(("OpenWrt", "LEDE")) or wireless_mib.answered(view):
        return BY_ITS_OWN_WORD
    if under(view, wireless_mib.OPENWRT):
        return BY_PRODUCT
    if under(view, _NET_SNMP_LINUX) and re.search(r"\bopenwrt\b", _descr(view), re.IGNORECASE):
        return BY_PRODUCT
    return NOT_OURS


def _release(view: MibView) -> str:
    return view.text(_DISTRO) or view.text(_EXEC_DISTRO) or ""


def _descr(view: MibView) -> str:
    return view.text(SYS_DESCR) or ""


def _observe(view: MibView) -> Observation:
    read = observation.observe(view, _identity(view))
    own = wireless_mib.answered(view)
    metrics = wireless_mib.metrics(view) if own else _metrics(view)
    return replace(
        read,
        radios=wireless_mib.radios(view) if own else _radios(view),
        wlans=_wlans(view),
        metrics=(*read.metrics, *metrics),
    )


def _identity(view: MibView) -> Identity:
    boxes = entity.chassis(entity.entities(view))
    return system.identity(
        view,
        "openwrt",
        vendor="OpenWrt",
        model=view.text(wireless_mib.MODEL)
        or view.text(_HARDWARE)
        or view.text(_EXEC_HARDWARE)
        or (boxes[0].model if boxes else None),
        serial=view.text(_SERIAL) or (boxes[0].serial if boxes else None),
        firmware=_own_version(view) or _version(_release(view)) or _version(_descr(view)),
    )


def _own_version(view: MibView) -> str | None:
    written = view.text(wireless_mib.VERSION)
    return written.removeprefix("OpenWrt ") if written else None


def _version(words: str) -> str | None:
    """Return `21.02.0-rc4` from "OpenWrt 21.02.0-rc4 r16256-2d5ee43dc6"; a kernel is no version."""
    found = _RELEASE.match(words)
    return found[1] if found else None


def _figures(view: MibView) -> Iterator[tuple[str, str, str | None, Oid]]:
    """Yield (figure, interface, min/avg/max, the OID of its first line)."""
    for index in view.column(_FIRST_LINE):
        name = _script(index)
        found = _FIGURE.fullmatch(name) if name else None
        if found:
            yield found["figure"], found["interface"], found["of"], (*_FIRST_LINE, *index)


def _script(index: Oid) -> str | None:
    octets = index[1:]
    if len(octets) != index[0] or any(octet > 0x7F for octet in octets):
        return None
    name = bytes(octets).decode()
    return name if name.isprintable() else None


def _metrics(view: MibView) -> list[Metric]:
    labels = _labels(view)
    found = []
    for figure, interface, of, source in _figures(view):
        value = decimal(view.get(source))
        if figure not in _METRICS or value is None:
            continue
        name, unit = _METRICS[figure]
        direction = figure[-2:] if figure.startswith("rate-") else None
        words = (labels.get(interface, interface), direction, of)
        label = " ".join(word for word in words if word)
        found.append(Metric(name, label, value, unit, dotted(source)))
    return found


def _labels(view: MibView) -> dict[str, str]:
    """Return what the `interfaces` script calls each wireless interface: lines `wlan0,label`."""
    written = text(view.get((*_FULL_OUTPUT, *token("interfaces")))) or ""
    pairs = (line.strip().strip('"').partition(",") for line in written.splitlines())
    return {name: label for name, comma, label in pairs if comma and label}


def _by_interface(view: MibView) -> dict[str, dict[str, str]]:
    """Return the plain figures (no min, avg or max) of each wireless interface, as text."""
    found: dict[str, dict[str, str]] = {}
    for figure, interface, of, source in _figures(view):
        written = view.text(source)
        if of is None and written is not None and interface != _ALL_INTERFACES:
            found.setdefault(interface, {})[figure] = written
    return found


def _radios(view: MibView) -> tuple[Radio, ...]:
    """Return one radio for each frequency, counting the clients of all its interfaces.

    The scripts know interfaces, not radios: those on one frequency share a radio, for OpenWrt
    runs all interfaces of a radio on its channel.
    """
    radios: dict[int, Radio] = {}
    for interface, figures in sorted(_by_interface(view).items()):
        frequency = _whole(figures.get("frequency"))
        if frequency is None:
            continue
        clients = _whole(figures.get("clients"))
        known = radios.get(frequency)
        if known is not None:
            total = (known.clients or 0) + clients if clients is not None else known.clients
            radios[frequency] = replace(known, clients=total)
            continue
        radios[frequency] = Radio(
            index=len(radios),
            name=_radio_name(interface, len(radios)),
            band=band(frequency),
            channel=_whole(figures.get("channel")) or channel(frequency),
            frequency_mhz=frequency,
            tx_power_dbm=_number(figures.get("txpower")),
            noise_floor_dbm=_number(figures.get("noise-floor")),
            utilisation_percent=_number(figures.get("utilisation")),
            clients=clients,
        )
    return tuple(radios.values())


def _radio_name(interface: str, place: int) -> str:
    """Return `radioN`: N is the phy's number in `phy1-ap0` (since 23.05) or `wlan1` (before)."""
    found = re.match(r"(?:phy|wlan)(\d+)", interface)
    return f"radio{found[1] if found else place}"


def _wlans(view: MibView) -> tuple[Wlan, ...]:
    found = []
    for interface, figures in sorted(_by_interface(view).items()):
        if ssid := figures.get("ssid"):
            bssid = re.sub(r"[^0-9a-f]", "", figures.get("bssid", "").lower())
            found.append(
                Wlan(
                    ssid=ssid,
                    bssid=bssid if len(bssid) == 12 else None,
                    radio=_radio_name(interface, 0),
                    clients=_whole(figures.get("clients")),
                )
            )
    return tuple(found)


def _number(written: str | None) -> float | None:
    return decimal(written.encode()) if written is not None else None


def _whole(written: str | None) -> int | None:
    number = _number(written)
    return int(number) if number is not None else None


READING = Reading(recognise=_recognise, columns=_COLUMNS, observe=_observe, probes=_PROBES)
