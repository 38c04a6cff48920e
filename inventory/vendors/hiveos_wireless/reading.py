"""Reads HiveOS: AH-SYSTEM-MIB and AH-INTERFACE-MIB."""

from collections.abc import Callable, Mapping

from inventory.vendors.mib import MibView, Oid, Value, decimal, oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge
from inventory.vendors.standard.wireless_tables import RadioTable, WlanTable

_SYSTEM = "1.3.6.1.4.1.26928.1.2"  # AH-SYSTEM-MIB
_INTERFACE = "1.3.6.1.4.1.26928.1.1.1.2.1"  # AH-INTERFACE-MIB
_IF_NAME = oid(f"{_INTERFACE}.1.1.1")  # ahIfName, index ifIndex
_RADIO = f"{_INTERFACE}.5.1"  # ahRadioAttributeTable, index ifIndex
_IF_PHYS_ADDRESS = oid("1.3.6.1.2.1.2.2.1.6")


def _noise_dbm(value: Value) -> float | None:
    """Return ahRadioNoiseFloor: "the actual value plus 256 dBm"; 0 is none measured."""
    number = decimal(value)
    return None if not number else number - 256 if number > 0 else number


def _names(view: MibView) -> Mapping[Oid, str]:
    return view.texts(_IF_NAME) or view.texts(oid("1.3.6.1.2.1.31.1.1.1.1"))


def _radio_of(view: MibView) -> Callable[[Oid], str | None]:
    """Return the radio of a virtual interface: `wifi0.3` is one of `wifi0`."""
    names = _names(view)
    return lambda index: names.get(index, "").partition(".")[0] or None


_AIR = Air(
    radios=RadioTable(
        names=_names,
        channel=Column(oid(f"{_RADIO}.1")),
        tx_power=Column(oid(f"{_RADIO}.2")),
        noise=Column(oid(f"{_RADIO}.3"), _noise_dbm),
        more_columns=(_IF_NAME,),
    ),
    wlans=WlanTable(
        ssid=oid(f"{_INTERFACE}.1.1.2"),  # ahSSIDName, index ifIndex
        bssid=_IF_PHYS_ADDRESS,
        stations=oid(f"{_INTERFACE}.2.1.10"),  # ahClientSSID
        radio=_radio_of,
        no_ssid=r"^N/A$",
    ),
    gauges=(Gauge("clients", "all SSIDs", "", oid(f"{_SYSTEM}.9")),),  # ahClientCount
)

READING = reading(
    Profile(
        family="hiveos_wireless",
        vendor="Extreme Networks",
        recognise=words.recogniser(
            # Aerohive's switches (SR…) stand under the same number and say HiveOS too.
            words.Sign(("1.3.6.1.4.1.26928",), without=r"^SR\d"),
            words.Sign(words=r"^(Hive)?AP\w+, (HiveOS|IQ Engine)"),
        ),
        model=(words.instance(f"{_SYSTEM}.6.0"), words.described(r"^([^,]+), \w")),
        serial=(words.instance(f"{_SYSTEM}.5.0"),),  # ahSystemSerial
        firmware=(
            words.instance(f"{_SYSTEM}.12.0", r"^(?:HiveOS |IQ Engine )?(.*)"),  # ahFirmwareVersion
            words.described(r", (?:HiveOS|IQ Engine) (.*)"),
        ),
        figures=(
            health.cpu(f"{_SYSTEM}.3"),
            health.memory(f"{_SYSTEM}.4"),
            health.temperature(f"{_SYSTEM}.10"),  # ahEnvirmentTemp
        ),
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
