"""Reads Meraki access points: sysDescr, and the channels of IEEE802dot11-MIB.

Everything else is told by the cloud they are managed from.
"""

from collections.abc import Mapping
from dataclasses import replace

from inventory.observation import Metric, Observation, Radio
from inventory.vendors.mib import MibView, Oid, dotted, oid
from inventory.vendors.standard import words
from inventory.vendors.standard.channels import band_of_channel, frequency_mhz
from inventory.vendors.standard.profile import Profile, reading

_CHANNEL = oid("1.2.840.10036.4.5.1.1")  # dot11CurrentChannel, index ifIndex


def _groups(view: MibView) -> Mapping[Oid, int]:
    """Return the channel of each radio by its first interface: the BSSs of a radio stand in a row.

    A radio has up to 15 interfaces, all on its channel.
    """
    found: dict[Oid, int] = {}
    before = None
    for index, channel in view.integers(_CHANNEL).items():
        if channel != before:
            found[index] = channel
        before = channel
    return found


def _radios(view: MibView) -> list[tuple[Oid, Radio]]:
    """Return the radios. dot11CurrentChannel does not tell 6 GHz from the other bands.

    The radios stand in the order of their bands, so a low number after a 5 GHz channel is no
    channel of 2.4 GHz; what it is of cannot be told.
    """
    found = []
    highest = 0
    for place, (index, channel) in enumerate(_groups(view).items()):
        band = band_of_channel(channel)
        if channel < highest and band != "6":
            band = None
        highest = max(highest, channel)
        found.append(
            (
                index,
                Radio(
                    index=place,
                    name=f"radio {place}",
                    band=band,
                    channel=channel or None,
                    frequency_mhz=frequency_mhz(band, channel),
                ),
            )
        )
    return found


def _refine(view: MibView, read: Observation) -> Observation:
    radios = _radios(view)
    figures = [
        Metric(name, radio.name, float(number), unit, dotted((*_CHANNEL, *index)))
        for index, radio in radios
        for name, number, unit in (
            ("channel", radio.channel, ""),
            ("frequency_mhz", radio.frequency_mhz, "MHz"),
        )
        if number
    ]
    return replace(
        read, radios=tuple(radio for _, radio in radios), metrics=(*read.metrics, *figures)
    )


READING = reading(
    Profile(
        family="merakimr",
        vendor="Cisco Meraki",
        recognise=words.recogniser(
            words.Sign(words=r"^=?(Meraki (MR|CW)|Cisco Wireless CW)", sureness=90)
        ),
        model=(words.described(r"\b((?:MR|CW)\d\w*)"),),
        serial=(),
        firmware=(),
        columns=(_CHANNEL,),
        refine=_refine,
    )
)
