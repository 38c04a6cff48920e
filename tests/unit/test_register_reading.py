"""Reading one edition: formats, encodings, columns, cells, and what is rejected."""

import json
from typing import Any

import pytest

from inventory.errors import InvalidInput
from inventory.programme.register.columns import parse_fase
from inventory.programme.register.edition import Edition, read_edition
from tests.registers import COLUMNS, as_csv, as_json, row


def _read(content: bytes) -> Edition:
    return read_edition(content, "register")


def _one(**cells: Any) -> Edition:
    return _read(as_json([row(**cells)]))


@pytest.mark.parametrize(
    "content",
    [
        as_csv([row()]),
        as_csv([row()], delimiter=","),
        as_csv([row()], delimiter="\t"),
        as_csv([row()], encoding="utf-8"),
        as_csv([row()], encoding="latin-1"),
        as_csv([row()], encoding="cp1252"),
        as_csv([row()], encoding="utf-16"),
        as_json([row()]),
        b"\xef\xbb\xbf" + as_json([row()]),
        json.dumps([{"fields": row(), "recordid": "x"}]).encode(),
    ],
    ids="csv comma tab no-bom latin1 cp1252 utf16 json json-bom wrapped".split(),
)
def test_every_form_of_the_file_says_the_same(content: bytes) -> None:
    assert _read(content).register == _read(as_json([row()])).register


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b" \n\n",
        b"{}",
        b"[",
        b"[]",
        b"[1]",
        b"[[[[",
        b"[" * 200_000,
        b'[{"a":1}] trailing',
        b"[" + b"9" * 5000 + b"]",
        b"\xff\xfe\x00",
        b"\x00\x80",
        b"<html><body>404</body></html>",
        b"a;b\n1;2\n",
        b'"unclosed;quote\n1;2',
        as_csv([]),
        as_json([{"ndeg_fase_de_l_etablissement": 1, "nom_d_etablissement": "x"}]),
        as_json([row()])[:-4],
        as_csv([row()]) + b'"torn',
    ],
)
def test_a_file_that_is_no_register_is_one_sentence(content: bytes) -> None:
    with pytest.raises(InvalidInput) as raised:
        _read(content)
    assert "\n" not in str(raised.value)
    assert "nothing was changed" in str(raised.value)


@pytest.mark.parametrize(
    ("renamed", "column"),
    [
        ("nom_de_l_etablissement", "nom_d_etablissement"),
        ("Nom de l’établissement", "nom_d_etablissement"),
        ("ndeg_fase_du_p_o", "ndeg_fase_du_po"),
        ("N° FASE du P.O.", "ndeg_fase_du_po"),
        ("nom_du_p_o", "nom_du_po"),
        ("N° FASE de l'implantation", "ndeg_fase_de_l_implantation"),
        ("numero_fase_de_l_etablissement", "ndeg_fase_de_l_etablissement"),
    ],
)
def test_the_names_of_columns_may_change_between_editions(renamed: str, column: str) -> None:
    cells = row()
    cells[renamed] = cells.pop(column)
    assert _read(as_json([cells])).register == _one().register


@pytest.mark.parametrize("value", [4, 4.0, "4", "4.0", "4,0", "0004", " 4 ", "\u00a04", "4."])
def test_a_fase_number_is_the_same_however_it_is_written(value: object) -> None:
    assert parse_fase(value) == 4


@pytest.mark.parametrize("value", [0, -4, 4.5, "4.5", "x", True, "1e3", 10**9, "٤", [], "4 a"])
def test_what_is_no_fase_number_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="no FASE number"):
        parse_fase(value)


def test_a_line_without_its_fase_pair_is_rejected_and_the_others_are_taken() -> None:
    edition = _read(as_json([row(), row(implantation=2, ndeg_fase_de_l_implantation=None)]))
    assert list(edition.register.implantations) == [(95001, 9501)]
    assert [r.reason for r in edition.rejected] == ["ndeg_fase_de_l_implantation is not told"]
    assert edition.damaged_schools == {95001}


def test_a_rejected_line_of_a_csv_is_named_by_its_physical_line() -> None:
    rows = [row(nom_d_etablissement="Deux\nlignes"), row(implantation=2, nom_d_etablissement="")]
    (rejected,) = _read(as_csv(rows)).rejected
    assert rejected.place == "line 4"


def test_a_rejected_element_of_json_is_named_by_number_and_line() -> None:
    (rejected,) = _read(b"[\n" + as_json([row()])[1:-1].strip() + b",\n5\n]").rejected
    assert rejected.place == f"element 2 (line {len(row()) + 4})"


def test_a_csv_line_with_missing_cells_is_rejected_not_guessed() -> None:
    content = as_csv([row(), row(implantation=2)])
    (rejected,) = _read(content[: content.rindex(b";")] + b"\n").rejected
    assert rejected.reason == f"it has {len(COLUMNS) - 1} cells, the header has {len(COLUMNS)}"


def test_another_type_of_education_on_the_same_pair_is_normal() -> None:
    edition = _read(as_json([row(), row(type_d_enseignement="Maternel ordinaire")]))
    assert edition.rejected == ()
    assert sorted(edition.register.offers[95001, 9501]) == [
        "maternel ordinaire",
        "primaire ordinaire",
    ]


def test_the_later_of_two_contradicting_lines_is_rejected_and_names_the_earlier() -> None:
    edition = _read(as_csv([row(), row(adresse_de_l_implantation="Ailleurs 1"), row(school=7)]))
    (rejected,) = edition.rejected
    assert rejected.place == "line 3"
    assert "95001/9501" in rejected.reason
    assert "line 2" in rejected.reason
    assert edition.register.implantations[95001, 9501].address == "Rue de l'Essai 9501"
    assert len(edition.register.implantations) == 2


def test_an_exact_repeat_is_counted_and_typography_makes_no_difference() -> None:
    edition = _read(as_json([row(), row(nom_d_etablissement="École d’essai  95001")]))
    assert (edition.duplicates, edition.rejected) == (1, ())


def test_an_apostrophe_is_shown_as_it_was_written() -> None:
    edition = _one(nom_d_etablissement="École d’Ath")
    assert edition.register.schools[95001].name == "École d’Ath"


def test_an_empty_cell_is_not_told() -> None:
    edition = _one(reseau="  ", numero_bce_de_l_etablissement="", ndeg_fase_du_po=None)
    school = edition.register.schools[95001]
    assert (school.education_network, school.company_number) == (None, None)
    assert school.authority_fase is None


def test_unknown_values_are_kept_and_told_once_with_their_number() -> None:
    rows = [row(implantation=n, reseau="Réseau inédit") for n in (1, 2)]
    edition = _read(as_json([*rows, row(implantation=3, type_d_enseignement="Essai")]))
    assert edition.rejected == ()
    told = {notice.text: notice.count for notice in edition.notices}
    assert any("Essai" in text for text in told)
    assert "essai" in edition.register.offers[95001, 3]
    assert edition.register.schools[95001].education_network == "Réseau inédit"


@pytest.mark.parametrize(
    ("latitude", "longitude", "expected", "notice"),
    [
        ("50,46", "4,86", (50.46, 4.86), None),
        (4.86, 50.46, (50.46, 4.86), "each other's place"),
        (0, 0, (None, None), "not in Belgium"),
        (48.85, 2.35, (None, None), "not in Belgium"),
        (50.46, None, (None, None), "no coordinate"),
        ("north", 4.86, (None, None), "no coordinate"),
        (None, None, (None, None), "without position"),
    ],
)
def test_coordinates(
    latitude: object,
    longitude: object,
    expected: tuple[float | None, float | None],
    notice: str | None,
) -> None:
    edition = _one(latitude=latitude, longitude=longitude)
    entry = edition.register.implantations[95001, 9501]
    assert (entry.latitude, entry.longitude) == expected
    assert [n for n in edition.notices if notice and notice in n.text] or notice is None


def test_the_point_is_read_where_latitude_and_longitude_are_absent() -> None:
    cells = row(pointgeo={"lon": 4.86, "lat": 50.46})
    del cells["latitude"], cells["longitude"]
    assert _read(as_json([cells])).register == _one().register


def test_texts_that_no_database_holds_are_made_harmless() -> None:
    edition = _read(json.dumps([row(nom_d_etablissement="a\x00b\ud800c")]).encode())
    assert edition.register.schools[95001].name == "a b c"


def test_a_text_too_long_to_be_one_is_rejected() -> None:
    edition = _read(as_json([row(), row(implantation=2, nom_d_etablissement="x" * 301)]))
    assert [r.reason for r in edition.rejected] == ["school_name is longer than 300 characters"]


def test_a_company_number_that_was_read_as_a_float_gets_its_zero_back() -> None:
    edition = _one(numero_bce_de_l_etablissement=207437468.0)
    assert edition.register.schools[95001].company_number == "0207437468"


def test_what_most_lines_say_of_a_school_is_taken_and_the_rest_is_told() -> None:
    rows = [row(implantation=n) for n in (1, 2)]
    edition = _read(as_json([*rows, row(implantation=3, nom_d_etablissement="Autre")]))
    assert edition.register.schools[95001].name == "École d'essai 95001"
    assert any("differs between lines" in notice.text for notice in edition.notices)
