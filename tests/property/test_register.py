"""The register, whatever the order of its lines and whatever the bytes."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st
from sqlmodel import select

from api.usecases.register import apply_import, parse_register, preview_import
from inventory.database import Database, open_database, upgrade
from inventory.errors import InvalidInput
from inventory.models import Implantation, School, Site, SiteImplantation, TeachingOffer
from inventory.programme.register.difference import difference
from inventory.programme.register.edition import read_edition
from inventory.programme.register.entries import Register
from inventory.programme.register.sites import assign_sites
from inventory.settings import Settings
from tests.registers import COLUMNS, Row, as_csv, as_json, row

names = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=40).filter(
    lambda text: text.strip()
)
cells = st.fixed_dictionaries(
    {},
    optional={
        "nom_d_etablissement": names,
        "reseau": st.none() | names,
        "adresse_de_l_implantation": st.none()
        | st.sampled_from(["Rue A 1", "rue a, n° 1", "Rue B"]),
        "commune_de_l_implantation": st.sampled_from(["Namur", "Liège", "Ixelles", "Nulle part"]),
        "code_postal_de_l_implantation": st.none() | st.sampled_from(["5000", "5100"]),
        "latitude": st.none() | st.sampled_from([50.46, 50.4601, 4.8, 0.0]),
        "ndeg_fase_du_po": st.none() | st.integers(1, 3),
        "nom_du_po": st.none() | names,
    },
)


@st.composite
def registers(draw: st.DrawFn) -> list[Row]:
    """Rows no two of which share FASE pair and type of education."""
    keys = draw(
        st.lists(
            st.tuples(
                st.integers(1, 4),
                st.integers(1, 5),
                st.sampled_from(["Primaire ordinaire", "Secondaire CEFA", "Université"]),
            ),
            min_size=1,
            max_size=12,
            unique=True,
        )
    )
    return [row(s, i, **{"type_d_enseignement": kind, **draw(cells)}) for s, i, kind in keys]


@cache
def _empty_database() -> bytes:
    with TemporaryDirectory() as folder:
        upgrade(Settings(data_dir=Path(folder)))
        return (Path(folder) / "preau.sqlite").read_bytes()


@contextmanager
def _database() -> Iterator[Database]:
    with TemporaryDirectory() as folder:
        (Path(folder) / "preau.sqlite").write_bytes(_empty_database())
        own = Settings(data_dir=Path(folder))
        opened = open_database(own)
        yield opened
        opened.close()


def _contents(database: Database) -> list[list[dict[str, Any]]]:
    tables = (School, Implantation, TeachingOffer, Site, SiteImplantation)
    with database.read() as session:
        return [
            sorted((each.model_dump() for each in session.exec(select(table))), key=repr)
            for table in tables
        ]


@settings(deadline=None)
@given(registers(), st.randoms())
def test_the_order_of_the_lines_makes_no_difference(rows: list[Row], random: Any) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    one, other = (read_edition(as_json(each), "f").register for each in (rows, shuffled))
    assert one == other
    assert assign_sites(list(one.implantations.values()), {}) == assign_sites(
        list(other.implantations.values())[::-1], {}
    )


@settings(deadline=None)
@given(registers(), registers())
def test_what_was_imported_is_not_different_from_itself(
    rows: list[Row], earlier: list[Row]
) -> None:
    known = difference(Register(), read_edition(as_json(earlier), "f")).after
    edition = read_edition(as_json(rows), "f")
    after = difference(known, edition).after
    assert difference(after, edition).empty


@settings(deadline=None)
@given(registers())
def test_json_and_csv_say_the_same(rows: list[Row]) -> None:
    assert read_edition(as_json(rows), "f").register == read_edition(as_csv(rows), "f").register


@settings(deadline=None)
@given(registers())
def test_every_new_implantation_gets_exactly_one_site(rows: list[Row]) -> None:
    register = read_edition(as_json(rows), "f").register
    assigned = [
        pair
        for each in assign_sites(list(register.implantations.values()), {})
        for pair in each.pairs
    ]
    assert sorted(assigned) == sorted(register.implantations)


@settings(max_examples=15, deadline=None)
@given(registers(), st.randoms())
def test_a_database_is_the_same_whatever_the_order_and_after_a_second_import(
    rows: list[Row], random: Any
) -> None:
    shuffled = rows.copy()
    random.shuffle(shuffled)
    contents = []
    for each in (rows, shuffled):
        with _database() as database:
            file = parse_register(as_json(each), "f")
            with database.write("tester") as session:
                apply_import(session, file, actor="tester")
            contents.append(_contents(database))
            with database.read() as session:
                assert preview_import(session, file).empty
    assert contents[0] == contents[1]


HEADER = ";".join(COLUMNS).encode() + b"\n"


@settings(deadline=None)
@given(
    st.binary(max_size=400)
    | st.binary(max_size=200).map(lambda junk: HEADER + junk)
    | st.binary(max_size=200).map(lambda junk: as_csv([row()]) + junk)
    | st.tuples(st.binary(max_size=20), st.integers(0, 600)).map(
        lambda cut: as_json([row(), row(school=2)])[: cut[1]] + cut[0]
    )
)
def test_random_bytes_are_a_register_or_one_sentence(content: bytes) -> None:
    sentence = None
    try:
        assert read_edition(content, "f").register.implantations
    except InvalidInput as error:
        sentence = str(error)
    assert sentence is None or ("\n" not in sentence and "nothing was changed" in sentence)


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@settings(max_examples=40, deadline=None)
@given(st.dictionaries(st.sampled_from(COLUMNS), json_values))
def test_whatever_stands_in_the_cells_is_stored_or_rejected(cells: Row) -> None:
    with _database() as database:
        file = parse_register(as_json([row(), row(school=3) | cells]), "f")
        with database.write("tester") as session:
            apply_import(session, file, actor="tester")
        with database.read() as session:
            assert preview_import(session, file).empty
