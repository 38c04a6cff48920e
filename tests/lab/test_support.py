"""A support case on false devices: who is connected, where an address is, what runs; who asked."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial

import pytest
from sqlmodel import Session, SQLModel, select
from typer.testing import CliRunner, Result

from api.cli import app
from api.jobs.functions import FUNCTIONS, JobContext
from api.jobs.support_requests import SUPPORT
from api.usecases.configuration_reading import read_configuration
from api.usecases.polling import poll
from api.usecases.progress import quiet
from api.usecases.support import access_points_of, read_clients
from api.usecases.whereabouts import find_address
from api.usecases.wlan_readings import KEPT_FOR, kept_wlans
from api.usecases.zones import define_login, define_zone
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput
from inventory.models import (
    Change,
    ConfigBackup,
    Device,
    DeviceRole,
    Event,
    ManagementEndpoint,
    ObservationRecord,
    Protocol,
    Site,
)
from inventory.secrets import Vault, store_secret
from inventory.settings import Settings
from inventory.vendors.support import written_mac
from lab.device import Device as LabDevice
from lab.device import DeviceSpec, connect
from lab.devices import make_device
from lab.devices.openwrt import OpenWrt
from lab.devices.openwrt.air import Station, stations
from lab.real import openssh
from lab.real.openssh import start_sshd
from lab.real.places import loopback
from lab.running import Lab, running_lab
from tests.district import QUICK
from tests.patience import wait_until
from tests.real import need

pytestmark = pytest.mark.lab

CASE = "SUP-2026-0412"
ON_AIR = """
config wifi-device 'radio1'
\toption channel '36'
\toption band '5g'
\toption htmode 'VHT80'

config wifi-iface 'eleves'
\toption device 'radio1'
\toption network 'lan'
\toption mode 'ap'
\toption ssid 'Élèves 2'
\toption encryption 'psk-mixed'
\toption key 'ne-pas-montrer'
\toption isolate '1'

config wifi-iface 'admin'
\toption device 'radio1'
\toption network 'lan'
\toption mode 'ap'
\toption ssid 'ADMIN'
\toption encryption 'wpa3'
\toption auth_server '192.0.2.1'
\toption auth_secret 'radius-cache'
\toption hidden '1'
"""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Run a switch with an access point behind its first port, two networks on the air."""
    switch = make_device(DeviceSpec(family="arubaos_cx", name="sw1", host="127.43.7.1", **QUICK))
    point = make_device(DeviceSpec(family="openwrt", name="ap1", host="127.43.7.11", **QUICK))
    connect(point, "eth0", switch, "1/1/3")
    assert isinstance(point, OpenWrt)
    point.files.files["/etc/config/wireless"] = ON_AIR
    with running_lab([switch, point], folder=tmp_path_factory.mktemp("lab")) as running:
        running.call(lambda: point.apply_soon("wireless"))
        wait_until(lambda: not point.pending)
        yield running


@dataclass(frozen=True)
class Place:
    """An installation with a site whose devices run."""

    settings: Settings
    database: Database
    vault: Vault
    lab: Lab
    site_id: int

    @property
    def parts(self) -> tuple[Database, Vault, Settings]:
        return self.database, self.vault, self.settings

    def id_of(self, name: str) -> int:
        with self.database.read() as session:
            return session.exec(select(Device.id).where(Device.name == name)).one() or 0

    def everything_kept(self) -> str:
        """Return the text of every row of the installation."""
        with self.database.read() as session:
            tables = SQLModel.metadata.sorted_tables
            rows = [str(row) for table in tables for row in session.execute(table.select())]
        return "\n".join(rows)

    def on_air(self) -> list[Station]:
        """Return who is connected to the access point, network by network."""
        point = self.lab["ap1"]
        assert isinstance(point, OpenWrt)
        names = ("phy1-ap0", "phy1-ap1")
        return self.lab.call(lambda: [each for name in names for each in stations(point, name)])


@pytest.fixture
def place(settings: Settings, database: Database, vault: Vault, lab: Lab) -> Place:
    """A site that knows both devices, by SNMP and by SSH."""
    with database.write("test") as session:
        site = Site(name="École du lac", search_key="ecole du lac")
        session.add(site)
        for name, value in {"snmp": "lab-read", "ssh": "lab-password"}.items():
            store_secret(session, vault, name, value)
        session.flush()
        zone = define_zone(
            session,
            "lac",
            site_id=site.id,
            networks=[],
            community_secret="snmp",
            ssh_user="preau",
            ssh_secret="ssh",
        )
        define_login(session, "lac", "openwrt", user="root", secret="ssh")
        assert zone.id is not None
        assert site.id is not None
        for device in lab:
            _know(session, device, site.id, zone.id)
    return Place(settings, database, vault, lab, site.id)


def _know(session: Session, device: LabDevice, site_id: int, zone_id: int) -> None:
    switch = device.spec.family == "arubaos_cx"
    row = Device(
        site_id=site_id,
        role=DeviceRole.SWITCH if switch else DeviceRole.ACCESS_POINT,
        name=device.name,
        family=device.spec.family,
    )
    session.add(row)
    session.flush()
    for protocol, port in ((Protocol.SNMP, device.snmp_port), (Protocol.SSH, device.ssh_port)):
        session.add(
            ManagementEndpoint(
                zone_id=zone_id, host=device.host, protocol=protocol, port=port, device_id=row.id
            )
        )


def test_who_is_connected_is_told_for_a_case_and_only_that_it_was_asked_is_kept(
    place: Place, capfd: pytest.CaptureFixture[str]
) -> None:
    with place.database.read() as session:
        points = access_points_of(session, place.site_id)
    (found,) = read_clients(*place.parts, points, case=CASE, actor="user:alice")
    there = place.on_air()
    assert found.error is None
    assert [written_mac(each.mac) for each in found.clients] == [each.mac for each in there]
    first = found.clients[0]
    assert (first.ssid, first.radio, first.channel) == ("Élèves 2", "radio1", 36)
    assert first.rssi_dbm == there[0].signal_dbm
    assert first.snr_db is not None
    assert first.tx_rate_bps == pytest.approx(there[0].tx_mbps * 1e6)
    assert first.connected_s == there[0].connected_s
    assert (first.state, first.authorised, first.ip) == ("authorized", True, None)
    with place.database.read() as session:
        change = session.exec(select(Change).where(Change.action == "read")).one()
        event = session.exec(select(Event).where(Event.kind == "support.clients_read")).one()
    assert (change.actor, change.table_name) == ("user:alice", "device")
    assert (change.row_key, change.after) == (str(points[0]), {"what": "clients", "case": CASE})
    assert "Postes connectés à ap1 consultés pour le dossier de support SUP-" in event.message
    kept = place.everything_kept() + "".join(capfd.readouterr())
    for mac in (station.mac for station in there):
        assert mac not in kept
        assert mac.replace(":", "") not in kept


@pytest.mark.one_database
@pytest.mark.parametrize("case", ["", "Nicolas Dupont", "deux mots 2", "dossier"])
def test_without_a_case_number_no_device_is_asked(place: Place, case: str) -> None:
    logins = len(place.lab["ap1"].logins)
    with pytest.raises(InvalidInput, match="que pour un cas de support"):
        read_clients(*place.parts, [place.id_of("ap1")], case=case, actor="user:alice")
    assert len(place.lab["ap1"].logins) == logins


def test_the_command_tells_one_client_and_says_so_when_a_device_refuses(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREAU_DATA_DIR", str(place.settings.data_dir))
    if place.settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", place.settings.database_url)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["support", "clients", *arguments])

    mac = place.on_air()[0].mac
    told = run("ap1", "--mac", mac.upper(), "--case", CASE)
    assert told.exit_code == 0, told.output
    assert told.stdout.splitlines()[0] == "ap1: 1 connected"
    assert mac in told.stdout
    assert "dBm" in told.stdout
    place.lab.call(lambda: place.lab["ap1"].faults.add("wrong_password"))
    try:
        refused = run("--site", "École du lac", "--case", CASE)
    finally:
        place.lab.call(place.lab["ap1"].faults.clear)
    assert refused.exit_code == 1
    assert "the SSH password of root was refused" in refused.stderr
    assert "--case" in str(run("ap1").exception)


def test_a_running_configuration_is_shown_without_secrets_and_kept_when_it_is_new(
    place: Place,
) -> None:
    device_id = place.id_of("ap1")
    first = read_configuration(*place.parts, device_id, actor="user:alice")
    again = read_configuration(*place.parts, device_id, actor="user:bob")
    assert "option ssid 'Élèves 2'" in first.text
    for secret in ("ne-pas-montrer", "radius-cache"):
        assert secret not in first.text + place.everything_kept()
    assert (first.changed, again.changed) == (True, False)
    assert again.kept_since == first.kept_since
    with place.database.read() as session:
        kept = session.exec(select(ConfigBackup)).one()
        keys = session.exec(
            select(ManagementEndpoint.host_key).where(ManagementEndpoint.device_id == device_id)
        ).all()
    assert kept.first_read_by == "user:alice"
    assert any(keys)


def test_an_address_is_found_by_readings_first_and_a_person_s_only_for_a_case(
    place: Place,
) -> None:
    poll(*place.parts, actor="test")
    switch, point = place.lab["sw1"], place.lab["ap1"]
    assert isinstance(point, OpenWrt)
    logins = len(switch.logins)
    find = partial(find_address, *place.parts, site_id=place.site_id, actor="user:alice")

    ours = find(point.base_mac.replace(":", "-"))
    assert ours.is_device == "ap1"
    assert [(each.switch, each.port, each.leads_to, each.live) for each in ours.sightings] == [
        ("sw1", "1/1/3", "ap1", False)
    ]
    client = place.on_air()[0].mac
    with pytest.raises(InvalidInput, match="may be a person's") as refused:
        find(client)
    assert client not in str(refused.value)
    assert len(switch.logins) == logins

    theirs = find(client, case=CASE)
    (sighting,) = theirs.sightings
    assert (sighting.switch, sighting.port, sighting.vlan) == ("sw1", "1/1/3", 1)
    assert (sighting.live, sighting.leads_to, theirs.is_device) == (True, "ap1", None)
    assert client not in place.everything_kept()
    with place.database.read() as session:
        read = session.exec(select(Change).where(Change.action == "read")).one()
    assert read.after == {"what": "address", "case": CASE}
    assert find("02:00:5e:00:53:01", case=CASE).sightings == ()


@pytest.mark.one_database
def test_a_poll_over_ssh_tells_how_networks_are_protected_as_they_run(place: Place) -> None:
    result = poll(*place.parts, ssh=True, actor="test")
    assert (result.over_ssh.read, result.over_ssh.failures) == (1, {})
    device_id = place.id_of("ap1")
    now = clock.now()
    with place.database.read() as session:
        record = session.exec(
            select(ObservationRecord).where(ObservationRecord.device_id == device_id)
        ).one()
        kept = kept_wlans(session, [device_id], now)
        assert kept_wlans(session, [device_id], now + KEPT_FOR) == {}
    told = {
        each["ssid"]: (each["security"], each["pmf"], each["hidden"], each["isolated"])
        for each in record.body["wlans"]
    }
    assert told == {
        "Élèves 2": ("wpa_wpa2_personal", "disabled", False, True),
        "ADMIN": ("wpa3_enterprise", "required", True, False),
    }
    assert {each.ssid for each in kept[device_id]} == set(told)
    assert "ne-pas-montrer" not in place.everything_kept()
    read_configuration(*place.parts, device_id, actor="test")
    with place.database.read() as session:
        # A configuration that was first read after it: how it runs now is not known.
        assert kept_wlans(session, [device_id], clock.now()) == {}


def test_the_job_of_the_page_asks_the_device_and_keeps_the_answer_in_its_result(
    place: Place,
) -> None:
    here = JobContext(place.settings, place.database, place.vault, "user:alice", quiet)
    told = FUNCTIONS[SUPPORT].run(here, {"device_id": place.id_of("ap1"), "case": CASE})
    (answer,) = told["clients"]
    assert [each["mac"] for each in answer["clients"]] == [each.mac for each in place.on_air()]
    assert (answer["error"], FUNCTIONS[SUPPORT].repeatable) == (None, False)


@pytest.mark.one_database
def test_a_school_behind_a_jump_host_is_asked_through_it(
    place: Place, monkeypatch: pytest.MonkeyPatch
) -> None:
    need(*openssh.PROGRAMS)
    monkeypatch.setenv("PREAU_DATA_DIR", str(place.settings.data_dir))
    if place.settings.database_url:
        monkeypatch.setenv("PREAU_DATABASE_URL", place.settings.database_url)

    def run(*arguments: str) -> Result:
        return CliRunner().invoke(app, ["jump", *arguments])

    with loopback("127.43.7.200") as here:
        sshd = start_sshd(here, name="jump", options="AllowTcpForwarding yes\n")
        with place.database.write("test") as session:
            store_secret(session, place.vault, "bastion", sshd.password)
        at = ("--host", sshd.host, "--port", str(sshd.port))
        added = run("add", "bastion", *at, "--user", sshd.username, "--secret", "bastion")
        assert added.exit_code == 0, added.output
        trusted = run("trust", "bastion", "--yes")
        assert "shows ssh-ed25519 SHA256:" in trusted.stdout, trusted.output
        assert run("use", "bastion", "--zone", "lac").exit_code == 0
        points = [place.id_of("ap1")]
        (found,) = read_clients(*place.parts, points, case=CASE, actor="user:alice")
        assert (found.error, len(found.clients)) == (None, len(place.on_air()))
        assert read_configuration(*place.parts, points[0], actor="user:alice").changed
        assert sshd.logins() == 1
