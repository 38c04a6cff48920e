"""AOS-CX from the objects of its MIB guide: identity, stack, VLANs, PoE, neighbours."""

from inventory.observation import ForwardingEntry, Member, Neighbour, PoePort, Vlan
from tests.vendors.recorded import figures, observed

SYSTEM = """\
.1.3.6.1.2.1.1.1.0 = STRING: "Aruba JL659A 6300M 48SR5 CL6 PoE 4SFP56 Swch FL.10.13.1005"
.1.3.6.1.2.1.1.2.0 = OID: .1.3.6.1.4.1.47196.4.1.1.1.102
.1.3.6.1.2.1.1.3.0 = Timeticks: (360000) 1:00:00.00
.1.3.6.1.2.1.1.5.0 = STRING: "coffret-a"
"""
STACK = (
    SYSTEM
    + """\
.1.3.6.1.2.1.47.1.1.1.1.2.1 = STRING: "Aruba 6300 VSF Stack"
.1.3.6.1.2.1.47.1.1.1.1.2.101001 = STRING: "6300M 48-port Switch"
.1.3.6.1.2.1.47.1.1.1.1.2.201001 = STRING: "6300M 48-port Switch"
.1.3.6.1.2.1.47.1.1.1.1.4.101001 = INTEGER: 1
.1.3.6.1.2.1.47.1.1.1.1.4.201001 = INTEGER: 1
.1.3.6.1.2.1.47.1.1.1.1.5.1 = INTEGER: stack(11)
.1.3.6.1.2.1.47.1.1.1.1.5.101001 = INTEGER: chassis(3)
.1.3.6.1.2.1.47.1.1.1.1.5.201001 = INTEGER: chassis(3)
.1.3.6.1.2.1.47.1.1.1.1.10.1 = STRING: "FL.10.13.1005"
.1.3.6.1.2.1.47.1.1.1.1.10.101001 = STRING: "FL.10.13.1005"
.1.3.6.1.2.1.47.1.1.1.1.11.1 = ""
.1.3.6.1.2.1.47.1.1.1.1.11.101001 = STRING: "SG00AAA001"
.1.3.6.1.2.1.47.1.1.1.1.11.201001 = STRING: "SG00AAA002"
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.4.1 = STRING: "JL659A"
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.4.2 = STRING: "JL659A"
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.7.1 = STRING: "SG00AAA001"
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.7.2 = STRING: "SG00AAA002"
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.9.1 = INTEGER: 12
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.9.2 = INTEGER: 7
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.13.1 = INTEGER: 8000
.1.3.6.1.4.1.47196.4.1.1.3.15.1.2.1.14.1 = INTEGER: 2000
"""
)
PORTS = (
    SYSTEM
    + """\
.1.3.6.1.2.1.2.2.1.3.1 = INTEGER: ethernetCsmacd(6)
.1.3.6.1.2.1.2.2.1.3.65 = INTEGER: ethernetCsmacd(6)
.1.3.6.1.2.1.31.1.1.1.1.1 = STRING: "1/1/1"
.1.3.6.1.2.1.31.1.1.1.1.65 = STRING: "2/1/1"
.1.3.6.1.2.1.17.1.4.1.2.1 = INTEGER: 1
.1.3.6.1.2.1.17.1.4.1.2.65 = INTEGER: 65
"""
)


def test_a_stack_is_identified_with_its_members() -> None:
    identity = observed(STACK).identity
    assert identity.family == "arubaos_cx"
    assert identity.model == "Aruba 6300 VSF Stack"
    assert identity.firmware == "FL.10.13.1005"
    assert identity.serial == "SG00AAA001"
    assert identity.sysname == "coffret-a"
    assert identity.uptime_s == 3600.0
    assert identity.members == (
        Member(1, "JL659A", "SG00AAA001", "FL.10.13.1005"),
        Member(2, "JL659A", "SG00AAA002", "FL.10.13.1005"),
    )


def test_the_members_load_and_memory_are_figures() -> None:
    observation = observed(STACK)
    assert figures(observation, "cpu_percent") == [("VSF 1", 12.0), ("VSF 2", 7.0)]
    assert figures(observation, "memory_percent") == [("VSF 1", 25.0)]


def test_without_entity_mib_the_product_and_the_firmware_are_those_of_sys_descr() -> None:
    identity = observed(SYSTEM).identity
    assert identity.family == "arubaos_cx"
    assert identity.firmware == "FL.10.13.1005"
    assert identity.model == "JL659A 6300M 48SR5 CL6 PoE 4SFP56 Swch"


def test_vlans_of_ieee8021_q_bridge_mib_have_their_ports_by_if_index() -> None:
    # A PortList's first octet holds ports 1 to 8, its ninth port 65.
    text = (
        PORTS
        + """\
.1.3.111.2.802.1.1.4.1.4.3.1.3.1.20 = STRING: "eleves"
.1.3.111.2.802.1.1.4.1.4.3.1.4.1.20 = Hex-STRING: 80 00 00 00 00 00 00 00 80
.1.3.111.2.802.1.1.4.1.4.3.1.6.1.20 = Hex-STRING: 80 00 00 00 00 00 00 00 00
"""
    )
    assert observed(text).vlans == (Vlan(20, "eleves", tagged=(65,), untagged=(1,)),)


def test_the_power_of_each_poe_port_is_told_in_watts() -> None:
    text = (
        PORTS
        + """\
.1.3.6.1.2.1.105.1.1.1.3.1.1 = INTEGER: true(1)
.1.3.6.1.2.1.105.1.1.1.3.1.65 = INTEGER: false(2)
.1.3.6.1.2.1.105.1.1.1.6.1.1 = INTEGER: deliveringPower(3)
.1.3.6.1.2.1.105.1.1.1.6.1.65 = INTEGER: disabled(1)
.1.3.6.1.2.1.105.1.1.1.10.1.1 = INTEGER: class4(5)
.1.3.6.1.2.1.105.1.1.1.10.1.65 = INTEGER: class0(1)
.1.3.6.1.2.1.105.1.3.1.1.2.1 = Gauge32: 740
.1.3.6.1.2.1.105.1.3.1.1.4.1 = Gauge32: 12
.1.3.6.1.4.1.47196.4.1.1.3.8.1.1.1.7.1.1 = INTEGER: 11700
.1.3.6.1.4.1.47196.4.1.1.3.8.1.1.1.7.1.65 = INTEGER: 0
"""
    )
    observation = observed(text)
    assert observation.poe is not None
    assert (observation.poe.budget_w, observation.poe.used_w) == (740.0, 12.0)
    assert observation.poe.ports == (
        PoePort(1, poe_class=4, admin=True, delivering=True, power_w=11.7),
        PoePort(65, poe_class=None, admin=False, delivering=False, power_w=0.0),
    )
    assert figures(observation, "poe_w") == [("PSE 1", 12.0)]


def test_an_lldp_neighbour_whose_addresses_are_text_is_heard_on_its_port() -> None:
    text = (
        PORTS
        + """\
.1.0.8802.1.1.2.1.3.7.1.2.65 = INTEGER: interfaceName(5)
.1.0.8802.1.1.2.1.3.7.1.3.65 = STRING: "2/1/1"
.1.0.8802.1.1.2.1.4.1.1.4.700.65.3 = INTEGER: macAddress(4)
.1.0.8802.1.1.2.1.4.1.1.5.700.65.3 = STRING: "02:00:5e:00:00:09"
.1.0.8802.1.1.2.1.4.1.1.6.700.65.3 = INTEGER: interfaceName(5)
.1.0.8802.1.1.2.1.4.1.1.7.700.65.3 = STRING: "eth0"
.1.0.8802.1.1.2.1.4.1.1.9.700.65.3 = STRING: "ap3"
.1.0.8802.1.1.2.1.4.1.1.10.700.65.3 = STRING: "OpenWrt 23.05.5"
.1.3.6.1.2.1.17.7.1.2.2.1.2.10.2.0.94.0.0.9 = INTEGER: 65
.1.3.6.1.2.1.17.7.1.2.2.1.2.10.2.0.94.0.0.77 = INTEGER: 65
"""
    )
    observation = observed(text)
    assert observation.neighbours == (
        Neighbour("2/1/1", "lldp", "ap3", "eth0", "02005e000009", "OpenWrt 23.05.5"),
    )
    # The other address on that port is somebody's: it is not taken over.
    assert observation.forwarding == (ForwardingEntry(10, "02005e000009", 65),)
