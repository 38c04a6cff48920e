"""Importing editions into a database: what changes, what stays; the second time is free."""

from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest
from sqlmodel import Session, SQLModel, col, func, select

from api.usecases.register import Preview, apply_import, parse_register, preview_import
from inventory import clock
from inventory.database import Database
from inventory.errors import Conflict, InvalidInput
from inventory.models import (
    Change,
    Dossier,
    DossierTransition,
    Implantation,
    OrganisingAuthority,
    RegisterImport,
    School,
    Site,
    SiteImplantation,
    TeachingOffer,
)
from tests.registers import Row, as_json, row

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "register_wallonia.json"
TABLES: tuple[type[SQLModel], ...] = (
    OrganisingAuthority,
    School,
    Implantation,
    TeachingOffer,
    Site,
    SiteImplantation,
    Dossier,
    DossierTransition,
    RegisterImport,
    Change,
)


def _import(database: Database, rows: list[Row], **options: Any) -> Preview:
    with database.write("tester") as session:
        return apply_import(
            session, parse_register(as_json(rows), "register.json"), actor="tester", **options
        )


def _contents(session: Session) -> dict[str, list[dict[str, Any]]]:
    return {
        str(table.__tablename__): [
            each.model_dump() for each in session.exec(select(table).order_by(*_key(table)))
        ]
        for table in TABLES
    }


def _key(table: type[SQLModel]) -> list[Any]:
    return list(table.__table__.primary_key.columns)  # type: ignore[attr-defined]


def _all(database: Database) -> dict[str, list[dict[str, Any]]]:
    with database.read() as session:
        return _contents(session)


def test_an_import_makes_schools_sites_and_dossiers(database: Database) -> None:
    preview = _import(database, [row(), row(type_d_enseignement="Maternel ordinaire")])
    assert preview.counts()["created"] == 1
    with database.read() as session:
        implantation = session.exec(select(Implantation)).one()
        assert (implantation.fase, implantation.province) == (9501, "Namur")
        assert session.exec(select(OrganisingAuthority.name)).one() == "PO d'essai"
        assert len(session.exec(select(TeachingOffer)).all()) == 2
        site = session.exec(select(Site)).one()
        assert site.search_key == "ecole d essai 95001 namur 95001/9501 9501"
        dossier = session.exec(select(Dossier)).one()
        assert (dossier.status, dossier.site_id) == ("identified", site.id)
        actors = set(session.exec(select(Change.actor)))
    assert actors == {"tester"}


def test_the_second_import_of_a_file_writes_no_row_at_all(database: Database) -> None:
    rows = [row(), row(implantation=2, commune_de_l_implantation="Ixelles"), row(school=7)]
    _import(database, rows)
    before = _all(database)
    assert _import(database, rows).empty
    assert _all(database) == before


def test_a_preview_writes_nothing(database: Database) -> None:
    with database.read() as session:
        preview = preview_import(session, parse_register(as_json([row()]), "register.json"))
    assert preview.counts()["sites_created"] == 1
    assert all(rows == [] for rows in _all(database).values())


def test_what_was_shown_is_what_is_written_or_nothing(database: Database) -> None:
    file = parse_register(as_json([row()]), "register.json")
    with database.read() as session:
        shown = preview_import(session, file)
    _import(database, [row(school=7)])
    with pytest.raises(Conflict, match="since the difference was shown"):
        _import(database, [row()], expected=shown)
    with database.read() as session:
        assert session.exec(select(School.fase)).all() == [7]


def test_a_newer_edition_changes_field_by_field(database: Database) -> None:
    _import(database, [row()])
    preview = _import(database, [row(nom_d_etablissement="Nouveau nom", latitude=50.47)])
    told = {
        (c.kind, f.field, f.before, f.after) for c in preview.difference.changed for f in c.changes
    }
    assert told == {
        ("school", "name", "École d'essai 95001", "Nouveau nom"),
        ("implantation", "latitude", 50.46, 50.47),
    }
    with database.read() as session:
        assert session.exec(select(Site.name)).one() == "Nouveau nom"
        changes = session.exec(
            select(Change.table_name).where(Change.action == "update").order_by(Change.table_name)
        ).all()
    assert changes == ["implantation", "school", "site"]


def test_a_name_that_a_person_gave_to_a_site_stays(database: Database) -> None:
    _import(database, [row()])
    with database.write("person") as session:
        session.exec(select(Site)).one().name = "Site du Parc"
    _import(database, [row(nom_d_etablissement="Nouveau nom")])
    with database.read() as session:
        site = session.exec(select(Site)).one()
    assert (site.name, site.search_key) == ("Site du Parc", "site du parc namur 95001/9501 9501")


def test_what_an_edition_does_not_tell_it_does_not_erase(database: Database) -> None:
    _import(database, [row()])
    cells = row(ndeg_fase_du_po=None, nom_du_po=None, code_postal_de_l_implantation=None)
    del cells["latitude"], cells["longitude"], cells["reseau"]
    assert _import(database, [cells]).empty


def test_typography_alone_changes_nothing(database: Database) -> None:
    _import(database, [row()])
    assert _import(database, [row(nom_d_etablissement="École d’essai 95001")]).empty


def test_an_implantation_left_out_is_closed_and_reopened_when_it_is_back(
    database: Database,
) -> None:
    clock.set_source(lambda: datetime(2026, 6, 30, 22, 30, tzinfo=UTC))
    try:
        many = [row(implantation=n) for n in range(1, 11)]
        _import(database, many)
        assert _import(database, many[1:]).difference.closed == ((95001, 1),)
        with database.read() as session:
            closed = session.exec(select(Implantation).where(Implantation.fase == 1)).one()
            assert closed.closed_on == date(2026, 7, 1)  # half past midnight in Brussels
            assert session.exec(select(func.count()).where(col(Site.closed_on).is_not(None))).one()
        preview = _import(database, many)
    finally:
        clock.set_source(None)
    assert preview.difference.reopened == ((95001, 1),)
    with database.read() as session:
        assert {each.closed_on for each in session.exec(select(Implantation))} == {None}
        assert {each.closed_on for each in session.exec(select(Site))} == {None}


def test_a_torn_file_does_not_close_wallonia(database: Database) -> None:
    many = [row(implantation=n) for n in range(1, 11)]
    _import(database, many)
    before = _all(database)
    with pytest.raises(InvalidInput, match=r"leaves out 5 .* \(50%\)"):
        _import(database, many[:5])
    assert _all(database) == before
    assert _import(database, many[:5], partial=True).empty
    assert len(_import(database, many[:5], accept_closures=True).difference.closed) == 5


def test_a_line_that_could_not_be_read_closes_nothing_of_its_school(database: Database) -> None:
    many = [row(implantation=n) for n in range(1, 11)]
    _import(database, many)
    broken = many[0] | {"ndeg_fase_de_l_implantation": "illisible"}
    preview = _import(database, [broken, *many[1:]])
    assert preview.difference.closed == ()
    assert preview.difference.withheld == ((95001, 1),)


def test_closures_beside_a_line_without_any_school_need_a_word(database: Database) -> None:
    many = [row(school=n, implantation=n) for n in range(1, 11)]
    _import(database, many)
    broken = many[0] | {"ndeg_fase_de_l_etablissement": "illisible"}
    with pytest.raises(InvalidInput, match="not even the school"):
        _import(database, [broken, *many[1:]])


def test_a_type_of_education_ends_and_returns(database: Database) -> None:
    both = [row(), row(type_d_enseignement="Maternel ordinaire")]
    _import(database, both)
    preview = _import(database, both[:1])
    assert [f.field for c in preview.difference.changed for f in c.changes] == ["open"]
    with database.read() as session:
        closed = session.exec(
            select(TeachingOffer).where(col(TeachingOffer.closed_on).is_not(None))
        )
        assert [offer.kind for offer in closed] == ["Maternel ordinaire"]
    _import(database, both)
    with database.read() as session:
        assert {each.closed_on for each in session.exec(select(TeachingOffer))} == {None}


def test_two_authorities_in_one_building_share_one_site(database: Database) -> None:
    address: Row = {"adresse_de_l_implantation": "Rue des Écoles, n° 2"}
    other: Row = {"adresse_de_l_implantation": "rue des ecoles 2", "ndeg_fase_du_po": 7.0}
    _import(database, [row(**address), row(school=7, implantation=8, nom_du_po="Autre", **other)])
    with database.read() as session:
        site = session.exec(select(Site)).one()
        assert len(session.exec(select(SiteImplantation)).all()) == 2
    assert site.name == "École d'essai 7 / École d'essai 95001"
    assert site.search_key.endswith("7/8 8 95001/9501 9501")


def test_a_merged_school_keeps_its_building_its_site_and_its_dossier(database: Database) -> None:
    address: Row = {"adresse_de_l_implantation": "Rue des Écoles 2"}
    rest = [row(implantation=n) for n in range(1, 11)]
    _import(database, [row(school=7, implantation=8, **address), *rest])
    with database.read() as session:
        before = session.exec(select(func.count()).select_from(Dossier)).one()
    preview = _import(database, [row(school=9, implantation=10, **address), *rest])
    assert preview.counts()["sites_created"] == 0
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Dossier)).one() == before
        site = session.exec(select(Site).where(col(Site.name).contains("essai 9"))).all()
        assert [each.closed_on for each in site if each.name == "École d'essai 9"] == [None]


def test_an_import_never_undoes_a_person_s_split(database: Database) -> None:
    address: Row = {"adresse_de_l_implantation": "Rue des Écoles 2"}
    rows = [row(**address), row(school=7, implantation=8, **address)]
    _import(database, rows)
    with database.write("person") as session:
        moved = session.exec(select(Implantation).where(Implantation.fase == 8)).one()
        session.delete(
            session.exec(
                select(SiteImplantation).where(SiteImplantation.implantation_id == moved.id)
            ).one()
        )
        second = Site(name="Deuxième bâtiment", search_key="deuxieme batiment")
        session.add(second)
        session.flush()
        assert second.id is not None
        assert moved.id is not None
        session.add(SiteImplantation(site_id=second.id, implantation_id=moved.id))
    _import(database, rows)
    with database.read() as session:
        links = session.exec(select(SiteImplantation.site_id).order_by("site_id")).all()
    assert len(set(links)) == 2


def test_a_site_outside_wallonia_is_ineligible_with_the_reason(database: Database) -> None:
    _import(database, [row(commune_de_l_implantation="Ixelles")])
    with database.read() as session:
        dossier = session.exec(select(Dossier)).one()
        step = session.exec(select(DossierTransition)).one()
    assert (dossier.status, dossier.version) == ("ineligible", 2)
    assert (step.from_status, step.to_status, step.role) == ("identified", "ineligible", "rules")
    assert step.reason is not None
    assert "hors de Wallonie" in step.reason


def test_the_rules_move_what_they_refused_and_leave_what_a_person_decided(
    database: Database,
) -> None:
    higher = row(type_d_enseignement="Haute École", niveau="Supérieur")
    _import(database, [higher])
    with database.read() as session:
        assert session.exec(select(Dossier.status)).one() == "ineligible"
    preview = _import(database, [row()])
    assert preview.counts()["dossiers_moved"] == 1
    with database.write("person") as session:
        dossier = session.exec(select(Dossier)).one()
        assert dossier.status == "cadastre_pending"
        dossier.status = "ineligible"
    _import(database, [row(nom_d_etablissement="Autre nom")])
    with database.read() as session:
        assert session.exec(select(Dossier.status)).one() == "ineligible"


def test_a_rejected_line_leaves_the_others_imported(database: Database) -> None:
    rows = [row(), row(genre="Spécialisé"), row(implantation=2)]
    preview = _import(database, rows)
    assert preview.counts() | {"rejected": 1, "created": 2} == preview.counts()


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of 2,605 implantations is not here")
def test_the_sample_gives_2514_sites_for_2605_implantations_and_twice_changes_nothing(
    database: Database,
) -> None:
    file = parse_register(SAMPLE.read_bytes(), SAMPLE.name)
    with database.write("tester") as session:
        preview = apply_import(session, file, actor="tester")
    counts = preview.counts()
    assert (counts["created"], counts["sites_created"], counts["rejected"]) == (2605, 2514, 0)
    shared = [each for each in preview.sites.assignments if len(each.pairs) > 1]
    assert (len(shared), sum(len(each.pairs) for each in shared)) == (89, 180)
    with database.read() as session:
        assert preview_import(session, file).empty
        outside = session.exec(select(Site.commune).where(col(Site.province).is_(None))).all()
    assert outside == ["Renaix"]  # the sample's one implantation in Flanders
