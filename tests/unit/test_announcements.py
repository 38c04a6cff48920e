"""What LLDP and CDP frames say, and what an installer is told of it."""

import struct

from collectors.announcements import Announcement, announcement, speaker
from collectors.listening import Interface, OnTheWire, one_each, whereabouts

SWITCH, PORT = "00005e000a01", "00005e000a11"
LLDP_GROUP, CDP_GROUP = "0180c200000e", "01000ccccccc"


def tlv(kind: int, value: bytes) -> bytes:
    return struct.pack(">H", kind << 9 | len(value)) + value


def lldp(*tlvs: bytes, tag: bytes = b"", ttl: int = 120) -> bytes:
    """Return a frame of IEEE 802.1AB: chassis and port by MAC and name, time to live, the rest."""
    body = tlv(1, b"\x04" + bytes.fromhex(SWITCH)) + tlv(2, b"\x051/1/4")
    body += tlv(3, struct.pack(">H", ttl)) + b"".join(tlvs) + tlv(0, b"")
    return bytes.fromhex(LLDP_GROUP + PORT) + tag + b"\x88\xcc" + body


def cdp(*tlvs: tuple[int, bytes], version: int = 2) -> bytes:
    """Return a frame of CDP in 802.3 with SNAP."""
    body = bytes([version, 180, 0, 0])
    body += b"".join(struct.pack(">HH", kind, 4 + len(value)) + value for kind, value in tlvs)
    body = bytes.fromhex("aaaa0300000c2000") + body
    return bytes.fromhex(CDP_GROUP + PORT) + struct.pack(">H", len(body)) + body


def said(frame: bytes) -> Announcement:
    found = announcement(frame)
    assert found is not None
    return found


def test_lldp_tells_who_which_port_which_vlan_and_where_it_is_managed() -> None:
    frame = lldp(
        tlv(4, b"vers la salle 12"),
        tlv(5, b"sw1"),
        tlv(6, "Aruba 6100 – école".encode()),
        tlv(7, b"\x00\x14\x00\x04"),
        tlv(8, b"\x05\x01\xc0\x00\x02\x01\x02\x00\x00\x00\x01\x00"),
        tlv(8, b"\x11\x02" + bytes.fromhex("20010db8000000000000000000000001") + b"\x02\0\0\0\1\0"),
        tlv(127, b"\x00\x80\xc2\x01\x00\x14"),
        tlv(127, b"\x00\x12\x0f\x01\x03"),
    )
    assert said(frame) == Announcement(
        "lldp",
        PORT,
        system_name="sw1",
        chassis_id=SWITCH,
        port_id="1/1/4",
        port_description="vers la salle 12",
        platform="Aruba 6100 – école",
        addresses=("192.0.2.1", "2001:db8::1"),
        capabilities=frozenset({"bridge"}),
        vlan=20,
    )
    assert said(lldp(tag=b"\x81\x00\x00\x14")).chassis_id == SWITCH


def test_an_lldp_frame_that_takes_leave_or_lacks_its_beginning_says_nothing() -> None:
    assert announcement(lldp(ttl=0)) is None
    head = bytes.fromhex(LLDP_GROUP + PORT) + b"\x88\xcc"
    assert announcement(head + tlv(2, b"\x051") + tlv(1, b"\x04123456") + tlv(3, b"\0x")) is None
    assert announcement(head + tlv(1, b"\x04") + tlv(2, b"\x051") + tlv(3, b"\0x")) is None
    assert announcement(head) is None
    assert announcement(b"") is None


def test_a_tlv_longer_than_its_frame_ends_it_and_what_stood_before_counts() -> None:
    cut = lldp(tlv(5, b"sw1"))[:-2] + struct.pack(">H", 6 << 9 | 200) + b"short"
    assert (said(cut).system_name, said(cut).platform) == ("sw1", None)


def test_cdp_tells_its_name_port_addresses_and_native_vlan() -> None:
    ipv4 = b"\x01\x01\xcc\x00\x04\xc0\x00\x02\x01"
    ipv6 = b"\x02\x08\xaa\xaa\x03\x00\x00\x00\x86\xdd\x00\x10" + bytes(15) + b"\x07"
    frame = cdp(
        (1, b"sw1.school.example"),
        (2, b"\0\0\0\2" + ipv4 + ipv6),
        (3, b"GigabitEthernet1/0/4"),
        (4, b"\0\0\0\x28"),
        (6, b"cisco WS-C2960X"),
        (0x0A, b"\0\x14"),
        (0x16, b"\0\0\0\1" + ipv4),
    )
    assert said(frame) == Announcement(
        "cdp",
        PORT,
        system_name="sw1.school.example",
        port_id="GigabitEthernet1/0/4",
        platform="cisco WS-C2960X",
        addresses=("192.0.2.1", "::7"),
        capabilities=frozenset({"bridge"}),
        vlan=20,
    )
    assert announcement(cdp((1, b"x"), version=9)) is None
    assert announcement(cdp()) is None


def test_no_character_that_a_terminal_obeys_comes_out() -> None:
    found = said(lldp(tlv(5, b"sw\x1b[2J1\x9b\r\n\xe9"), tlv(6, b"\x00\x07")))
    assert found.system_name == "sw [2J1 é"
    assert found.platform is None


def test_who_speaks_arp_is_told_and_a_probe_is_nobody() -> None:
    def arp(ip: bytes, mac: str = PORT) -> bytes:
        head = bytes.fromhex("ffffffffffff" + PORT + "0806" + "0001080006040002" + mac)
        return head + ip + bytes(10)

    host = speaker(arp(bytes((192, 0, 2, 9))))
    assert host is not None
    assert (host.ip, host.mac) == ("192.0.2.9", PORT)
    assert speaker(arp(bytes(4))) is None
    assert speaker(arp(bytes((192, 0, 2, 9)), mac="01005e000001")) is None
    assert speaker(arp(bytes((192, 0, 2, 9)))[:40]) is None
    assert speaker(lldp()) is None


def test_an_installer_is_told_the_port_by_its_name() -> None:
    lldp_said = Announcement(
        "lldp", PORT, system_name="sw1", port_id=PORT, port_description="1/1/4",
        addresses=("127.20.0.1",), capabilities=frozenset({"bridge"}),
    )  # fmt: skip
    cdp_said = Announcement("cdp", PORT, system_name="sw1.x", port_id="1/1/4", vlan=20)
    (switch,) = one_each([cdp_said, lldp_said])
    assert whereabouts([switch]) == "You are on port 1/1/4 of sw1 (127.20.0.1)."
    assert switch.vlan == 20
    assert "between: port 1/1/4 of sw1 (127.20.0.1); port 9 of sw2" in whereabouts(
        [switch, Announcement("lldp", SWITCH, system_name="sw2", port_id="9")]
    )
    assert "No switch announced itself" in whereabouts([])


def test_a_telephone_between_laptop_and_switch_is_no_switch() -> None:
    phone = Announcement("lldp", PORT, capabilities=frozenset({"bridge", "telephone"}))
    heard = OnTheWire(Interface("eth0", None, None), announcements=[phone])
    assert heard.plugged_into() == []
    linux = Announcement(
        "lldp", SWITCH, system_name="srv", port_id="eth1", capabilities=frozenset({"station"})
    )
    heard.announcements.append(linux)
    assert whereabouts(heard.plugged_into()) == (
        "You are on port eth1 of srv, which says it is an end device."
    )


def test_a_large_network_is_swept_only_when_told_to() -> None:
    import ipaddress

    wide = Interface("eth0", "10.0.0.1", ipaddress.IPv4Network("10.0.0.0/16"))
    assert "larger than a /20" in str(wide.why_not_swept(force=False))
    assert wide.why_not_swept(force=True) is None
    assert "no IPv4" in str(Interface("eth0", None, None).why_not_swept(force=True))
