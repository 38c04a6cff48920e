"""Expectations that are wrong by the MIB: where another system's reading is not to be followed.

A row names the recording, what is judged, what the other system says, the object that says
otherwise, and why. `make score` leaves these out of the shares and lists them.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class WrongExpectation:
    """One expectation that a MIB object contradicts."""

    recording: str
    subject: str
    expected: str
    mib_object: str
    why: str


WRONG_EXPECTATIONS = (
    WrongExpectation(
        "procurve",
        "neighbours",
        "Aruba",
        "LLDP-MIB lldpRemSysName",
        "the neighbour tells no name: this one is its vendor's, found by its address",
    ),
    WrongExpectation(
        "ironware",
        "model",
        "NetIron CER 2024F4X",
        "ENTITY-MIB entPhysicalModelName",
        "the device writes NetIron CER 2024F-4X: this spelling is of the other system's list",
    ),
    WrongExpectation(
        "aruba-instant",
        "serial",
        "PHRCKYJ2RR",
        "AI-AP-MIB aiAPSerialNum",
        "that of the first row of aiAccessPointTable, not of the access point that answers",
    ),
    WrongExpectation(
        "aruba-instant",
        "wireless",
        "frequency 0",
        "AI-AP-MIB aiRadioChannel",
        "channel 0 is that of an air monitor, which has no frequency",
    ),
    WrongExpectation(
        "fortiap_fap231g",
        "wireless",
        "frequency 0",
        "FORTINET-FORTIAP-MIB fapRadioChannelOper",
        "channel 0 is that of a radio that only listens, which has no frequency",
    ),
    WrongExpectation(
        "fortiap_fap231g",
        "wireless",
        "power 50",
        "FORTINET-FORTIAP-MIB fapRadioTxPowerOper",
        "the radio that only listens (channel 0) transmits nothing, and no radio 50 dBm",
    ),
    WrongExpectation(
        "lcos_oap-321",
        "wireless",
        "rssi 24",
        "LCOS-MIB lcsStatusWlanCompetingNetworksEntrySignalLevel",
        "a level in per cent (ours is quality_percent): nothing is received at +24 dBm",
    ),
    WrongExpectation(
        "merakimr_cw9176",
        "wireless",
        "frequency 2432",
        "IEEE802dot11-MIB dot11CurrentChannel",
        "channel 5 of the third radio is one of 6 GHz, not of 2.4 GHz",
    ),
    WrongExpectation(
        "pepwave",
        "wireless",
        "clients 1",
        "WLC wlcNumApOnline",
        "it counts access points (ours is ap_count), not clients",
    ),
)


def wrong_expectations(recording: str) -> set[tuple[str, str]]:
    """Return (subject, expected) of a recording's expectations that are wrong."""
    return {(row.subject, row.expected) for row in WRONG_EXPECTATIONS if row.recording == recording}
