"""An installation that knows lab devices, for the tests of plans and pushes."""

from dataclasses import dataclass
from typing import Any

from sqlmodel import col, select

from api.usecases.deployment import run_plan
from api.usecases.deployment_report import PlanSummary, plan_status
from api.usecases.intents import set_intent
from api.usecases.planning import plan_deployment
from api.usecases.selection import Selection
from deploy.rollout import OnFailure, RolloutOptions
from inventory import clock
from inventory.database import Database
from inventory.models import (
    Credential,
    CredentialKind,
    Device,
    DeviceRole,
    IntentScope,
    Link,
    ManagementEndpoint,
    Protocol,
    Push,
    PushStep,
    Secret,
    Site,
    Zone,
)
from inventory.programme.spelling import plain
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from lab.device import Device as LabDevice

ACTOR = "test"
SECRETS = {
    "ssh": "lab-password",
    "wlan-eleves": "it's a $ecret école!".replace("é", "e"),
    "radius": 'r"adius secret',
    "wlan-p1": "jeton-0001-abcd",
    "wlan-p2": "jeton-0002-efgh",
    "snmp-a": "auth-passe-1",
    "snmp-p": "priv-passe-1",
}
ROLES = {
    "arubaos_cx": DeviceRole.SWITCH,
    "aruba_instant": DeviceRole.ACCESS_POINT,
    "hostapd_linux": DeviceRole.ACCESS_POINT,
    "ios": DeviceRole.SWITCH,
    "iosxe": DeviceRole.CONTROLLER,
    "procurve": DeviceRole.SWITCH,
    "openwrt": DeviceRole.ACCESS_POINT,
    "routeros": DeviceRole.ACCESS_POINT,
}


@dataclass
class Installation:
    """One installation with a site whose devices are the lab's."""

    settings: Settings
    database: Database
    vault: Vault
    site_id: int = 0

    def know(
        self,
        *devices: LabDevice,
        passwords: str = "ssh",
        site_name: str = "École du lac",
        zone_name: str = "lac",
    ) -> int:
        """Make a site with these devices and return its id, which later calls are about."""
        with self.database.write(ACTOR) as session:
            for name, value in SECRETS.items():
                if session.get(Secret, name) is None:
                    store_secret(session, self.vault, name, value)
            site = Site(name=site_name, search_key=plain(site_name))
            session.add(site)
            session.flush()
            self.site_id = site.id or 0
            zone = Zone(name=zone_name, site_id=site.id)
            session.add(zone)
            session.flush()
            for device in devices:
                self._add(session, zone.id, device, passwords)
        return self.site_id

    def _add(self, session: Any, zone_id: int | None, device: LabDevice, secret: str) -> None:
        family = device.spec.family
        row = Device(
            site_id=self.site_id,
            role=ROLES[family],
            name=device.name,
            family=family,
            serial=device.serial,
        )
        credential = Credential(
            name=f"ssh of {device.name}",
            kind=CredentialKind.SSH_PASSWORD,
            username=device.username,
            secret_name=secret,
        )
        session.add_all([row, credential])
        session.flush()
        session.add(
            ManagementEndpoint(
                zone_id=zone_id or 0,
                host=device.host,
                protocol=Protocol.SSH,
                port=device.ssh_port,
                credential_id=credential.id,
                device_id=row.id,
            )
        )

    def cable(self, device: str, switch: str, port: str) -> None:
        """Make it known that a switch heard a device on one of its ports."""
        with self.database.write(ACTOR) as session:
            ids = {row.name: row.id for row in session.exec(select(Device)).all()}
            session.add(
                Link(
                    device_id=ids[switch] or 0,
                    local_interface=port,
                    protocol="lldp",
                    remote_key=f"{device} at {port}",
                    remote_system_name=device,
                    remote_device_id=ids[device],
                    first_seen_at=clock.now(),
                    last_seen_at=clock.now(),
                )
            )

    def intend(self, body: dict[str, Any]) -> None:
        with self.database.write(ACTOR) as session:
            set_intent(session, IntentScope.SITE, str(self.site_id), body)

    def plan(self) -> PlanSummary:
        return plan_deployment(
            self.database,
            self.vault,
            self.settings,
            selection=Selection(site_ids=(self.site_id,)),
            actor=ACTOR,
        )

    def run(self, plan: PlanSummary) -> PlanSummary:
        """Carry a plan out in one wave, whatever the hour."""
        options = RolloutOptions(waves="rest", on_failure=OnFailure.HALT, now="a test")
        return run_plan(
            self.database,
            self.vault,
            self.settings,
            plan.plan_id,
            actor=ACTOR,
            options=options,
        )

    def status(self) -> PlanSummary:
        return plan_status(self.database)

    def rows(self, model: Any) -> list[Any]:
        with self.database.read() as session:
            return list(session.exec(select(model).order_by(col(model.id))).all())

    def steps(self, push_id: int) -> list[str]:
        return [step.step for step in self.rows(PushStep) if step.push_id == push_id]

    def push(self, device: str) -> Push:
        """Return the newest push of a device."""
        with self.database.read() as session:
            found = session.exec(
                select(Push)
                .join(Device, col(Device.id) == Push.device_id)
                .where(Device.name == device)
                .order_by(col(Push.id).desc())
            ).first()
        assert found is not None
        return found
