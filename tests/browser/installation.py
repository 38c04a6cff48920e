"""A furnished installation, to look at every page: the seeded schools with something on each."""

from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlmodel import Session, select

from api.usecases.acceptance import run_acceptance
from api.usecases.access import viewer_of
from api.usecases.brussels import today
from api.usecases.cadastre_editions import edition_of
from api.usecases.cadastre_remarks import add_remark
from api.usecases.deadlines import look_at_clocks
from api.usecases.dossier_bulk import WantedMove, advance_many, ask_many
from api.usecases.eligibility_runs import apply_run
from api.usecases.found import Answer, Finder
from api.usecases.prerequisites import add_prerequisite, lift_prerequisite
from api.usecases.retention import run_retention
from api.usecases.scope import Viewer
from api.usecases.surveys import import_survey, read_survey_files
from api.usecases.upload_intake import receive_file
from api.usecases.uploads import keep_upload
from api.usecases.work_orders import Appointment, plan_order
from api.usecases.work_steps import (
    answer_item,
    keep_photo,
    place_device,
    scan_device,
    take_cable_tests,
    take_reserve,
)
from collectors.outcome import Outcome
from collectors.target import SnmpTarget
from deploy.backup import Reading, keep_backup
from deploy.risk import ApprovalRules, DeviceRisk, why_second_person
from inventory import clock
from inventory.database import Database
from inventory.files.kinds import UploadKind
from inventory.models import (
    DeployPlan,
    Grant,
    GrantScope,
    PrerequisiteKind,
    Push,
    PushState,
    Upload,
    User,
    UserRole,
    WorkAnswer,
    WorkKind,
    Zone,
)
from inventory.observation import AccessPoint
from inventory.programme.dossier import Status
from inventory.programme.eligibility import rule_set
from inventory.secrets import Vault
from inventory.settings import Settings
from lab import survey
from lab.history import write_synthetic_history
from tests.browser.programme import furnish_programme
from tests.cadastre import COMPLETE, campaign, fill, sign
from tests.network import seen
from tests.seed import DIFF, Seeded, seed, seed_network
from tests.uploads import photo
from tests.webapp import also, person

LOGINS = ("alice", "berta", "carla")
"""People who see everything; a language that one of them chooses is theirs alone."""


def furnish(settings: Settings, database: Database, vault: Vault) -> Seeded:
    """Make the schools and all that the pages can show of them; each of LOGINS sees them."""
    made = seed(database)
    seed_network(database, made)
    for login in LOGINS:
        person(database, login)
        also(database, login, UserRole.SCHOOL_HEAD, UserRole.CADASTRE_MANAGER)
    # The fourth account is the head's of the first school.
    person(database, "hugo", UserRole.SCHOOL_HEAD, GrantScope.SITE, str(made.site_ids[0]))
    run_retention(database, settings, actor="schedule", dry_run=True)
    with database.write("test") as session:
        pushes = session.exec(select(Push)).all()
        pushes[0].state, pushes[1].state = PushState.ROLLED_BACK, PushState.UNCHANGED
        for push in pushes[3:-1]:
            push.diff = ""  # the same again on each device: axe reads every line of it
        _frozen(session, [push.device_id for push in pushes[:2]])
    _configurations(database, vault, made.device_ids[2])
    _survey(database)
    _proposals(database, made.site_ids[0])
    _cadastre(database, made)
    run_acceptance(database, vault, made.site_ids[0], actor="user:alice")
    _photo(settings, database, made.site_ids[0])
    write_synthetic_history(settings, database, days=1)
    _followed(database, made.site_ids)
    furnish_programme(database, made.site_ids)
    return made


def _followed(database: Database, site_ids: tuple[int, ...]) -> None:
    """Let the dossiers have prerequisites, terms that ran out, and a move of many."""
    with database.write("user:alice") as session:
        for login in LOGINS:
            user = session.exec(select(User).where(User.login == login)).one()
            for role in (UserRole.PROGRAMME_MANAGER, UserRole.CONTRACTOR):
                session.add(Grant(user_id=user.id or 0, role=role, scope=GrantScope.ALL))
        today = clock.now().date()
        for site_id, days in ((site_ids[0], 20), (site_ids[1], -12)):
            add_prerequisite(
                session,
                site_id,
                PrerequisiteKind.RACK,
                "Un coffret fermé de 12 U dans le local serveur",
                actor="user:alice",
                due_on=today + timedelta(days=days),
            )
        done = add_prerequisite(
            session, site_ids[1], PrerequisiteKind.POWER, "Une prise protégée", actor="user:alice"
        )
        lift_prerequisite(
            session,
            site_ids[1],
            done.id or 0,
            note="Vue posée par le conseiller",
            actor="user:alice",
        )
    look_at_clocks(database, actor="schedule")
    with database.read() as session:
        asker = viewer_of(session, session.exec(select(User).where(User.login == "alice")).one())
    wanted = WantedMove(Status.SCHEDULED)
    with database.write("user:alice") as session:
        bulk_id = ask_many(session, asker, "furnished", list(site_ids), wanted).id or 0
    advance_many(database, asker, bulk_id)
    _works(database, asker, site_ids[0])


def _works(database: Database, alice: Viewer, site_id: int) -> None:
    """Let an installer be half-way through mounting, and have cables tested."""
    morning = clock.now().replace(hour=7, minute=0, second=0, microsecond=0)
    visit = Appointment(morning, morning + timedelta(hours=4), "Sonner à la loge, avant 16 h")
    with database.write("user:alice") as session:
        plan_order(session, alice, site_id, WorkKind.MOUNTING, installer="alice", appointment=visit)
        plan_order(session, alice, site_id, WorkKind.CABLING)
        answer_item(session, alice, 1, "plan", WorkAnswer.DONE)
        for number in range(1, 4):
            device = scan_device(
                session, alice, 1, f"s{number}", text=f"CN0{number}TQK7W", model="AP-505"
            )
            if number < 3:
                place_device(
                    session,
                    alice,
                    1,
                    device.id or 0,
                    room=f"Classe {number}",
                    name=f"ap-classe-{number}",
                    switch="sw1",
                    port=f"1/1/{number}",
                )
        photo_id = session.exec(select(Upload.id)).first() or 0
        keep_photo(session, alice, 1, "p1", upload_id=photo_id, caption="Baie du rez")
        take_reserve(session, alice, 1, "r1", message="Goulotte non refermée, couloir du rez")
        tests = b"Cable ID,Length (m),Result,Limit\nA-01,42.5,PASS,Cat 6\nA-02,97.1,PASS,Cat 6\n"
        take_cable_tests(session, alice, 2, "c1", upload_id=photo_id, content=tests)


def _frozen(session: Session, device_ids: list[int]) -> None:
    """Add a plan that waits for a second person's word."""
    risk = DeviceRisk(
        reasons=("la configuration réseau de la borne est rechargée",),
        notes=("« Crèche » n’est pas dans le plan ; il est laissé tel quel",),
        clients=12,
    )
    rules = ApprovalRules(devices=1, path_devices=1, clients=20)
    plan = DeployPlan(
        created_at=clock.now(),
        created_by="cli:zoe",
        selection={"site_ids": None},
        reason="rentrée de janvier",
        risk={"second_person": why_second_person([risk, risk], rules)},
    )
    session.add(plan)
    session.flush()
    session.add_all(
        Push(plan_id=plan.id or 0, device_id=each, diff=DIFF, risk=risk.to_json())
        for each in device_ids
    )


def _photo(settings: Settings, database: Database, site_id: int) -> None:
    with (
        receive_file(
            settings, [photo()], kind=UploadKind.PHOTO, file_name="Baie du rez.jpg"
        ) as received,
        database.write("user:alice") as session,
    ):
        keep_upload(session, settings, received, by="user:alice", site_id=site_id)


def _configurations(database: Database, vault: Vault, device_id: int) -> None:
    old = "package wireless\nconfig wifi-iface 'eleves'\n\toption ssid 'ancien'\n"
    new = old.replace("ancien", "ELEVES") + "\toption key '‹secret:wlan-eleves›'\n"
    for text in (old, new):
        with database.write("user:alice") as session:
            reading = Reading(device_id, text, text, "user:alice", "plan 1")
            keep_backup(session, vault, reading)


def _survey(database: Database) -> None:
    with TemporaryDirectory() as folder:
        plan, samples = survey.write(Path(folder))
        files = read_survey_files(plan, [samples])
    with database.write("test") as session:
        import_survey(session, "95001/9501", files, actor="alice")


def _cadastre(database: Database, made: Seeded) -> None:
    """Let one school have answered two editions, and another be half-way with an error."""
    first, second, _ = made.site_ids
    with database.write("user:denise") as session:
        campaign(session, "INCOR24")
        older = {name: value for name, value in COMPLETE.items() if name != "access_points"}
        fill(session, first, {**older, "pupils": 252, "wifi_access_points": 4}, code="INCOR24")
        edition_of(session, "INCOR24").opens_on = today() - timedelta(days=800)
        edition_of(session, "INCOR24").closes_on = today() - timedelta(days=500)
        campaign(session)
        fill(session, first, {**COMPLETE, "access_points": 6, "wifi_brands": "Aruba"})
        sign(session, first)
        fill(session, second, {"contact_name": "Luc Martin", "pupils": 12000, "staff": 900})
        fill(session, second, {"rooms": COMPLETE["rooms"], "has_internet": True})
    apply_run(database, rule_set("2026-1"), actor="user:alice")
    with database.write("user:carla") as session:
        edition = edition_of(session, "INCOR26")
        text = "Le nombre de bornes ne correspond pas à ce qui est relevé."
        add_remark(session, edition, first, text, actor="user:carla", field_id="access_points")


def _proposals(database: Database, site_id: int) -> None:
    points = tuple(
        AccessPoint(name=f"ap-{name}", mac=f"00005e000a{n:02}", serial=f"AP{n}", model="505")
        for n, name in enumerate(("cour", "gymnase"), 1)
    )
    controller = seen(
        family="aruba_instant",
        sysname="wlc",
        serial="WLC1",
        mac="00005e000b01",
        access_points=points,
    )
    with database.write("test") as session:
        zone = Zone(name="tilleuls", site_id=site_id, networks=["192.0.2.0/24"])
        session.add(zone)
        session.flush()
        finder = Finder(session, zone, clock.now(), "test")
        target = SnmpTarget("tilleuls", "192.0.2.1")
        finder.answers([Answer(Outcome(target, controller, None, 0.1))])
