"""Which charts a page shows of a device or a site, in the reader's words. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from babel.dates import format_time

from api.usecases.series import Span, Stretch
from api.web.chart_times import Tick, bucket_of, zone_name
from api.web.charts import Chart, Row, Trace, make_chart, table
from api.web.language import BRUSSELS, Tongue
from collectors.series import History, SubjectKind
from inventory.observation import Observation
from inventory.sentences import N_

SPANS: Mapping[Span, str] = {
    Span.DAY: N_("24 heures"),
    Span.WEEK: N_("7 jours"),
    Span.MONTH: N_("30 jours"),
    Span.YEAR: N_("1 an"),
}
PERCENT = (0.0, 100.0)


@dataclass(frozen=True, slots=True)
class HistoryView:
    """What a page shows of a stretch of time. `availability_percent` None: nothing was asked."""

    span: Span
    stretch: Stretch
    zone: str
    charts: tuple[Chart, ...]
    availability_percent: float | None

    def rows(self, chart: Chart) -> list[Row]:
        """Return a chart's table, the newest first."""
        return table(chart, bucket_of(self.stretch.end - self.stretch.start)[1])

    @property
    def row_form(self) -> str:
        """Return how the times of the tables are written: "hour", "date" or "month"."""
        return bucket_of(self.stretch.end - self.stretch.start)[0]


@dataclass(frozen=True, slots=True)
class _Maker:
    stretch: Stretch
    speech: Tongue
    gap_s: float

    def chart(
        self,
        chart_id: str,
        title: str,
        traces: Iterable[Trace],
        unit: str = "",
        bounds: tuple[float, float] | None = None,
    ) -> Chart | None:
        said = self.speech.say(title)
        return make_chart(
            chart_id, said, traces, self.stretch, unit=unit, gap_s=self.gap_s, bounds=bounds
        )

    def trace(self, history: History, name: str, label: str = "") -> Trace:
        return Trace(self.speech.say(label), history, name)


def site_view(
    history: History, span: Span, stretch: Stretch, speech: Tongue, *, gap_s: float
) -> HistoryView:
    """Return the charts of a site: its clients, and how many of its devices answered."""
    make = _Maker(stretch, speech, gap_s)
    charts = (
        make.chart(
            "clients",
            N_("Clients connectés"),
            [
                make.trace(history, "clients", N_("Clients")),
                make.trace(history, "clients_told_by", N_("Bornes qui les ont comptés")),
            ],
        ),
        make.chart(
            "disponibilite",
            N_("Équipements joignables"),
            [Trace(speech.say(N_("Joignables")), history, "devices_reachable", per="devices")],
            "%",
            PERCENT,
        ),
    )
    availability = _ratio(history, "devices_reachable", "devices")
    return _view(span, stretch, charts, availability)


def device_view(
    histories: Sequence[History],
    observation: Observation | None,
    span: Span,
    stretch: Stretch,
    speech: Tongue,
    *,
    gap_s: float,
    port: str | None,
) -> HistoryView:
    """Return the charts of a device; of its ports that of `port`."""
    make = _Maker(stretch, speech, gap_s)
    of_kind = {
        kind: [each for each in histories if each.subject.kind is kind] for kind in SubjectKind
    }
    own = of_kind[SubjectKind.DEVICE]
    ports = [each for each in of_kind[SubjectKind.INTERFACE] if each.subject.key == port]
    charts = (
        *_wireless_charts(make, of_kind, _radio_names(observation, speech)),
        *_port_charts(make, ports),
        *_own_charts(make, own),
    )
    availability = _mean(own[0], "reachable") if own else None
    return _view(span, stretch, charts, None if availability is None else 100 * availability)


def _wireless_charts(
    make: _Maker, of_kind: Mapping[SubjectKind, Sequence[History]], names: Mapping[str, str]
) -> Iterable[Chart | None]:
    radios, wlans = of_kind[SubjectKind.RADIO], of_kind[SubjectKind.WLAN]

    def of_radios(name: str) -> list[Trace]:
        return [
            make.trace(each, name, names.get(each.subject.key, each.subject.key))
            for each in radios
            if each.told(name)
        ]

    whole = [make.trace(each, "clients", N_("Clients")) for each in of_kind[SubjectKind.DEVICE]]
    by_radio = of_radios("clients")
    yield make.chart("clients", N_("Clients connectés"), by_radio or whole)
    if len(wlans) > 1 or not by_radio:
        by_ssid = [make.trace(each, "clients", each.subject.key) for each in wlans]
        yield make.chart("reseaux", N_("Clients par réseau"), by_ssid)
    busy = of_radios("utilisation_percent")
    yield make.chart("canal", N_("Occupation du canal"), busy, "%", PERCENT)
    yield make.chart("bruit", N_("Bruit radio"), of_radios("noise_floor_dbm"), "dBm")
    yield make.chart("puissance", N_("Puissance d’émission"), of_radios("tx_power_dbm"), "dBm")


def _port_charts(make: _Maker, ports: Sequence[History]) -> Iterable[Chart | None]:
    def both(incoming: str, outgoing: str) -> list[Trace]:
        return [
            trace
            for each in ports
            for trace in (
                make.trace(each, incoming, N_("Entrant")),
                make.trace(each, outgoing, N_("Sortant")),
            )
        ]

    yield make.chart("trafic", N_("Trafic du port"), both("in_bps", "out_bps"), "bit/s")
    errors = both("in_errors_per_h", "out_errors_per_h")
    figures = (trace.value(point) for trace in errors for point in trace.history.points)
    # A chart of nothing but zeros would only take room.
    if any(figure is not None and figure.high for figure in figures):
        yield make.chart("erreurs", N_("Erreurs du port par heure"), errors)
    fed = [make.trace(each, "poe_w", N_("Fournie")) for each in ports]
    yield make.chart("poe-port", N_("Alimentation PoE du port"), fed, "W")


def _own_charts(make: _Maker, own: Sequence[History]) -> Iterable[Chart | None]:
    def of_device(name: str, label: str) -> list[Trace]:
        return [make.trace(each, name, label) for each in own]

    answers = [Trace(make.speech.say(N_("Répond")), each, "reachable", times=100) for each in own]
    yield make.chart("disponibilite", N_("Disponibilité"), answers, "%", PERCENT)
    yield make.chart("reponse", N_("Temps de réponse"), of_device("rtt_ms", N_("Réponse")), "ms")
    load = [
        *of_device("cpu_percent", N_("Processeur")),
        *of_device("memory_percent", N_("Mémoire")),
    ]
    yield make.chart("charge", N_("Processeur et mémoire"), load, "%", PERCENT)
    warmth = of_device("temperature_celsius", N_("Température"))
    yield make.chart("temperature", N_("Température"), warmth, "°C")
    yield make.chart("poe", N_("Alimentation PoE"), of_device("poe_w", N_("Fournie")), "W")


def _radio_names(observation: Observation | None, speech: Tongue) -> dict[str, str]:
    """Return what a reader calls each radio: its band, and its own name where two share one."""
    radios = observation.radios if observation is not None else ()
    bands = [radio.band for radio in radios]
    names: dict[str, str] = {}
    for radio in radios:
        key = radio.name or f"radio {radio.index}"
        if radio.band is not None:
            band = f"{speech.number(float(radio.band))}\u00a0GHz"
            names[key] = band if bands.count(radio.band) == 1 else f"{band} ({key})"
    return names


def _view(
    span: Span, stretch: Stretch, charts: Iterable[Chart | None], availability: float | None
) -> HistoryView:
    made = tuple(chart for chart in charts if chart is not None)
    zone = zone_name(stretch.start, stretch.end)
    return HistoryView(span, stretch, zone, made, availability)


def _mean(history: History, name: str) -> float | None:
    figures = [point.figures[name] for point in history.points if name in point.figures]
    count = sum(figure.count for figure in figures)
    return sum(figure.mean * figure.count for figure in figures) / count if count else None


def _ratio(history: History, part: str, whole: str) -> float | None:
    of_part, of_whole = _mean(history, part), _mean(history, whole)
    return 100 * of_part / of_whole if of_part is not None and of_whole else None


def tick_text(tick: Tick, speech: Tongue) -> str:
    """Return the words under a chart."""
    return moment_text(tick.at, tick.form, speech)


def moment_text(at: datetime, form: str, speech: Tongue) -> str:
    """Return a moment on Brussels' clocks, as short as its `form` allows."""
    local = at.astimezone(BRUSSELS)
    if form == "hour":
        return format_time(local, "HH:mm", tzinfo=BRUSSELS, locale=speech.region)
    skeleton = {"weekday": "EEEd", "day": "dMM", "date": "EEEdMMM", "month": "MMMy"}[form]
    return speech.written(local, skeleton)
