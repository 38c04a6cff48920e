"""IF-MIB (RFC 2863): the interfaces, with the 64-bit counters where the device has them."""

from inventory.observation import Interface
from inventory.vendors.mib import MibView, Oid, Value, mac, oid, text

IF_TABLE = oid("1.3.6.1.2.1.2.2.1")
IF_X_TABLE = oid("1.3.6.1.2.1.31.1.1.1")

# ifTable's and ifXTable's columns by the last part of their OID.
_DESCR, _TYPE, _MTU, _SPEED, _PHYS_ADDRESS, _ADMIN, _OPER = 2, 3, 4, 5, 6, 7, 8
_NAME, _HIGH_SPEED, _ALIAS = 1, 15, 18
# Counters by their name in an Observation: (ifXTable's column, else ifTable's).
_COUNTERS: dict[str, tuple[int | None, int | None]] = {
    "in_octets": (6, 10),
    "in_ucast_pkts": (7, 11),
    "in_multicast_pkts": (8, None),
    "in_broadcast_pkts": (9, None),
    "out_octets": (10, 16),
    "out_ucast_pkts": (11, 17),
    "out_multicast_pkts": (12, None),
    "out_broadcast_pkts": (13, None),
    "in_discards": (None, 13),
    "in_errors": (None, 14),
    "out_discards": (None, 19),
    "out_errors": (None, 20),
}
COLUMNS = (
    *((*IF_TABLE, column) for column in (_DESCR, _TYPE, _MTU, _SPEED)),
    *((*IF_TABLE, column) for column in (_PHYS_ADDRESS, _ADMIN, _OPER)),
    *((*IF_TABLE, old) for _, old in _COUNTERS.values() if old),
    *((*IF_X_TABLE, column) for column in (_NAME, _HIGH_SPEED, _ALIAS)),
    *((*IF_X_TABLE, new) for new, _ in _COUNTERS.values() if new),
)
# What ports are called, as in other MIBs' rows, and their addresses: who the device is.
NAMES = ((*IF_TABLE, _DESCR), (*IF_TABLE, _TYPE), (*IF_TABLE, _PHYS_ADDRESS), (*IF_X_TABLE, _NAME))

ADMIN_LABELS = {1: "up", 2: "down", 3: "testing"}
OPER_LABELS = {
    1: "up", 2: "down", 3: "testing", 4: "unknown", 5: "dormant", 6: "notPresent",
    7: "lowerLayerDown",
}  # fmt: skip

_SPEED_CAP = 4_294_967_295  # ifSpeed's "more than I can say"
ETHERNET = 6  # IANAifType ethernetCsmacd


def interfaces(view: MibView) -> tuple[Interface, ...]:
    """Return the interfaces in the order of ifIndex."""
    old = {column: _rows(view, (*IF_TABLE, column)) for column in range(1, 21)}
    new = {column: _rows(view, (*IF_X_TABLE, column)) for column in range(1, 19)}
    known = (old[_DESCR], old[_TYPE], old[_ADMIN], old[_OPER], new[_NAME])
    indexes = sorted(set().union(*known))
    return tuple(_interface(index, old, new) for index in indexes)


def _rows(view: MibView, column: Oid) -> dict[int, Value]:
    return {index[0]: value for index, value in view.column(column).items() if len(index) == 1}


Columns = dict[int, dict[int, Value]]


def _interface(index: int, old: Columns, new: Columns) -> Interface:
    def number(columns: Columns, column: int) -> int | None:
        value = columns[column].get(index)
        return value if isinstance(value, int) else None

    description = text(old[_DESCR].get(index))
    return Interface(
        index=index,
        name=text(new[_NAME].get(index)) or description,
        description=description,
        alias=text(new[_ALIAS].get(index)),
        type=number(old, _TYPE),
        admin=ADMIN_LABELS.get(number(old, _ADMIN) or 0),
        oper=OPER_LABELS.get(number(old, _OPER) or 0),
        speed_bps=_speed_bps(number(old, _SPEED), number(new, _HIGH_SPEED)),
        mtu=number(old, _MTU),
        mac=mac(old[_PHYS_ADDRESS].get(index)),
        counters=_counters(index, old, new),
        octet_bits=_octet_bits(index, old, new),
    )


def _speed_bps(speed: int | None, high_speed_mbps: int | None) -> int | None:
    if high_speed_mbps and (not speed or speed >= _SPEED_CAP):
        return high_speed_mbps * 1_000_000
    return speed


def _counters(index: int, old: Columns, new: Columns) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, (wide, narrow) in _COUNTERS.items():
        in_64_bits = new[wide].get(index) if wide else None
        in_32_bits = old[narrow].get(index) if narrow else None
        # The narrow one is the wide one's lower half; where the wide one alone is 0 it is not kept.
        if isinstance(in_64_bits, int) and (in_64_bits or not in_32_bits):
            found[name] = in_64_bits
        elif isinstance(in_32_bits, int):
            found[name] = in_32_bits
    return found


def _octet_bits(index: int, old: Columns, new: Columns) -> int | None:
    """Return the width of the octet counters that `_counters` tells; None: neither is told."""
    wide, narrow = (
        [columns[_COUNTERS[name][place] or 0].get(index) for name in ("in_octets", "out_octets")]
        for place, columns in ((0, new), (1, old))
    )
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
