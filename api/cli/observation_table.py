"""An Observation as tables for a person at a terminal."""

from collections.abc import Iterable

from rich.console import Console
from rich.table import Table

from inventory.observation import Observation

_SHOWN_METRICS = 60
_FITTED_ROWS = 200  # fitting a table's columns to the screen takes a millisecond a row


def show(observation: Observation) -> None:
    """Print the identity, then a table for each subject that the device tells something of."""
    console = Console(highlight=False)
    identity = observation.identity
    name = identity.sysname or identity.sys_descr or "a device that does not say its name"
    console.print(f"[bold]{_plain(name)}[/bold]")
    for label, value in (
        ("family", identity.family),
        ("vendor", identity.vendor),
        ("model", identity.model),
        ("serial", identity.serial),
        ("firmware", identity.firmware),
        ("uptime", _days(identity.uptime_s)),
        ("object id", identity.sys_object_id),
    ):
        console.print(f"  {label:<10} {_plain(value)}")
    _tables(console, observation)
    for problem in observation.problems:
        console.print(f"[yellow]not read:[/yellow] {_plain(problem.what)}: {_plain(problem.why)}")


def _tables(console: Console, observation: Observation) -> None:
    _table(
        console,
        "Stack members",
        ("member", "model", "serial", "firmware"),
        ((row.index, row.model, row.serial, row.firmware) for row in observation.identity.members),
    )
    _table(
        console,
        "Interfaces",
        ("index", "name", "alias", "admin", "oper", "Mbit/s", "MTU", "MAC"),
        (
            (
                row.index,
                row.name,
                row.alias,
                row.admin,
                row.oper,
                None if row.speed_bps is None else f"{row.speed_bps / 1e6:.12g}",
                row.mtu,
                row.mac,
            )
            for row in observation.interfaces
        ),
    )
    _table(
        console,
        "Radios",
        ("radio", "GHz", "channel", "MHz", "dBm", "noise dBm", "clients"),
        (
            (
                row.name,
                row.band,
                row.channel,
                row.frequency_mhz,
                row.tx_power_dbm,
                row.noise_floor_dbm,
                row.clients,
            )
            for row in observation.radios
        ),
    )
    _table(
        console,
        "WLANs",
        ("SSID", "BSSID", "radio", "clients", "security"),
        ((row.ssid, row.bssid, row.radio, row.clients, row.security) for row in observation.wlans),
    )
    _table(
        console,
        "Neighbours",
        ("port", "by", "device", "its port", "chassis"),
        (
            (row.local_interface, row.protocol, row.system_name, row.port_id, row.chassis_id)
            for row in observation.neighbours
        ),
    )
    _table(
        console,
        "VLANs",
        ("VLAN", "name", "tagged ports", "untagged ports"),
        ((row.id, row.name, len(row.tagged), len(row.untagged)) for row in observation.vlans),
    )
    _table(
        console,
        "Figures",
        ("figure", "of", "value", "unit"),
        (
            (row.name, row.label, f"{row.value:.12g}", row.unit)
            for row in observation.metrics[:_SHOWN_METRICS]
        ),
    )


def _table(
    console: Console, title: str, headings: Iterable[str], rows: Iterable[tuple[object, ...]]
) -> None:
    listed = list(rows)
    if not listed:
        return
    if len(listed) > _FITTED_ROWS:
        _long_table(console, title, headings, listed)
        return
    table = Table(*headings, title=title, title_justify="left", box=None, pad_edge=False)
    for row in listed:
        table.add_row(*(_plain(value) for value in row))
    console.print()
    console.print(table)


def _long_table(
    console: Console, title: str, headings: Iterable[str], rows: Iterable[tuple[object, ...]]
) -> None:
    """Print all rows in columns as wide as their widest cell, whatever the screen's width."""
    cells = [tuple(headings), *(tuple(_printable(value) for value in row) for row in rows)]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    lines = ("  ".join(map(str.ljust, row, widths)).rstrip() for row in cells)
    console.file.write("\n".join(("", title, *lines, "")))


def _plain(value: object) -> str:
    """Return a value as text that rich takes literally."""
    from rich.markup import escape

    return escape(_printable(value))


def _printable(value: object) -> str:
    """Return a value as text without the control codes of a device."""
    if value is None:
        return "–"
    return "".join(c if c.isprintable() else " " for c in str(value))


def _days(seconds: float | None) -> str | None:
    if seconds is None:
        return None
    hours, rest = divmod(int(seconds), 3600)
    days, hours = divmod(hours, 24)
    return f"{days} d {hours} h {rest // 60} min"
