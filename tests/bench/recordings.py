"""How long `preau observe --recording` takes, start-up included: `make bench-recordings`.

Every recording of `../shared/recordings` (where it is there), and generated ones of 300,000 lines:
tables of addresses, routes, interfaces and VLANs as only the largest switches have them, each as
`.snmprec` and as the text of `snmpwalk -On`. Each is read by a process of its own, as a person
would; the last line is JSON. `cpu` is what the process needed, which other programmes on the
machine do not lengthen as they do the seconds by the clock.
"""

import argparse
import json
import random
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median
from typing import NamedTuple

DEFAULT_FOLDER = Path(__file__).parents[3] / "shared" / "recordings"
LINES = 300_000
_GROUPS_A_LINE = 16  # octets of a Hex-STRING that net-snmp prints on one line

Name = tuple[int, ...]


class Row(NamedTuple):
    """An object: its name, its ASN.1 tag as `.snmprec` writes it, and its value."""

    name: Name
    tag: int
    value: int | bytes


_INTEGER, _STRING, _COUNTER32, _TICKS, _COUNTER64 = 2, 4, 65, 67, 70
_WORDS = {_INTEGER: "INTEGER", _COUNTER32: "Counter32", _COUNTER64: "Counter64"}


def main() -> None:
    """Measure and print what was found."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=LINES)
    parser.add_argument("--folder", type=Path, default=DEFAULT_FOLDER)
    parser.add_argument("--rounds", type=int, default=2, help="the quickest of them counts")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        files = [*sorted(asked.folder.glob("*.snmprec")), *monsters(Path(folder), asked.lines)]
        found = {path: min(_read(path) for _ in range(asked.rounds)) for path in files}
    for path, (wall_s, cpu_s) in sorted(found.items(), key=lambda each: each[1])[-15:]:
        print(f"{path.name:<32} {wall_s:5.2f} s, {cpu_s:5.2f} CPU s")
    walls_s = [wall_s for wall_s, _ in found.values()]
    print(
        json.dumps(
            {
                "files": len(files),
                "lines": asked.lines,
                "worst_s": round(max(walls_s), 2),
                "p50_s": round(median(walls_s), 2),
                "worst_cpu_s": round(max(cpu_s for _, cpu_s in found.values()), 2),
            }
        )
    )


def _read(path: Path) -> tuple[float, float]:
    """Return the seconds that reading a recording took, by the clock and of CPU."""
    before, started_s = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    command = [sys.executable, "-m", "api.cli", "observe", "--recording", str(path), "--json"]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    wall_s, after = time.perf_counter() - started_s, resource.getrusage(resource.RUSAGE_CHILDREN)
    return wall_s, after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def monsters(folder: Path, lines: int) -> Iterator[Path]:
    """Write the generated recordings, and yield where each is."""
    dice = random.Random(20261122)
    few = list(_interfaces(100, dice))
    kinds = {
        "interfaces": list(_interfaces(lines // 38, dice)),
        "forwarding": [*few, *_forwarding(lines // 3, dice)],
        "arp": [*few, *_arp(lines // 4, dice)],
        "routes": [*few, *_routes(lines // 11)],
        "vlans": [*few, *_vlans(min(4094, lines // 50), dice)],
        "all": [
            *_interfaces(lines // 150, dice),
            *_forwarding(lines // 9, dice),
            *_arp(lines // 20, dice),
            *_routes(lines // 50),
            *_vlans(lines // 300, dice),
        ],
    }
    for kind, generated in kinds.items():
        rows = sorted([*_SYSTEM, *generated])
        (folder / f"{kind}.snmprec").write_text("".join(map(_snmprec, rows)))
        (folder / f"{kind}.txt").write_text("".join(map(_snmpwalk, rows)))
        yield folder / f"{kind}.snmprec"
        yield folder / f"{kind}.txt"


def _snmprec(row: Row) -> str:
    name = ".".join(map(str, row.name))
    if isinstance(row.value, int):
        return f"{name}|{row.tag}|{row.value:d}\n"
    if row.value.isascii() and row.value.decode().isprintable():
        return f"{name}|{row.tag}|{row.value.decode()}\n"
    return f"{name}|{row.tag}x|{row.value.hex()}\n"


def _snmpwalk(row: Row) -> str:
    name = "." + ".".join(map(str, row.name))
    if isinstance(row.value, int):
        if row.tag == _TICKS:
            return f"{name} = Timeticks: ({row.value}) 0:00:00.00\n"
        return f"{name} = {_WORDS[row.tag]}: {row.value}\n"
    if row.value.isascii() and row.value.decode().isprintable():
        return f'{name} = STRING: "{row.value.decode()}"\n'
    octets = row.value
    lines = (
        octets[at : at + _GROUPS_A_LINE].hex(" ") for at in range(0, len(octets), _GROUPS_A_LINE)
    )
    return f"{name} = Hex-STRING: " + " \n".join(lines).upper() + " \n"


_SYSTEM = (
    Row((1, 3, 6, 1, 2, 1, 1, 1, 0), _STRING, b"A switch that is larger than any"),
    Row((1, 3, 6, 1, 2, 1, 1, 3, 0), _TICKS, 123_456),
    Row((1, 3, 6, 1, 2, 1, 1, 5, 0), _STRING, b"sw1"),
)


def _interfaces(ports: int, dice: random.Random) -> Iterator[Row]:
    """IF-MIB ifTable and ifXTable (RFC 2863), 38 columns."""
    name: Name
    for port in range(1, ports + 1):
        for column in range(1, 21):
            name = (1, 3, 6, 1, 2, 1, 2, 2, 1, column, port)
            if column == 2:
                yield Row(name, _STRING, b"GigabitEthernet1/0/%d" % port)
            elif column == 6:
                yield Row(name, _STRING, b"\x02\xff" + port.to_bytes(4, "big"))
            else:
                most, tag = (2**32, _COUNTER32) if column > 9 else (7, _INTEGER)
                yield Row(name, tag, dice.randrange(most))
        for column in range(1, 19):
            name = (1, 3, 6, 1, 2, 1, 31, 1, 1, 1, column, port)
            if column in {1, 18}:
                yield Row(name, _STRING, b"Gi1/0/%d" % port)
            else:
                yield Row(name, _COUNTER64, dice.randrange(2**60))


def _forwarding(addresses: int, dice: random.Random) -> Iterator[Row]:
    """dot1qTpFdbPort and dot1qTpFdbStatus (RFC 4363), dot1dTpFdbAddress for one of three."""
    for _ in range(addresses):
        octets = dice.randbytes(6)
        index = (1, 3, 6, 1, 2, 1, 17, 7, 1, 2, 2, 1)
        fdb = dice.randrange(1, 4000)
        yield Row((*index, 2, fdb, *octets), _INTEGER, dice.randrange(1, 50))
        yield Row((*index, 3, fdb, *octets), _INTEGER, 3)
        yield Row((1, 3, 6, 1, 2, 1, 17, 4, 3, 1, 2, *octets), _INTEGER, dice.randrange(1, 50))


def _arp(addresses: int, dice: random.Random) -> Iterator[Row]:
    """ipNetToMediaTable (RFC 4293)."""
    for number in range(addresses):
        index = (7, 10, *number.to_bytes(3, "big"))
        root = (1, 3, 6, 1, 2, 1, 4, 22, 1)
        yield Row((*root, 1, *index), _INTEGER, 7)
        yield Row((*root, 2, *index), _STRING, b"\x02\xff" + dice.randbytes(4))
        yield Row((*root, 3, *index), _STRING, b"\x0a" + number.to_bytes(3, "big"))
        yield Row((*root, 4, *index), _INTEGER, 3)


def _routes(routes: int) -> Iterator[Row]:
    """ipCidrRouteTable (RFC 4292), which no reading asks for."""
    for number in range(routes):
        index = (10, *number.to_bytes(3, "big"), 255, 255, 255, 255, 0, 10, 0, 0, 1)
        for column in range(1, 12):
            yield Row((1, 3, 6, 1, 2, 1, 4, 24, 4, 1, column, *index), _INTEGER, number)


def _vlans(vlans: int, dice: random.Random) -> Iterator[Row]:
    """dot1qVlanStaticTable (RFC 4363), PortLists of 1,024 ports."""
    root = (1, 3, 6, 1, 2, 1, 17, 7, 1, 4, 3, 1)
    for vlan in range(1, vlans + 1):
        yield Row((*root, 1, vlan), _STRING, b"vlan %d" % vlan)
        for column in (2, 4):
            members = bytes(dice.choice((0, 0, 0x81, 0xFF)) for _ in range(128))
            yield Row((*root, column, vlan), _STRING, members)


if __name__ == "__main__":
    main()
