"""What a poll leaves in the figures over time: of each device, and of each site as a whole."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import structlog

from api.usecases.controlled import is_up
from collectors.outcome import Outcome
from collectors.series import Sample, SeriesStore, Subject, SubjectKind
from collectors.series.sampling import (
    answered_sample,
    clients_of,
    samples_of,
    serves_clients,
    unreachable_sample,
)
from collectors.target import SnmpTarget
from inventory import clock
from inventory.errors import DeviceError, Garbled, PreauError, Unreachable
from inventory.models import Device
from inventory.observation import AccessPoint, Observation

log = structlog.get_logger()

Reading = Outcome[SnmpTarget, Observation]


@dataclass
class _SiteTally:
    """What one poll tells of a site. Devices of which nothing is known either way are left out."""

    devices: int = 0
    reachable: int = 0
    clients: int = 0
    clients_told_by: int = 0

    def sample(self, site_id: int, at: datetime) -> Sample:
        values = {"devices": self.devices, "devices_reachable": self.reachable}
        if self.clients_told_by:
            values |= {"clients": self.clients, "clients_told_by": self.clients_told_by}
        return Sample(Subject(SubjectKind.SITE, site_id), at, values)


@dataclass
class PollHistory:
    """Gathers a poll's samples. A store that cannot be written never fails the poll: it is logged.

    Call `note` inside the database's transaction, `write` outside of it, `end` once at the end.
    """

    store: SeriesStore
    _samples: list[Sample] = field(default_factory=list)
    _sites: dict[int, _SiteTally] = field(default_factory=dict)

    def note(
        self,
        device: Device,
        reading: Reading | None,
        error: DeviceError | None,
        *,
        controlled: Sequence[tuple[Device, AccessPoint]] = (),
    ) -> None:
        """Note what came of one device, and what it told of the access points that it controls.

        Silence is kept as such. A refusal, or another device that answers, tells nothing of it.
        """
        if device.id is None:  # it came from the database
            raise ValueError(device.name)
        if isinstance(error, Unreachable):
            at = reading.at if reading is not None else clock.now()
            self._add(device, [unreachable_sample(device.id, at)], reachable=False)
        elif isinstance(error, Garbled) and reading is not None:
            self._add(device, [answered_sample(device.id, reading.at)], reachable=True)
        elif error is None and reading is not None:
            seen = reading.unwrap()
            samples = samples_of(seen, device.id, device.role, reading.at, rtt_s=reading.rtt_s)
            self._add(device, samples, reachable=True)
            # A controller's clients are its access points': each counts at its own school.
            if not controlled and serves_clients(seen, device.role):
                self._count(device, clients_of(seen))
            for other, point in controlled:
                self._note_controlled(other, point, reading.at)

    def write(self) -> None:
        """Keep what was noted until now."""
        samples, self._samples = self._samples, []
        try:
            self.store.write(samples)
        except PreauError as error:
            log.warning("figures_not_kept", samples=len(samples), error=str(error))

    def end(self) -> None:
        """Keep what is left and the figures of the sites, and close the store."""
        at = clock.now()
        self._samples += [tally.sample(site_id, at) for site_id, tally in self._sites.items()]
        self.write()
        self.store.close()

    def _note_controlled(self, device: Device, point: AccessPoint, at: datetime) -> None:
        up = is_up(point)
        if up is None or device.id is None:
            return
        values: dict[str, float] = {"reachable": up}
        if up and point.clients is not None:
            values["clients"] = point.clients
        self._add(
            device, [Sample(Subject(SubjectKind.DEVICE, device.id), at, values)], reachable=up
        )
        self._count(device, point.clients if up else None)

    def _count(self, device: Device, clients: int | None) -> None:
        if clients is not None and device.site_id is not None:
            site = self._sites[device.site_id]
            site.clients += clients
            site.clients_told_by += 1

    def _add(self, device: Device, samples: list[Sample], *, reachable: bool) -> None:
        self._samples += samples
        if device.site_id is not None:
            site = self._sites.setdefault(device.site_id, _SiteTally())
            site.devices += 1
            site.reachable += reachable
