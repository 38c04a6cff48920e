"""Frames of false access points and clients, built by scapy: not by what the product reads with."""

import struct
import warnings
from pathlib import Path
from typing import Any

with warnings.catch_warnings():  # its ciphers, which nothing here uses, are deprecated elsewhere
    warnings.simplefilter("ignore")
    from scapy.layers.dot11 import (
        AKMSuite,
        Dot11,
        Dot11Beacon,
        Dot11Elt,
        Dot11EltRSN,
        Dot11ProbeReq,
        Dot11ProbeResp,
        RadioTap,
        RSNCipherSuite,
    )
    from scapy.utils import PcapNgWriter, PcapWriter

AP = "f0:9f:c2:a1:00:10"
CLIENT = "3c:22:fb:11:22:33"


def rsn(*akms: int, capabilities: int = 0) -> Any:
    """Return scapy's RSN element with CCMP and these AKM suites of 00-0F-AC."""
    return Dot11EltRSN(
        group_cipher_suite=RSNCipherSuite(cipher=4),
        pairwise_cipher_suites=[RSNCipherSuite(cipher=4)],
        akm_suites=[AKMSuite(suite=akm) for akm in akms],
        mfp_required=capabilities >> 6 & 1,
        mfp_capable=capabilities >> 7 & 1,
    )


def element(number: int, body: bytes) -> Any:
    """Return any element."""
    return Dot11Elt(ID=number, info=body)


def he_operation(channel: int) -> Any:
    """Return an HE Operation element (802.11ax-2021, 9.4.2.249) with 6 GHz information alone."""
    body = (
        b"\x24" + (1 << 17).to_bytes(3, "little") + b"\x01\xfc\xff" + bytes([channel, 0, 0, 0, 6])
    )
    return element(255, body)


def beacon(
    *elements: Any,
    ssid: str = "Ecole-Eleves",
    bssid: str = AP,
    channel: int | None = 36,
    cap: str = "ESS+privacy",
) -> Any:
    """Return a beacon without a receiver's header."""
    frame = Dot11(type=0, subtype=8, addr1="ff:ff:ff:ff:ff:ff", addr2=bssid, addr3=bssid)
    frame = frame / Dot11Beacon(cap=cap) / element(0, ssid.encode())
    if channel is not None:
        frame = frame / element(3, bytes([channel]))
    for each in elements:
        frame = frame / each
    return frame


def probe_response(ssid: str = "Ecole-Eleves") -> Any:
    """Return a probe response to a client."""
    head = Dot11(type=0, subtype=5, addr1=CLIENT, addr2=AP, addr3=AP)
    return head / Dot11ProbeResp(cap="ESS") / element(0, ssid.encode()) / element(3, b"\x24")


def client_frames() -> list[Any]:
    """Return what a pupil's telephone sends: a probe request and data."""
    asked = Dot11(type=0, subtype=4, addr1="ff:ff:ff:ff:ff:ff", addr2=CLIENT, addr3=AP)
    data = Dot11(type=2, subtype=0, addr1=AP, addr2=CLIENT, addr3=AP)
    return [asked / Dot11ProbeReq() / element(0, b"Chez Lea"), data / b"private"]


def radiotap(frame: Any, *, frequency_mhz: int = 5180, rssi_dbm: int = -60) -> Any:
    """Return a frame with a radiotap header."""
    header = RadioTap(
        present="Flags+Channel+dBm_AntSignal+dBm_AntNoise",
        Flags=0,
        ChannelFrequency=frequency_mhz,
        ChannelFlags="5GHz",
        dBm_AntSignal=rssi_dbm,
        dBm_AntNoise=-95,
    )
    return header / frame


def prism(frame: Any, *, channel: int = 6, signal: int = -55, noise: int = -96) -> bytes:
    """Return the bytes of a frame with a Prism header as wlan-ng writes it."""
    items = [(1, 0), (2, 0), (3, channel), (4, 0), (5, 0), (6, signal), (7, noise)]
    items += [(8, 2), (9, 0), (10, len(bytes(frame)))]
    head = struct.pack("<II16s", 0x44, 144, b"wlan0")
    body = b"".join(struct.pack("<IHHi", n << 16 | 0x44, 0, 4, value) for n, value in items)
    return head + body + bytes(frame)


def write_capture(path: Path, frames: list[Any], *, link_type: int = 127) -> Path:
    """Write frames as pcap, or as pcapng by the name's ending."""
    if path.suffix == ".pcapng":
        with PcapNgWriter(str(path)) as writer:
            for frame in frames:
                writer.write(frame)
        return path
    with PcapWriter(str(path), linktype=link_type) as writer:
        writer.write_header(None)
        for frame in frames:
            writer.write_packet(bytes(frame), sec=1772438400, usec=0)
    return path
