"""What net-snmp and lldpd of the access point answer, built from its applied state."""

from typing import TYPE_CHECKING

from lab.devices.openwrt.applied import text, vlan_devices
from lab.devices.openwrt.defaults import KERNEL, MODEL, RELEASE
from lab.mib import (
    Oid,
    Tree,
    Value,
    add_row,
    counter32,
    integer,
    octets,
    oid,
    parse_oid,
    string_index,
    ticks,
)
from lab.standard_mibs import (
    DOWN,
    LOOPBACK,
    UP,
    Interface,
    add_address,
    add_interfaces,
    add_lldp,
    add_system,
)

if TYPE_CHECKING:
    from lab.devices.openwrt import OpenWrt

OBJECT_ID = parse_oid("1.3.6.1.4.1.8072.3.2.10")  # NET-SNMP-TC::linux
EXTEND = parse_oid("1.3.6.1.4.1.8072.1.3.2")
STORAGE = parse_oid("1.3.6.1.2.1.25.2.3.1")
HR_DEVICE = parse_oid("1.3.6.1.2.1.25.3.2.1")
HR_PROCESSOR = parse_oid("1.3.6.1.2.1.25.3.3.1")
UCD = parse_oid("1.3.6.1.4.1.2021")
PROCESSOR_INDEX = 196_608
MEMORY_KB = 121_856


def build_tree(device: "OpenWrt") -> Tree:
    """Return the whole tree of one access point."""
    tree: Tree = {}
    snmpd = next(iter(device.applied["snmpd"].of_type("system")), None)
    add_system(
        tree,
        description=device.description(),
        object_id=OBJECT_ID,
        uptime=ticks(device.hundredths),
        name=(text(snmpd, "sysName") if snmpd else "") or device.hostname(),
        contact=text(snmpd, "sysContact") if snmpd else "",
        location=text(snmpd, "sysLocation") if snmpd else "",
        services=72,
    )
    add_interfaces(tree, _interfaces(device), device.uptime_s)
    add_address(tree, "127.0.0.1", "255.0.0.0", 1)
    if device.host != "127.0.0.1":
        add_address(tree, device.host, "255.255.255.0", device.if_index("br-lan"))
    _host_resources(tree, device)
    _ucd(tree, device)
    _extends(tree, device)
    said = device.advertisement("eth0")
    add_lldp(
        tree,
        own=said,
        ports={"eth0": (device.if_index("eth0"), said)},
        neighbours=device.neighbours(),
        chassis_as_text=False,
    )
    return tree


def _interfaces(device: "OpenWrt") -> list[Interface]:
    wired_up = device.link_is_up("eth0") or not device.links
    rows = [
        Interface(
            index=1,
            name="lo",
            description="lo",
            type=LOOPBACK,
            mtu=65536,
            speed_mbps=10,
            octets_per_s=40,
        ),
        _row(device, "eth0", speed_mbps=1000, oper=UP if wired_up else DOWN, rate=90_000),
        _row(device, "br-lan", speed_mbps=1000, oper=UP if wired_up else DOWN, rate=80_000),
    ]
    wired = UP if wired_up else DOWN
    tagged = vlan_devices(device.applied["network"])
    rows += [_row(device, name, speed_mbps=1000, oper=wired, rate=9_000) for name in tagged]
    names = [i.name for radio in device.radios() for i in radio.interfaces if i.name]
    if not device.pending:
        rows += [_row(device, name, speed_mbps=0, oper=UP, rate=20_000) for name in names]
    return rows


def _row(device: "OpenWrt", name: str, *, speed_mbps: int, oper: int, rate: int) -> Interface:
    wireless = any(each.name == name for radio in device.radios() for each in radio.interfaces)
    return Interface(
        index=device.if_index(name),
        name=name,
        description=name,
        speed_mbps=speed_mbps,
        mac=device.bssid(name) if wireless else device.base_mac,
        oper=oper,
        octets_per_s=device.draw(f"rate/{name}", rate // 4, rate),
    )


def _host_resources(tree: Tree, device: "OpenWrt") -> None:
    """HOST-RESOURCES-MIB (RFC 2790): storage in units, one processor."""
    tree[parse_oid("1.3.6.1.2.1.25.1.1.0")] = ticks(device.hundredths)
    tree[parse_oid("1.3.6.1.2.1.25.2.2.0")] = integer(MEMORY_KB)
    used = MEMORY_KB * device.draw("memory", 38, 62) // 100
    kinds: list[tuple[int, int, str, int, int, int]] = [
        (1, 2, "Physical memory", 1024, MEMORY_KB, used),
        (6, 1, "Memory buffers", 1024, MEMORY_KB, used // 20),
        (7, 1, "Cached memory", 1024, used // 5, used // 5),
        (31, 4, "/overlay", 4096, 1500, 210),
        (35, 4, "/tmp", 4096, 15_232, 60),  # noqa: S108
    ]
    for index, kind, name, unit, size, in_use in kinds:
        cells = [
            (1, integer(index)),
            (2, oid((1, 3, 6, 1, 2, 1, 25, 2, 1, kind))),
            (3, octets(name)),
            (4, integer(unit)),
            (5, integer(size)),
            (6, integer(in_use)),
        ]
        add_row(tree, STORAGE, (index,), cells)
    processor = [
        (1, integer(PROCESSOR_INDEX)),
        (2, oid((1, 3, 6, 1, 2, 1, 25, 3, 1, 3))),
        (3, octets("")),
        (4, oid((0, 0))),
        (5, integer(2)),
    ]
    add_row(tree, HR_DEVICE, (PROCESSOR_INDEX,), processor)
    load = [(1, oid((0, 0))), (2, integer(device.draw("cpu", 2, 23)))]
    add_row(tree, HR_PROCESSOR, (PROCESSOR_INDEX,), load)


def _ucd(tree: Tree, device: "OpenWrt") -> None:
    """UCD-SNMP-MIB: memory in kB, load averages, CPU percentages and tick counters."""
    cpu = device.draw("cpu", 2, 23)
    available = MEMORY_KB - MEMORY_KB * device.draw("memory", 38, 62) // 100
    memory = {3: 0, 4: 0, 5: MEMORY_KB, 6: available, 11: available, 14: 1_200, 15: 9_000}
    for column, number in memory.items():
        tree[(*UCD, 4, column, 0)] = integer(number)
    for index in (1, 2, 3):
        cells = [
            (1, integer(index)),
            (2, octets(f"Load-{(1, 5, 15)[index - 1]}")),
            (3, octets(f"0.{cpu:02d}")),
            (5, integer(cpu)),
        ]
        add_row(tree, (*UCD, 10, 1), (index,), cells)
    system = {1: integer(1), 2: octets("systemStats"), 9: integer(cpu // 2)}
    system |= {10: integer(cpu - cpu // 2), 11: integer(100 - cpu)}
    system |= {50: counter32(device.hundredths), 53: counter32(device.hundredths)}
    for column, value in system.items():
        tree[(*UCD, 11, column, 0)] = value


def _extends(tree: Tree, device: "OpenWrt") -> None:
    """NET-SNMP-EXTEND-MIB: what the scripts under `extend` print, one line each."""
    lines = {"distro": RELEASE["DISTRIB_DESCRIPTION"], "hardware": MODEL, "kernel": KERNEL}
    up = [
        (radio, each.name, text(each.section, "ssid"))
        for radio in device.radios()
        for each in radio.interfaces
        if each.name and not device.pending
    ]
    total = 0
    for radio, name, _ in up:
        clients = device.clients(name)
        total += clients
        noise = device.noise_dbm(name)
        lines[f"clients-{name}"] = str(clients)
        lines[f"frequency-{name}"] = str(radio.frequency_mhz)
        lines[f"noise-floor-{name}"] = str(noise)
        fastest = 144 if radio.band == "2g" else 433
        for statistic, share in (("avg", 3), ("max", 5), ("min", 1)):
            lines[f"snr-{name}-{statistic}"] = str(18 + 5 * share if clients else 0)
            for direction in ("rx", "tx"):
                rate = fastest * 1_000_000 * share // 6 if clients else 0
                lines[f"rate-{direction}-{name}-{statistic}"] = str(rate)
    lines["clients-wlan"] = str(total)
    lines["interfaces"] = "\n".join(f"{name},{ssid}" for _, name, ssid in up)
    for name, output in lines.items():
        _extend(tree, name, output)
    tree[(*EXTEND, 1, 0)] = integer(len(lines))


def _extend(tree: Tree, name: str, output: str) -> None:
    index: Oid = string_index(name)
    count = len(output.split("\n"))
    config: list[tuple[int, Value]] = [
        (2, octets(f"/etc/snmp/{name.split('-', maxsplit=1)[0]}.sh")),
        (3, octets("")),
        (4, octets("")),
        (5, integer(5)),
        (6, integer(1)),
        (7, integer(1)),
        (20, integer(4)),
        (21, integer(1)),
    ]
    add_row(tree, (*EXTEND, 2, 1), index, config)
    result: list[tuple[int, Value]] = [
        (1, octets(output.split("\n", maxsplit=1)[0])),
        (2, octets(output)),
        (3, integer(count)),
        (4, integer(0)),
    ]
    add_row(tree, (*EXTEND, 3, 1), index, result)
