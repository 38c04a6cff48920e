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
    )


def _speed_bps(speed: int | None, high_speed_mbps: int | None) -> int | None:
    if high_speed_mbps and (not speed or speed >= _SPEED_CAP):
        return high_speed_mbps * 1_000_000
    return speed


def _counters(index: int, old: Columns, new: Columns) -> dict[str, int]:
    found: dict[str, int] = {}
    for name, (wide, narrow) in _COUNTERS.items():
        for columns, column in ((new, wide), (old, narrow)):
            value = columns[column].get(index) if column else None
            if isinstance(value, int):
                found[name] = value
                break
    return found


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
