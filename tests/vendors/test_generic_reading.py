"""Any device from the standard MIBs alone."""

from inventory.observation import ArpEntry, Neighbour, Vlan
from tests.vendors.recorded import figures, observed

SYSTEM = ".1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.424242.1\n"


def test_a_device_that_says_nothing_is_generic_and_empty() -> None:
    observation = observed(SYSTEM)
    assert observation.identity.family == "generic"
    assert observation.identity.vendor is None
    assert observation.identity.sys_object_id == "1.3.6.1.4.1.424242.1"
    assert observation.interfaces == ()
    assert observation.poe is None


def test_without_a_chassis_the_part_that_holds_the_others_is_the_device() -> None:
    identity = observed(
        SYSTEM
        + """\
.1.3.6.1.2.1.47.1.1.1.1.4.1 = INTEGER: 0
.1.3.6.1.2.1.47.1.1.1.1.4.2 = INTEGER: 1
.1.3.6.1.2.1.47.1.1.1.1.5.1 = INTEGER: module(9)
.1.3.6.1.2.1.47.1.1.1.1.5.2 = INTEGER: port(10)
.1.3.6.1.2.1.47.1.1.1.1.10.1 = STRING: "2.4.1"
.1.3.6.1.2.1.47.1.1.1.1.11.1 = STRING: "SN0001"
.1.3.6.1.2.1.47.1.1.1.1.11.2 = STRING: "SFP0001"
.1.3.6.1.2.1.47.1.1.1.1.13.1 = STRING: "Box 24"
.1.3.6.1.2.1.47.1.1.1.1.13.2 = STRING: "SFP-LX"
"""
    ).identity
    assert (identity.model, identity.serial, identity.firmware) == ("Box 24", "SN0001", "2.4.1")


def test_a_transceiver_alone_is_not_the_device() -> None:
    identity = observed(
        SYSTEM
        + """\
.1.3.6.1.2.1.47.1.1.1.1.4.7 = INTEGER: 3
.1.3.6.1.2.1.47.1.1.1.1.11.7 = STRING: "SFP0001"
.1.3.6.1.2.1.47.1.1.1.1.13.7 = STRING: "SFP-LX"
"""
    ).identity
    assert (identity.model, identity.serial) == (None, None)


def test_64_bit_counters_and_high_speed_win_over_those_of_32_bits() -> None:
    interface = observed(
        SYSTEM
        + """\
.1.3.6.1.2.1.2.2.1.2.3 = STRING: "GigabitEthernet0/3"
.1.3.6.1.2.1.2.2.1.3.3 = INTEGER: ethernetCsmacd(6)
.1.3.6.1.2.1.2.2.1.4.3 = INTEGER: 9198
.1.3.6.1.2.1.2.2.1.5.3 = Gauge32: 4294967295
.1.3.6.1.2.1.2.2.1.6.3 = Hex-STRING: 02 00 5E 00 00 03
.1.3.6.1.2.1.2.2.1.7.3 = INTEGER: up(1)
.1.3.6.1.2.1.2.2.1.8.3 = INTEGER: lowerLayerDown(7)
.1.3.6.1.2.1.2.2.1.10.3 = Counter32: 5
.1.3.6.1.2.1.2.2.1.14.3 = Counter32: 6
.1.3.6.1.2.1.31.1.1.1.1.3 = STRING: "Gi0/3"
.1.3.6.1.2.1.31.1.1.1.6.3 = Counter64: 5000000000
.1.3.6.1.2.1.31.1.1.1.15.3 = Gauge32: 10000
.1.3.6.1.2.1.31.1.1.1.18.3 = STRING: "vers coffret B"
"""
    ).interfaces[0]
    assert (interface.name, interface.description) == ("Gi0/3", "GigabitEthernet0/3")
    assert interface.alias == "vers coffret B"
    assert (interface.admin, interface.oper) == ("up", "lowerLayerDown")
    assert interface.speed_bps == 10_000_000_000
    assert (interface.mtu, interface.mac) == (9198, "02005e000003")
    assert interface.counters == {"in_octets": 5_000_000_000, "in_errors": 6}


def test_a_bridge_port_is_not_an_if_index_and_the_current_vlan_table_wins() -> None:
    observation = observed(
        SYSTEM
        + """\
.1.3.6.1.2.1.17.1.4.1.2.1 = INTEGER: 10101
.1.3.6.1.2.1.17.1.4.1.2.2 = INTEGER: 10102
.1.3.6.1.2.1.17.7.1.4.3.1.1.30 = STRING: "gestion"
.1.3.6.1.2.1.17.7.1.4.3.1.2.30 = Hex-STRING: 80
.1.3.6.1.2.1.17.7.1.4.3.1.4.30 = Hex-STRING: 80
.1.3.6.1.2.1.17.7.1.4.2.1.4.0.30 = Hex-STRING: C0
.1.3.6.1.2.1.17.7.1.4.2.1.5.0.30 = Hex-STRING: 40
"""
    )
    assert observation.vlans == (Vlan(30, "gestion", tagged=(10101,), untagged=(10102,)),)


def test_neighbours_by_lldp_v2_and_cdp_are_heard_too() -> None:
    observation = observed(
        SYSTEM
        + """\
.1.3.6.1.2.1.31.1.1.1.1.7 = STRING: "Gi0/7"
.1.3.111.2.802.1.1.13.1.4.1.1.5.0.7.1.1 = INTEGER: networkAddress(5)
.1.3.111.2.802.1.1.13.1.4.1.1.6.0.7.1.1 = Hex-STRING: 01 C0 00 02 07
.1.3.111.2.802.1.1.13.1.4.1.1.8.0.7.1.1 = STRING: "port 1"
.1.3.111.2.802.1.1.13.1.4.1.1.10.0.7.1.1 = STRING: "phone"
.1.3.6.1.4.1.9.9.23.1.2.1.1.6.7.2 = STRING: "sw-cdp"
.1.3.6.1.4.1.9.9.23.1.2.1.1.7.7.2 = STRING: "Gi1/0/1"
.1.3.6.1.4.1.9.9.23.1.2.1.1.8.7.2 = STRING: "cisco WS-C2960"
"""
    )
    assert observation.neighbours == (
        Neighbour("Gi0/7", "lldp", "phone", "port 1", "192.0.2.7", None),
        Neighbour("Gi0/7", "cdp", "sw-cdp", "Gi1/0/1", None, "cisco WS-C2960"),
    )


def test_a_neighbours_name_is_one_line_without_the_dot_that_ends_it() -> None:
    heard = observed(
        SYSTEM
        + """\
.1.0.8802.1.1.2.1.4.1.1.9.0.3.1 = STRING: "sw-1.ecole.be."
.1.0.8802.1.1.2.1.4.1.1.9.0.4.1 = Hex-STRING: 61 70 2D 31 0D 0A 78
.1.3.6.1.4.1.9.9.23.1.2.1.1.6.5.1 = STRING: "rt-1."
"""
    ).neighbours
    assert [neighbour.system_name for neighbour in heard] == ["sw-1.ecole.be", "ap-1", "rt-1"]


def test_an_lldp_port_number_that_is_a_bridge_port_leads_to_its_interface() -> None:
    observation = observed(
        SYSTEM
        + """\
.1.3.6.1.2.1.31.1.1.1.1.10105 = STRING: "Gi1/0/5"
.1.3.6.1.2.1.17.1.4.1.2.5 = INTEGER: 10105
.1.0.8802.1.1.2.1.4.1.1.9.0.5.1 = STRING: "ap1"
"""
    )
    assert observation.neighbours[0].local_interface == "Gi1/0/5"


def test_people_are_left_out_of_the_arp_table() -> None:
    observation = observed(
        SYSTEM
        + """\
.1.0.8802.1.1.2.1.4.1.1.4.0.5.1 = INTEGER: macAddress(4)
.1.0.8802.1.1.2.1.4.1.1.5.0.5.1 = Hex-STRING: 02 00 5E 00 00 09
.1.3.6.1.2.1.4.22.1.2.16.192.0.2.9 = Hex-STRING: 02 00 5E 00 00 09
.1.3.6.1.2.1.4.22.1.2.16.192.0.2.10 = Hex-STRING: 02 00 5E 00 00 10
.1.3.6.1.2.1.4.35.1.4.16.2.16.32.1.13.184.0.0.0.0.0.0.0.0.0.0.0.9 = Hex-STRING: 02 00 5E 00 00 09
"""
    )
    assert observation.arp == (
        ArpEntry("192.0.2.9", "02005e000009", 16),
        ArpEntry("2001:db8::9", "02005e000009", 16),
    )


def test_temperatures_are_scaled_and_broken_sensors_left_out() -> None:
    observation = observed(
        SYSTEM
        + """\
.1.3.6.1.2.1.47.1.1.1.1.7.11 = STRING: "Inlet"
.1.3.6.1.2.1.99.1.1.1.1.11 = INTEGER: celsius(8)
.1.3.6.1.2.1.99.1.1.1.2.11 = INTEGER: units(9)
.1.3.6.1.2.1.99.1.1.1.3.11 = INTEGER: 1
.1.3.6.1.2.1.99.1.1.1.4.11 = INTEGER: 315
.1.3.6.1.2.1.99.1.1.1.5.11 = INTEGER: ok(1)
.1.3.6.1.2.1.99.1.1.1.1.12 = INTEGER: celsius(8)
.1.3.6.1.2.1.99.1.1.1.4.12 = INTEGER: 40
.1.3.6.1.2.1.99.1.1.1.5.12 = INTEGER: unavailable(2)
.1.3.6.1.2.1.99.1.1.1.1.13 = INTEGER: rpm(10)
.1.3.6.1.2.1.99.1.1.1.4.13 = INTEGER: 4000
"""
    )
    assert figures(observation, "temperature_celsius") == [("Inlet", 31.5)]


def test_memory_that_linux_gives_back_is_not_in_use() -> None:
    observation = observed(
        SYSTEM
        + """\
.1.3.6.1.4.1.2021.4.5.0 = INTEGER: 1000 kB
.1.3.6.1.4.1.2021.4.6.0 = INTEGER: 500 kB
.1.3.6.1.4.1.2021.4.14.0 = INTEGER: 100 kB
.1.3.6.1.4.1.2021.4.15.0 = INTEGER: 200 kB
.1.3.6.1.4.1.2021.11.11.0 = INTEGER: 90
"""
    )
    assert figures(observation, "memory_percent") == [(None, 20.0)]
    assert figures(observation, "cpu_percent") == [(None, 10.0)]
