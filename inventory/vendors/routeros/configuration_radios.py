"""The radios of a RouterOS device with the `wifi` package: their bands, and what is on them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from inventory.intent import Band
from inventory.vendors.records import Record
from inventory.vendors.routeros.configuration_export import RADIO, WIFI


@dataclass(frozen=True, slots=True)
class Radio:
    """A radio's own interface; `ssid` is what is configured on it and is not ours."""

    record: Record
    name: str
    band: Band | None
    lit: bool
    ssid: str
    profile: str  # the configuration profile that it has


def radios_of(records: Sequence[Record]) -> list[Radio]:
    """Return the radios; the band is told by what is configured, else by the hardware."""
    hardware = {
        r.options.get("interface"): str(r.options.get("bands")) for r in of_menu(records, RADIO)
    }
    channels = {r.key: r for r in of_menu(records, f"{WIFI} channel")}
    profiles = {r.key: r for r in of_menu(records, f"{WIFI} configuration")}
    found = []
    for record in of_menu(records, WIFI):
        if not record.key.startswith("default-name="):
            continue
        name = str(record.options.get("name", record.key.partition("=")[2]))
        profile_name = str(record.options.get("configuration", ""))
        profile = profiles.get(profile_name)
        ours = profile_name.startswith("preau-")
        inherited = "" if profile is None or ours else profile.options.get("ssid", "")
        found.append(
            Radio(
                record=record,
                name=name,
                band=_band(record, profile, channels) or _band_of_words(hardware.get(name, "")),
                lit=record.options.get("disabled") == "no",
                ssid=str(record.options.get("configuration.ssid", inherited)),
                profile=profile_name,
            )
        )
    return found


def of_menu(records: Sequence[Record], package: str) -> list[Record]:
    """Return the records of one menu."""
    return [record for record in records if record.package == package]


def _band(record: Record, profile: Record | None, channels: Mapping[str, Record]) -> Band | None:
    for source in (record, profile):
        if source is None:
            continue
        told = source.options.get("channel.band")
        channel = channels.get(str(source.options.get("channel", "")))
        told = told or (channel.options.get("band") if channel else None)
        if told:
            return _band_of_words(str(told))
    return None


def _band_of_words(words: str) -> Band | None:
    """Return the one band of words as `5ghz-a:20mhz,5ghz-ax:20mhz`; None for none or several."""
    bands = {word.partition("ghz")[0] for word in words.split(",") if "ghz" in word}
    named = {"2": Band.GHZ_2_4, "5": Band.GHZ_5, "6": Band.GHZ_6}
    return named.get(bands.pop()) if len(bands) == 1 else None
