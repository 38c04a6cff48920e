"""Serial numbers, the tables of cable certifiers and checklists: pure rules of work orders."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory.errors import InvalidInput
from inventory.programme.works.cables import read_links
from inventory.programme.works.checklists import CableLimits, load_checklists
from inventory.programme.works.serials import clean_serial

LIMITS = CableLimits(longest_link_m=90, lowest_category=6)


@pytest.mark.parametrize(
    ("text", "serial"),
    [
        ("cn12abc345", "CN12ABC345"),
        ("S/N: CN12 ABC 345", "CN12ABC345"),
        ("sn CN-12/3.4", "CN-12/3.4"),
        ("\tCNXX01 ", "CNXX01"),
    ],
)
def test_a_serial_is_read_as_labels_show_it(text: str, serial: str) -> None:
    assert clean_serial(text) == serial


@pytest.mark.parametrize("text", ["", "ab", "été123", "<script>", "A" * 61, "S/N:"])
def test_what_is_no_serial_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="n’est pas un numéro de série"):
        clean_serial(text)


@pytest.mark.parametrize(
    "table",
    [
        (
            "Cable ID,Length (m),Result,Test Limit\nA1,42.5,PASS,Cat 6 PL\nA2,90.1,PASS,Cat 6 PL\n"
            "A3,10,FAIL,Cat 6 PL\nA4,10,PASS,Cat 5e\n"
        ),
        (
            "Étiquette;Longueur (m);Résultat;Catégorie\r\nA1;42,5 m;Réussi;Cat. 6A\r\n"
            "A2;90,1;conforme;catégorie 6\r\nA3;10;échec;Cat 6\r\nA4;10;OK;cat 5\r\n\r\n"
        ),
    ],
)
def test_a_link_is_judged_by_the_tester_its_length_and_its_category(table: str) -> None:
    links = read_links(table.encode("utf-8-sig"), LIMITS)
    assert [(each.label, each.fault is None) for each in links] == [
        ("A1", True),
        ("A2", False),
        ("A3", False),
        ("A4", False),
    ]
    assert links[0].length_m == 42.5
    assert [str(each.fault) for each in links[1:]] == [
        "90,1 m, plus que 90 m",
        "le testeur ne l’a pas accepté",
        "catégorie inférieure à 6",
    ]


@pytest.mark.parametrize(
    ("table", "sentence"),
    [
        (b"", "vide"),
        (b"Cable ID,Result\n", "vide"),
        (b"a,b\n1,2\n", "colonnes"),
        (b"Cable ID,Result\nA1,PASS\nA1,PASS\n", "deux fois"),
        (b"Cable ID,Result\n,PASS\n", "ligne 2"),
    ],
)
def test_what_is_no_table_of_a_tester_is_one_sentence(table: bytes, sentence: str) -> None:
    with pytest.raises(InvalidInput, match=sentence):
        read_links(table, LIMITS)


@given(st.binary(max_size=300))
def test_any_file_is_read_or_refused(content: bytes) -> None:
    try:
        links = read_links(b"Cable ID,Length,Result\n" + content, LIMITS)
    except InvalidInput:
        return
    assert all(link.passed or link.fault for link in links)


def test_every_kind_of_order_has_its_checklist() -> None:
    from inventory.models import WorkKind

    lists = load_checklists()
    assert set(lists.kinds) == {kind.value for kind in WorkKind}
    for each in lists.kinds.values():
        assert len({item.id for item in each.items}) == len(each.items) > 0
    assert lists.cable == LIMITS
