"""/metrics: what the installation holds and how requests fare, for Prometheus.

Counts only; no name of a school or device is a label.
"""

import ipaddress
from collections.abc import Iterator
from http import HTTPStatus

from fastapi import APIRouter, HTTPException, Request, Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    Counter,
    Histogram,
    generate_latest,
)
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector

from api.http.dependencies import Reading, bearer_token
from api.http.needs import Anybody
from api.usecases.scope import Right
from api.usecases.status import Counts, count_all
from api.usecases.tokens import whose_token
from api.usecases.trap_status import TrapStatus, trap_status

router = APIRouter(include_in_schema=False)

_BUCKETS_S = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class RequestFigures:
    """Requests counted and timed by route, since the process began."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._requests = Counter(
            "preau_http_requests",
            "Requests answered.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self._duration = Histogram(
            "preau_http_request_duration_seconds",
            "Time to answer.",
            ("method", "route"),
            buckets=_BUCKETS_S,
            registry=self.registry,
        )

    def note(self, method: str, route: str, status: int, duration_s: float) -> None:
        """Count one request; `route` is the pattern of its address, not the address."""
        method = method if method in {"GET", "HEAD", "POST"} else "other"
        self._requests.labels(method, route, str(status)).inc()
        self._duration.labels(method, route).observe(duration_s)


class _Inventory(Collector):
    def __init__(self, counts: Counts) -> None:
        self._counts = counts

    def collect(self) -> Iterator[GaugeMetricFamily]:
        counts = self._counts
        for name, text, label, values in (
            ("preau_sites", "Sites by dossier status.", "status", counts.sites_by_status),
            ("preau_devices", "Devices by health.", "health", counts.devices_by_health),
            ("preau_findings_open", "Open findings.", "severity", counts.findings_by_severity),
            ("preau_jobs", "Jobs by state.", "state", counts.jobs_by_state),
        ):
            family = GaugeMetricFamily(name, text, labels=[label])
            for key, count in sorted(values.items()):
                family.add_metric([key], count)
            yield family
        yield GaugeMetricFamily(
            "preau_incidents_open",
            "Open incidents: each is one cause, whatever it shadows.",
            value=counts.incidents_open,
        )
        yield GaugeMetricFamily(
            "preau_jobs_process_up",
            "Whether a jobs process gives signs of life.",
            value=int(counts.jobs_process_alive),
        )
        if counts.last_audit_at is not None:
            yield GaugeMetricFamily(
                "preau_last_audit_timestamp_seconds",
                "When the last audit ended.",
                value=counts.last_audit_at.timestamp(),
            )


class _Traps(Collector):
    def __init__(self, status: TrapStatus) -> None:
        self._status = status

    def collect(self) -> Iterator[GaugeMetricFamily]:
        yield GaugeMetricFamily(
            "preau_traps_listener_up",
            "Whether the listener for traps gives signs of life.",
            value=int(self._status.alive),
        )
        family = GaugeMetricFamily(
            "preau_traps", "Notifications since the listener began, by outcome.", labels=["outcome"]
        )
        for kind in ("received", "dropped"):
            for outcome, count in sorted(self._status.figures.get(kind, {}).items()):
                family.add_metric([outcome], count)
        yield family


@router.get(
    "/metrics",
    dependencies=[Anybody("counts, to this machine; to others by the token of who sees all")],
)
def metrics(request: Request, session: Reading) -> Response:
    """Return the figures, to this machine itself or to the token of someone who sees all."""
    if not _from_this_machine(request):
        token = bearer_token(request)
        viewer = whose_token(session, token) if token else None
        if viewer is None or not viewer.everywhere(Right.SEE):
            # Not our NotLoggedIn: a scraper is not to be sent to the login page.
            raise HTTPException(HTTPStatus.UNAUTHORIZED)
    figures: RequestFigures = request.app.state.figures
    registry = CollectorRegistry()
    registry.register(_Inventory(count_all(session)))
    traps = trap_status(session)
    if traps is not None:
        registry.register(_Traps(traps))
    body = generate_latest(registry) + generate_latest(figures.registry)
    return Response(body, media_type=CONTENT_TYPE_LATEST)


def _from_this_machine(request: Request) -> bool:
    # Behind a reverse proxy on this machine every caller looks local but is announced.
    if request.client is None or "x-forwarded-for" in request.headers:
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False
