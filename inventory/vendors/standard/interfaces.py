"""IF-MIB (RFC 2863): the interfaces, with the 64-bit counters where the device has them."""

from inventory.observation import Interface
from inventory.vendors.mib import MibView, Oid, Value, mac, oid, text

IF_TABLE = oid("1.3.6.1.2.1.2.2.1")
IF_X_TABLE = oid("1.3.6.1.2.1.31.1.1.1")

_DESCR, _TYPE, _MTU, _SPEED, PHYS_ADDRESS, _ADMIN, _OPER = (
    (*IF_TABLE, column) for column in (2, 3, 4, 5, 6, 7, 8)
)
_NAME, _HIGH_SPEED, _ALIAS = ((*IF_X_TABLE, column) for column in (1, 15, 18))


def _pair(wide: int | None, narrow: int | None) -> tuple[Oid | None, Oid | None]:
    return (*IF_X_TABLE, wide) if wide else None, (*IF_TABLE, narrow) if narrow else None


# Counters by their name in an Observation: (ifXTable's column, else ifTable's).
_COUNTERS: dict[str, tuple[Oid | None, Oid | None]] = {
    "in_octets": _pair(6, 10),
    "in_ucast_pkts": _pair(7, 11),
    "in_multicast_pkts": _pair(8, None),
    "in_broadcast_pkts": _pair(9, None),
    "out_octets": _pair(10, 16),
    "out_ucast_pkts": _pair(11, 17),
    "out_multicast_pkts": _pair(12, None),
    "out_broadcast_pkts": _pair(13, None),
    "in_discards": _pair(None, 13),
    "in_errors": _pair(None, 14),
    "out_discards": _pair(None, 19),
    "out_errors": _pair(None, 20),
}
_OCTETS = ("in_octets", "out_octets")
COLUMNS: tuple[Oid, ...] = (
    *(_DESCR, _TYPE, _MTU, _SPEED, PHYS_ADDRESS, _ADMIN, _OPER, _NAME, _HIGH_SPEED, _ALIAS),
    *(column for pair in _COUNTERS.values() for column in pair if column),
)
# A port is there where one of these is told.
_EXISTS = (_DESCR, _TYPE, _ADMIN, _OPER, _NAME)
# What ports are called, as in other MIBs' rows, and their addresses: who the device is.
NAMES = (_DESCR, _TYPE, PHYS_ADDRESS, _NAME)

ADMIN_LABELS = {1: "up", 2: "down", 3: "testing"}
OPER_LABELS = {
    1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent",
    7: "lowerLayerDown",
}  # fmt: skip

_SPEED_CAP = 4_294_967_295  # ifSpeed's "more than I can say"
ETHERNET = 6  # IANAifType ethernetCsmacd


def interfaces(view: MibView) -> tuple[Interface, ...]:
    """Return the interfaces in the order of ifIndex."""
    columns = {column: view.numbered(column) for column in COLUMNS}
    known = (columns[column] for column in _EXISTS)
    indexes = sorted(set().union(*known))
    counters = _Counters(columns)
    return tuple(_interface(index, columns, counters) for index in indexes)


Columns = dict[Oid, dict[int, Value]]


def _interface(index: int, columns: Columns, counters: "_Counters") -> Interface:
    def number(column: Oid) -> int | None:
        value = columns[column].get(index)
        return value if isinstance(value, int) else None

    description = text(columns[_DESCR].get(index))
    return Interface(
        index=index,
        name=text(columns[_NAME].get(index)) or description,
        description=description,
        alias=text(columns[_ALIAS].get(index)),
        type=number(_TYPE),
        admin=_label(columns[_ADMIN].get(index), ADMIN_LABELS),
        oper=_label(columns[_OPER].get(index), OPER_LABELS),
        speed_bps=_speed_bps(number(_SPEED), number(_HIGH_SPEED)),
        mtu=number(_MTU),
        mac=mac(columns[PHYS_ADDRESS].get(index)),
        counters=counters.told(index),
        octet_bits=counters.octet_bits(index),
    )


def _label(value: Value | None, labels: dict[int, str]) -> str | None:
    """Return the label of a value; `snmpwalk -OQ` writes the label itself."""
    if isinstance(value, int):
        return labels.get(value)
    written = text(value)
    return written if written in labels.values() else None


def _speed_bps(speed: int | None, high_speed_mbps: int | None) -> int | None:
    if high_speed_mbps and (not speed or speed >= _SPEED_CAP):
        return high_speed_mbps * 1_000_000
    return speed


class _Counters:
    """The columns of counters, looked into port by port."""

    def __init__(self, columns: Columns) -> None:
        nothing: dict[int, Value] = {}
        every = [
            (name, columns[wide] if wide else nothing, columns[narrow] if narrow else nothing)
            for name, (wide, narrow) in _COUNTERS.items()
        ]
        self._columns = [each for each in every if each[1] or each[2]]
        octets = [each for each in self._columns if each[0] in _OCTETS]
        self._wide = [wide for _, wide, _ in octets]
        self._narrow = [narrow for _, _, narrow in octets]

    def told(self, index: int) -> dict[str, int]:
        """Return a port's counters by their name."""
        found: dict[str, int] = {}
        for name, wide, narrow in self._columns:
            in_64_bits, in_32_bits = wide.get(index), narrow.get(index)
            # The narrow one is the wide one's lower half; where the wide one alone is 0 it is not
            # kept.
            if isinstance(in_64_bits, int) and (in_64_bits or not in_32_bits):
                found[name] = in_64_bits
            elif isinstance(in_32_bits, int):
                found[name] = in_32_bits
        return found

    def octet_bits(self, index: int) -> int | None:
        """Return the width of the octet counters that `told` tells; None: neither is told."""
        if not self._wide:
            return None
        wide = [column.get(index) for column in self._wide]
        narrow = [column.get(index) for column in self._narrow]
        if all(isinstance(octets, int) for octets in wide) and (any(wide) or not any(narrow)):
            return 64
        return 32 if any(isinstance(octets, int) for octets in (*wide, *narrow)) else None


class Ports:
    """Looks interfaces up by what other MIBs call them."""

    def __init__(self, listed: tuple[Interface, ...]) -> None:
        self.by_index = {interface.index: interface for interface in listed}
        self._by_word: dict[str, Interface] = {}
        # A name is surer than a description, a description than an alias that a person typed.
        for attribute in ("name", "description", "mac", "alias"):
            for interface in listed:
                word = getattr(interface, attribute)
                if word:
                    self._by_word.setdefault(word, interface)

    def named(self, word: str | None) -> Interface | None:
        """Return the interface of this name, description, address (12 hex digits) or alias."""
        return self._by_word.get(word) if word else None
