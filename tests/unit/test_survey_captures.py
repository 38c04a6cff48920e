from pathlib import Path

import pytest

from inventory.errors import InvalidInput
from site_surveys.captures.announcement import announcement
from site_surveys.captures.radio_header import PRISM, RADIOTAP, received
from site_surveys.captures.reader import read_capture
from site_surveys.captures.security import HeardSecurity, Pmf
from tests.survey_frames import (
    AP,
    CLIENT,
    beacon,
    client_frames,
    element,
    he_operation,
    prism,
    probe_response,
    radiotap,
    rsn,
    write_capture,
)

REQUIRED, CAPABLE = 0xC0, 0x80
RSNX_H2E = element(244, b"\x20")
WPA = element(221, bytes.fromhex("0050f201 0100 0050f202 0100 0050f202 0100 0050f202"))


@pytest.mark.parametrize(
    ("elements", "cap", "security", "pmf"),
    [
        ((), "ESS", "open", "no"),
        ((), "ESS+privacy", "wep", "no"),
        ((rsn(2),), "ESS+privacy", "wpa2_personal", "no"),
        ((rsn(2, 6, capabilities=CAPABLE),), "ESS+privacy", "wpa2_personal", "capable"),
        ((rsn(2, 8, capabilities=CAPABLE),), "ESS+privacy", "wpa2_wpa3_personal", "capable"),
        ((rsn(8, capabilities=REQUIRED),), "ESS+privacy", "wpa3_personal", "required"),
        # The three that scapy's own network_stats() mislabels.
        ((rsn(24, capabilities=REQUIRED),), "ESS+privacy", "wpa3_personal", "required"),
        ((rsn(18, capabilities=REQUIRED),), "ESS+privacy", "owe", "required"),
        ((rsn(5, capabilities=REQUIRED),), "ESS+privacy", "wpa3_enterprise", "required"),
        ((rsn(1),), "ESS+privacy", "wpa2_enterprise", "no"),
        ((rsn(1, 5, capabilities=CAPABLE),), "ESS+privacy", "wpa2_wpa3_enterprise", "capable"),
        ((rsn(1, capabilities=REQUIRED),), "ESS+privacy", "wpa2_enterprise", "required"),
        ((rsn(12, capabilities=REQUIRED),), "ESS+privacy", "wpa3_enterprise_192", "required"),
        ((rsn(2), WPA), "ESS+privacy", "wpa_wpa2_personal", "no"),
        ((WPA,), "ESS+privacy", "wpa_personal", "no"),
        ((rsn(2, 1),), "ESS+privacy", "other", "no"),
    ],
)
def test_security_is_told_from_all_key_managements(
    elements: tuple[object, ...], cap: str, security: str, pmf: str
) -> None:
    said = announcement(bytes(beacon(*elements, cap=cap)))
    assert said is not None
    assert said.protection is not None
    assert said.protection.security == HeardSecurity(security)
    assert said.protection.pmf == Pmf(pmf)


def test_a_compatibility_network_offers_wpa3_in_its_override() -> None:
    sae = bytes(rsn(8, capabilities=REQUIRED))[2:]
    said = announcement(bytes(beacon(rsn(2), element(221, b"\x50\x6f\x9a\x29" + sae))))
    assert said is not None
    assert said.protection is not None
    assert said.protection.security is HeardSecurity.WPA2_WPA3_PERSONAL
    assert said.protection.pmf is Pmf.CAPABLE


def test_tkip_and_hash_to_element_are_told() -> None:
    tkip = announcement(bytes(beacon(rsn(2), WPA)))
    h2e = announcement(bytes(beacon(rsn(8, capabilities=REQUIRED), RSNX_H2E)))
    assert tkip is not None
    assert h2e is not None
    assert tkip.protection is not None
    assert h2e.protection is not None
    assert (tkip.protection.tkip, tkip.protection.hash_to_element) == (True, False)
    assert (h2e.protection.tkip, h2e.protection.hash_to_element) == (False, True)
    assert h2e.protection.akms == ("00-0F-AC:8",)


def test_a_frame_cut_short_says_nothing_of_its_security() -> None:
    whole = bytes(beacon(rsn(8, capabilities=REQUIRED)))
    said = announcement(whole[:-4])
    assert said is not None
    assert said.ssid == "Ecole-Eleves"
    assert said.protection is None


def test_load_and_the_6_ghz_channel_are_told() -> None:
    load = element(11, b"\x11\x00\x80\x00\x00")
    said = announcement(bytes(beacon(load, he_operation(37), channel=None)))
    assert said is not None
    assert (said.channel, said.six_ghz) == (37, True)
    assert (said.station_count, said.utilisation_percent) == (17, 50.2)


def test_hidden_networks_have_no_name_and_strange_names_are_made_printable() -> None:
    hidden = announcement(bytes(beacon(ssid="\0\0\0")))
    strange = announcement(bytes(beacon(ssid="a\0\x1b[2Jé")))
    assert hidden is not None
    assert strange is not None
    assert hidden.ssid is None
    assert strange.ssid == "a\ufffd\ufffd[2Jé"


def test_people_s_devices_are_no_access_points() -> None:
    ad_hoc = beacon(cap="IBSS")
    wifi_direct = beacon(element(221, b"\x50\x6f\x9a\x09\x02"))
    assert announcement(bytes(ad_hoc)) is None
    assert announcement(bytes(wifi_direct)) is None
    assert all(announcement(bytes(frame)) is None for frame in client_frames())


def test_radiotap_takes_the_level_of_the_whole_frame_before_an_antenna_s() -> None:
    # present words: signal, antenna namespace follows with signal and antenna number
    head = bytes.fromhex("0000 1300 200000a0 20080000 c4 c0 00") + b"\0\0\0\0"
    assert len(head) == 0x13
    told = received(RADIOTAP, head + b"frame")
    assert told is not None
    assert (told.rssi_dbm, told.frame) == (-60, b"frame")


def test_a_damaged_frame_is_not_read_and_a_checksum_is_cut_off() -> None:
    damaged = bytes.fromhex("0000 0900 02000000 50") + b"frame"
    checked = bytes.fromhex("0000 0900 02000000 10") + b"frame" + b"FCS!"
    assert received(RADIOTAP, damaged) is None
    told = received(RADIOTAP, checked)
    assert told is not None
    assert told.frame == b"frame"


@pytest.mark.parametrize("name", ["air.pcap", "air.pcapng"])
def test_a_capture_gives_networks_and_nothing_of_any_client(tmp_path: Path, name: str) -> None:
    frames = [radiotap(beacon(rsn(2)), rssi_dbm=level) for level in (-60, -62, -90)]
    frames += [radiotap(probe_response("Ecole-Invites"), rssi_dbm=-61)]
    frames += [radiotap(frame) for frame in client_frames()]
    capture = read_capture(write_capture(tmp_path / name, frames))
    assert (capture.frames, capture.dropped, capture.broken) == (6, 2, 0)
    eleves, invites = capture.heard
    assert (eleves.bssid, eleves.ssid) == (AP.replace(":", ""), "Ecole-Eleves")
    assert (eleves.channel, eleves.frequency_mhz, eleves.frames) == (36, 5180, 3)
    assert (eleves.rssi_dbm, eleves.noise_dbm) == (-62, -95)
    assert invites.ssid == "Ecole-Invites"
    assert eleves.first_at is not None
    assert eleves.first_at.tzinfo is not None
    assert CLIENT.replace(":", "") not in repr(capture)
    assert "Lea" not in repr(capture)


def test_a_neighbouring_channel_heard_keeps_its_own_number(tmp_path: Path) -> None:
    frame = radiotap(beacon(rsn(2), channel=1), frequency_mhz=2417)
    (heard,) = read_capture(write_capture(tmp_path / "a.pcap", [frame])).heard
    assert (heard.channel, heard.frequency_mhz) == (1, 2412)


def test_6_ghz_channels_come_from_the_frame_or_from_the_receiver(tmp_path: Path) -> None:
    told = radiotap(beacon(he_operation(37), channel=None), frequency_mhz=6135)
    untold = radiotap(beacon(channel=None, bssid="f0:9f:c2:a1:00:20"), frequency_mhz=5975)
    capture = read_capture(write_capture(tmp_path / "a.pcap", [told, untold]))
    assert [(h.channel, h.frequency_mhz) for h in capture.heard] == [(37, 6135), (5, 5975)]


def test_bare_frames_have_no_level_and_prism_has_one(tmp_path: Path) -> None:
    frame = beacon(rsn(2), channel=6)
    (bare,) = read_capture(write_capture(tmp_path / "b.pcap", [frame], link_type=105)).heard
    (old,) = read_capture(write_capture(tmp_path / "p.pcap", [prism(frame)], link_type=PRISM)).heard
    assert (bare.rssi_dbm, bare.channel) == (None, 6)
    assert (old.rssi_dbm, old.noise_dbm, old.channel) == (-55, -96, 6)


def test_prism_levels_on_a_driver_s_own_scale_are_not_dbm(tmp_path: Path) -> None:
    frame = prism(beacon(rsn(2), channel=6), signal=47, noise=0)
    (heard,) = read_capture(write_capture(tmp_path / "p.pcap", [frame], link_type=PRISM)).heard
    assert (heard.rssi_dbm, heard.noise_dbm) == (None, None)


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"\xd4\xc3\xb2\xa1", "Not a supported capture file"),
        (b"\x0a\x0d\x0d\x0a", "cannot be used"),
        (b"nonsense", "neither pcap nor pcapng"),
        (b"", "neither pcap nor pcapng"),
    ],
)
def test_a_broken_file_is_one_sentence(tmp_path: Path, content: bytes, sentence: str) -> None:
    path = tmp_path / "a.pcap"
    path.write_bytes(content)
    with pytest.raises(InvalidInput, match=sentence):
        read_capture(path)


def test_a_capture_of_a_cable_is_refused(tmp_path: Path) -> None:
    path = write_capture(tmp_path / "a.pcap", [b"x" * 60], link_type=1)
    with pytest.raises(InvalidInput, match="link type 1 is not a WiFi capture"):
        read_capture(path)
