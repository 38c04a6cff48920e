"""Tables of radios, WLANs and access points as vendors' own MIBs have them, declared as columns.

Most vendors have the same three tables under other names: a family names its columns, and how they
are read where a plain number is not meant, and the rows, the figures and their OIDs follow. What a
MIB does not have stays None; what a device does not answer is left out of its row.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from inventory.observation import AccessPoint, Metric, Radio, Wlan
from inventory.vendors.mib import MibView, Oid, dotted, mac
from inventory.vendors.standard import figures
from inventory.vendors.standard.channels import band as band_of
from inventory.vendors.standard.channels import band_of_channel, frequency_mhz
from inventory.vendors.standard.channels import channel as channel_of
from inventory.vendors.standard.wireless_columns import Column, ip_address, mac_of_index

_NO_ADDRESS = "0" * 12


@dataclass(frozen=True, kw_only=True)
class RadioTable:
    """The columns of a table of radios.

    `names` gives the radios' names by index where they do not stand in a column of the table;
    `bands` is what the words or numbers of the `band` column mean, and `bands_of` gives bands by
    index that another table tells better. Without a band, one is taken from the frequency or the
    channel; `known_bands_only` says that a word which `bands` does not name may be of 6 GHz, whose
    channels bear the others' numbers.
    """

    name: Oid | None = None
    names: Callable[[MibView], Mapping[Oid, str]] | None = None
    band: Oid | None = None
    bands: Mapping[str, str] = field(default_factory=dict)
    bands_of: Callable[[MibView], Mapping[Oid, str]] | None = None
    known_bands_only: bool = False
    channel: Column | None = None
    frequency: Column | None = None
    width: Column | None = None
    tx_power: Column | None = None
    noise: Column | None = None
    utilisation: Column | None = None
    clients: Column | None = None
    more_columns: tuple[Oid, ...] = ()

    @property
    def _figures(self) -> tuple[Column, ...]:
        every = (
            self.channel, self.frequency, self.width, self.tx_power, self.noise, self.utilisation,
            self.clients,
        )  # fmt: skip
        return tuple(figure for figure in every if figure)

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns to fetch."""
        words = tuple(root for root in (self.name, self.band) if root)
        figures = (root for figure in self._figures for root in figure.roots)
        return (*words, *figures, *self.more_columns)

    def labels(self, view: MibView) -> dict[Oid, str]:
        """Return what each radio is called, `radio` and its index where it has no name."""
        roots = {root for figure in self._figures for root in figure.roots}
        indexes = sorted({index for root in roots for index in view.column(root)})
        given = dict(self.names(view)) if self.names else view.texts(self.name) if self.name else {}
        return {index: given.get(index) or f"radio {dotted(index)}" for index in indexes if index}

    def radios(self, view: MibView) -> tuple[Radio, ...]:
        """Return the radios in the order of their index."""
        labels = self.labels(view)
        bands = self._bands(view)
        own_numbers = all(len(index) == 1 for index in labels)
        return tuple(
            self._radio(view, index, index[0] if own_numbers else place, label, bands)
            for place, (index, label) in enumerate(labels.items())
        )

    def _radio(
        self, view: MibView, index: Oid, number: int, name: str, bands: Mapping[Oid, str | None]
    ) -> Radio:
        band, channel, frequency = self._air(view, index, bands)
        return Radio(
            index=number,
            name=name,
            band=band,
            channel=channel,
            frequency_mhz=frequency,
            width_mhz=_whole(_at(view, self.width, index)),
            tx_power_dbm=_at(view, self.tx_power, index),
            noise_floor_dbm=_at(view, self.noise, index),
            utilisation_percent=_at(view, self.utilisation, index),
            clients=_whole(_at(view, self.clients, index)),
        )

    def _bands(self, view: MibView) -> Mapping[Oid, str | None]:
        """Return the bands that are told by index, None where none may be guessed."""
        words = view.texts(self.band) if self.band else {}
        told: dict[Oid, str | None] = {
            index: self.bands.get(word)
            for index, word in words.items()
            if word in self.bands or self.known_bands_only
        }
        return {**told, **self.bands_of(view)} if self.bands_of else told

    def _air(
        self, view: MibView, index: Oid, bands: Mapping[Oid, str | None]
    ) -> tuple[str | None, int | None, int | None]:
        """Return (band, channel, frequency in MHz); a channel of 0 is that of a radio off air."""
        channel = _whole(_at(view, self.channel, index)) or None
        frequency = _whole(_at(view, self.frequency, index)) or None
        if index in bands:
            band = bands[index]
        else:
            band = band_of(frequency) if frequency else band_of_channel(channel)
        return (
            band,
            channel or (channel_of(frequency) if frequency else None),
            frequency or frequency_mhz(band, channel),
        )

    def metrics(self, view: MibView) -> list[Metric]:
        """Return the radios' figures, each with the OID of the object that it was read from."""
        labels, bands = self.labels(view), self._bands(view)
        found = []
        for index, label in labels.items():
            _, channel, frequency = self._air(view, index, bands)
            if channel and (heard := _teller(view, index, self.channel, self.frequency)):
                found.append(Metric("channel", label, float(channel), "", heard))
            if frequency and (tuned := _teller(view, index, self.frequency, self.channel)):
                found.append(Metric("frequency_mhz", label, float(frequency), "MHz", tuned))
        for name, unit, figure in (
            ("tx_power_dbm", "dBm", self.tx_power),
            ("noise_floor_dbm", "dBm", self.noise),
            ("utilisation_percent", "%", self.utilisation),
            ("clients", "", self.clients),
        ):
            for index, label in labels.items() if figure else ():
                number = _at(view, figure, index)
                if figure and number is not None:
                    source = dotted(figure.source(view, index))
                    found.append(Metric(name, label, number, unit, source))
        return found


def _at(view: MibView, column: Column | None, index: Oid) -> float | None:
    return column.at(view, index) if column else None


def _teller(view: MibView, index: Oid, *columns: Column | None) -> str | None:
    """Return the object of the first of two columns that tells a radio's channel or frequency."""
    told = (column for column in columns if column and _whole(_at(view, column, index)))
    return next((dotted(column.source(view, index)) for column in told), None)


def _whole(number: float | None) -> int | None:
    return None if number is None else round(number)


@dataclass(frozen=True, kw_only=True)
class WlanTable:
    """The columns of a table of WLANs or of virtual access points.

    `bssid_in_index` takes the BSSID out of a row's index; `radio` gives, for a view, the function
    from a row's index to its radio's name. A row is no WLAN if `no_ssid` matches its SSID, or if
    its `state` is one of `off`: then its clients are told all the same, for there are none. Where
    the table does not count its clients, `stations` is the column of the table of clients that
    holds their SSID: they are counted, and nothing else of them is read. `whole` adds a figure of
    the clients of all SSIDs, where the device has none of its own; `each_row` gives one figure for
    each WLAN, where two of one SSID are two, not one on two radios.
    """

    ssid: Oid
    bssid: Oid | None = None
    bssid_in_index: Callable[[Oid], str | None] | None = None
    clients: Oid | None = None
    stations: Oid | None = None
    security: Oid | None = None
    radio: Callable[[MibView], Callable[[Oid], str | None]] | None = None
    state: Oid | None = None
    off: frozenset[int] = frozenset()
    no_ssid: str | None = None
    whole: bool = False
    each_row: bool = False
    more_columns: tuple[Oid, ...] = ()

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns to fetch."""
        every = (
            self.ssid, self.bssid, self.clients, self.stations, self.security, self.state,
        )  # fmt: skip
        return (*(root for root in every if root), *self.more_columns)

    def rows(self, view: MibView) -> dict[Oid, str]:
        """Return the SSIDs that are on the air by index."""
        states = view.integers(self.state) if self.state else {}
        listed = self._listed(view).items()
        return {index: ssid for index, ssid in listed if states.get(index) not in self.off}

    def _listed(self, view: MibView) -> dict[Oid, str]:
        """Return the SSIDs by index, those that are off too: they have no clients, and say so."""
        return {
            index: ssid
            for index, ssid in view.texts(self.ssid).items()
            if not (self.no_ssid and re.search(self.no_ssid, ssid))
        }

    def wlans(self, view: MibView) -> tuple[Wlan, ...]:
        """Return the WLANs in the order of their index."""
        radio_of = self.radio(view) if self.radio else None
        return tuple(
            Wlan(
                ssid=ssid,
                bssid=self._bssid(view, index),
                radio=radio_of(index) if radio_of else None,
                clients=view.integer((*self.clients, *index)) if self.clients else None,
                security=view.text((*self.security, *index)) if self.security else None,
            )
            for index, ssid in self.rows(view).items()
        )

    def _bssid(self, view: MibView, index: Oid) -> str | None:
        if self.bssid_in_index:
            return self.bssid_in_index(index)
        address = mac(view.get((*self.bssid, *index))) if self.bssid else None
        return address if address != _NO_ADDRESS else None

    def metrics(self, view: MibView) -> list[Metric]:
        """Return the clients of each SSID, those of all its radios together."""
        if self.each_row and self.clients:
            labels = {index: f"SSID {ssid}" for index, ssid in self._listed(view).items()}
            told = figures.column(view, self.clients, "clients", "", labels=labels)
            return [metric for metric in told if metric.label]
        sums, source = self._sums(view)
        found = [
            Metric("clients", f"SSID {ssid}", number, "", dotted(first))
            for ssid, (number, first) in sums.items()
        ]
        if self.whole and sums:
            total = sum(number for number, _ in sums.values())
            if self.stations and not self.clients:  # those of an SSID that is not listed too
                total = float(len(view.texts(self.stations)))
            found.append(Metric("clients", "all SSIDs", total, "", dotted(source)))
        return found

    def _sums(self, view: MibView) -> tuple[dict[str, tuple[float, Oid]], Oid]:
        """Return the clients by SSID with the object that tells them, and the column."""
        sums: dict[str, tuple[float, Oid]] = {}
        if self.clients:
            for index, ssid in self._listed(view).items():
                source = (*self.clients, *index)
                number = view.integer(source)
                if number is not None:
                    before, first = sums.get(ssid, (0.0, source))
                    sums[ssid] = before + number, first
            return sums, self.clients
        if self.stations:
            associated = list(view.texts(self.stations).values())
            for ssid in self._listed(view).values():
                sums[ssid] = float(associated.count(ssid)), self.stations
        return sums, self.stations or self.ssid


@dataclass(frozen=True, kw_only=True)
class AccessPointTable:
    """The columns of a controller's table of access points.

    `states` gives our word (`up`, `down` …) for the device's own; a word it does not name is given
    as it is. `indexed_by_mac` says that the row's index is the address; `counted` adds
    the number of rows as a figure, where the device has none of its own.
    """

    name: Oid | None = None
    mac: Oid | None = None
    indexed_by_mac: bool = False
    serial: Oid | None = None
    model: Oid | None = None
    ip: Oid | None = None
    firmware: Oid | None = None
    status: Oid | None = None
    states: Mapping[str, str] = field(default_factory=dict)
    clients: Oid | None = None
    counted: bool = False

    @property
    def columns(self) -> tuple[Oid, ...]:
        """Return the columns to fetch."""
        every = (
            self.name, self.mac, self.serial, self.model, self.ip, self.firmware, self.status,
            self.clients,
        )  # fmt: skip
        return tuple(root for root in every if root)

    def access_points(self, view: MibView) -> tuple[AccessPoint, ...]:
        """Return the access points in the order of their index."""
        indexes = sorted({index for root in self.columns for index in view.column(root)})
        return tuple(self._access_point(view, index) for index in indexes)

    def _access_point(self, view: MibView, index: Oid) -> AccessPoint:
        def word(root: Oid | None) -> str | None:
            return view.text((*root, *index)) if root else None

        status = word(self.status)
        address = mac(view.get((*self.mac, *index))) if self.mac else None
        if address is None and self.indexed_by_mac:
            address = mac_of_index(index)
        return AccessPoint(
            name=word(self.name),
            mac=address,
            serial=word(self.serial),
            model=word(self.model),
            ip=ip_address(view.get((*self.ip, *index))) if self.ip else None,
            firmware=word(self.firmware),
            status=self.states.get(status, status) if status else None,
            clients=view.integer((*self.clients, *index)) if self.clients else None,
        )

    def metrics(self, view: MibView) -> list[Metric]:
        """Return how many access points there are, where the device does not count them."""
        rows = len(self.access_points(view)) if self.counted else 0
        told_by = next((root for root in self.columns if view.column(root)), ())
        return [Metric("ap_count", None, float(rows), "", dotted(told_by))] if rows else []
