"""Where the devices heard on the ports are managed at, as the MIBs tell it."""

from inventory.vendors.mib import MibView, Oid, Value, oid
from inventory.vendors.standard.heard import address_book, heard
from inventory.vendors.standard.interfaces import Ports, interfaces

CHASSIS, CHASSIS_ID, PORT, PORT_ID, NAME, CAPABILITIES = 4, 5, 6, 7, 9, 12
LLDP = oid("1.0.8802.1.1.2.1.4.1.1")
LLDP_ADDRESS = oid("1.0.8802.1.1.2.1.4.2.1")
LLDP_V2 = oid("1.3.111.2.802.1.1.13.1.4.1.1")
LLDP_V2_ADDRESS = oid("1.3.111.2.802.1.1.13.1.4.2.1")
CDP = oid("1.3.6.1.4.1.9.9.23.1.2.1.1")
IPV4 = (1, 4, 192, 0, 2, 7)
IPV6 = (2, 16, 0x20, 0x01, 0x0D, 0xB8, *[0] * 11, 7)


def _heard(values: dict[Oid, Value]) -> dict[str | None, tuple[tuple[str, ...], set[str]]]:
    view = MibView({oid("1.3.6.1.2.1.31.1.1.1.1.3"): b"1/1/3", **values})
    return {
        each.neighbour.system_name: (each.addresses, set(each.capabilities))
        for each in heard(view, Ports(interfaces(view)))
    }


def _row(root: Oid, index: Oid, name: str, *, shift: int = 0) -> dict[Oid, Value]:
    return {
        (*root, CHASSIS + shift, *index): 4,
        (*root, CHASSIS_ID + shift, *index): bytes.fromhex("00005e000a02"),
        (*root, PORT + shift, *index): 5,
        (*root, PORT_ID + shift, *index): b"eth0",
        (*root, NAME + shift, *index): name.encode(),
        (*root, CAPABILITIES + shift, *index): b"\x28\x00",
    }


def test_lldp_tells_every_address_and_what_the_device_does() -> None:
    told = _heard(
        {
            **_row(LLDP, (0, 3, 1), "sw2"),
            (*LLDP_ADDRESS, 4, 0, 3, 1, *IPV6): 1,
            (*LLDP_ADDRESS, 4, 0, 3, 1, *IPV4): 1,
        }
    )
    assert told == {"sw2": (("192.0.2.7", "2001:db8::7"), {"bridge", "router"})}


def test_the_address_stands_in_whatever_column_the_agent_has() -> None:
    for column in (3, 4, 5):
        told = _heard({**_row(LLDP, (0, 3, 1), "sw2"), (*LLDP_ADDRESS, column, 0, 3, 1, *IPV4): 1})
        assert told["sw2"][0] == ("192.0.2.7",)


def test_an_index_without_its_length_or_with_another_time_mark_is_understood() -> None:
    for index in ((0, 3, 1, 1, 192, 0, 2, 7), (77, 3, 1, *IPV4)):
        told = _heard({**_row(LLDP, (0, 3, 1), "sw2"), (*LLDP_ADDRESS, 3, *index): 2})
        assert told["sw2"][0] == ("192.0.2.7",)


def test_an_index_that_is_no_address_is_none() -> None:
    for end in ((), (1,), (1, 4), (1, 4, 192, 0), (1, 4, 192, 0, 2, 700), (6, 2, 1, 2)):
        told = _heard({**_row(LLDP, (0, 3, 1), "sw2"), (*LLDP_ADDRESS, 3, 0, 3, 1, *end): 2})
        assert told["sw2"][0] == ()


def test_two_neighbours_of_one_port_and_one_index_of_two_ports_keep_their_own_addresses() -> None:
    told = _heard(
        {
            **_row(LLDP, (0, 3, 1), "a"),
            **_row(LLDP, (0, 3, 2), "b"),
            **_row(LLDP, (0, 4, 1), "c"),
            (*LLDP_ADDRESS, 3, 0, 3, 1, 1, 4, 192, 0, 2, 1): 2,
            (*LLDP_ADDRESS, 3, 0, 3, 2, 1, 4, 192, 0, 2, 2): 2,
            (*LLDP_ADDRESS, 3, 0, 4, 1, 1, 4, 192, 0, 2, 3): 2,
        }
    )
    assert {name: hosts for name, (hosts, _) in told.items()} == {
        "a": ("192.0.2.1",),
        "b": ("192.0.2.2",),
        "c": ("192.0.2.3",),
    }


def test_lldp_v2_has_one_more_index() -> None:
    told = _heard(
        {
            **_row(LLDP_V2, (0, 3, 1, 1), "sw2", shift=1),
            (*LLDP_V2_ADDRESS, 3, 0, 3, 1, 1, *IPV4): 2,
        }
    )
    assert told == {"sw2": (("192.0.2.7",), {"bridge", "router"})}


def test_cdp_tells_one_address_and_capabilities_in_its_own_bits() -> None:
    told = _heard(
        {
            (*CDP, 3, 3, 1): 1,
            (*CDP, 4, 3, 1): bytes((192, 0, 2, 7)),
            (*CDP, 6, 3, 1): b"sw2.school.example",
            (*CDP, 9, 3, 1): bytes.fromhex("00000029"),  # router, switch, IGMP
            (*CDP, 3, 3, 2): 20,
            (*CDP, 4, 3, 2): bytes(IPV6[2:]),
            (*CDP, 6, 3, 2): b"SEP0011",
            (*CDP, 9, 3, 2): bytes.fromhex("00000490"),  # host, telephone, and one unknown
            (*CDP, 4, 3, 3): b"sw",
            (*CDP, 6, 3, 3): b"garbled",
        }
    )
    assert told == {
        "sw2.school.example": (("192.0.2.7",), {"router", "bridge"}),
        "SEP0011": (("2001:db8::7",), {"station", "telephone"}),
        "garbled": ((), set()),
    }


def test_the_address_book_knows_who_has_which_address() -> None:
    arp = oid("1.3.6.1.2.1.4.22.1.2")
    view = MibView({(*arp, 5, 192, 0, 2, 7): bytes.fromhex("00005e000a02")})
    assert address_book(view) == {"00005e000a02": "192.0.2.7"}


def test_a_local_port_called_by_a_figure_that_is_no_number_is_read() -> None:
    port = oid("1.0.8802.1.1.2.1.3.7.1")
    view = MibView({**_row(LLDP, (0, 3, 1), "sw2"), (*port, 2, 3): 7, (*port, 3, 3): "²".encode()})
    [row] = heard(view, Ports(interfaces(view)))
    assert row.neighbour.local_interface == "²"
