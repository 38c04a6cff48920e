"""Reads ePMP: CAMBIUM-PMP80211-MIB."""

from inventory.vendors.mib import MibView, oid
from inventory.vendors.standard import health, words
from inventory.vendors.standard.profile import Profile, reading
from inventory.vendors.standard.wireless import Air
from inventory.vendors.standard.wireless_columns import Column, Gauge, told
from inventory.vendors.standard.wireless_tables import RadioTable

_EPMP = "1.3.6.1.4.1.17713.21"
_SYSTEM, _LINK = f"{_EPMP}.1.1", f"{_EPMP}.1.2"
_MODE = oid(f"{_EPMP}.3.8.2.1.0")  # wirelessInterfaceMode: 1 access point, 2 subscriber
_SUBMODE = oid(f"{_SYSTEM}.33.0")  # cambiumSubModeType: 4 and 5 are point to point
_AP, _SUBSCRIBER = 1, 2
_PTP_SLAVE, _PTP_MASTER = 4, 5


def _model(view: MibView) -> str | None:
    """Return what the radio is set up as: the MIB does not tell the product's name."""
    mode, submode = view.integer(_MODE), view.integer(_SUBMODE)
    if mode == _AP:
        return "ePTP Master" if submode == _PTP_MASTER else "ePMP AP"
    if mode == _SUBSCRIBER:
        return "ePTP Slave" if submode == _PTP_SLAVE else "ePMP SM"
    return None


_AIR = Air(
    radios=RadioTable(
        names=lambda view: dict.fromkeys(view.column(oid(f"{_LINK}.1")), "radio"),
        frequency=Column(oid(f"{_LINK}.1")),  # cambiumSTAConnectedRFFrequency
        clients=Column(oid(f"{_LINK}.10")),  # cambiumAPNumberOfConnectedSTA
    ),
    gauges=(
        Gauge("rssi_dbm", "downlink", "dBm", oid(f"{_LINK}.3"), told()),  # cambiumSTADLRSSI
        Gauge("snr_db", "downlink", "dB", oid(f"{_LINK}.18")),  # cambiumSTADLSNR
    ),
)

EPMP_READING = reading(
    Profile(
        family="epmp",
        vendor="Cambium",
        recognise=words.recogniser(words.Sign((_EPMP,))),
        model=(words.Word(_model, (_MODE[:-1], _SUBMODE[:-1])),),
        serial=(words.instance(f"{_SYSTEM}.31.0"),),  # cambiumEPMPMSN
        firmware=(words.instance(f"{_SYSTEM}.17.0"),),  # cambiumCurrentuImageVersion
        figures=(health.cpu(f"{_EPMP}.2.1.64", scale=0.1),),  # sysCPUUsage, tenths of a per cent
        columns=_AIR.columns,
        refine=_AIR.refine,
    )
)
