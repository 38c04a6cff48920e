"""The rapport de recette as a document: whatever the names are, the same bytes, no empty boxes."""

import json
import re
import string
from datetime import UTC, datetime
from importlib.resources import files
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from api.documents import typesetting
from api.documents.typesetting import REPLACEMENT, set_pages, set_pdf, showable
from api.usecases.acceptance_evidence import SiteEvidence
from api.usecases.acceptance_record import canonical, digest, record_json
from api.usecases.acceptance_report import TEMPLATE, report_data, verdict_sentence
from inventory.errors import InvalidInput
from inventory.models import AcceptanceRun, Reserve, ReserveSeverity, Site
from site_surveys.acceptance.evidence import Evidence, Word
from site_surveys.acceptance.judgement import judge_site
from site_surveys.profile import load_profile

AT = datetime(2026, 3, 2, 9, tzinfo=UTC)
PROFILE = load_profile()
HOSTILE = '#panic("x") *gras* _i_ $x$ @ref <l> \\ `c` // "q" = titre #include "/etc/passwd"'


def made_run(name: str = "École communale", note: str = "vu") -> AcceptanceRun:
    """Return a run of a site about which nothing is known but `name` and one person's word."""
    words = {"services.clients": Word(1, "services.clients", False, note, "user:alice", AT)}
    known = SiteEvidence(AT, Site(id=1, name=name, search_key=""), (), (), (), (), words, (), None)
    outcomes = judge_site(PROFILE, Evidence(AT, words=words))
    reserve = Reserve(
        site_id=1,
        number=1,
        check_id="services.clients",
        subject="",
        severity=ReserveSeverity.BLOCKING,
        message=note,
        opened_at=AT,
        opened_by="user:alice",
    )
    site = {
        "id": 1, "name": name, "address": name, "postal_code": None, "locality": None,
        "province": None,
        "implantations": [
            {"fase": "95001/9501", "school": name, "organising_authority": note,
             "education_network": None, "address": None}
        ],
    }  # fmt: skip
    record = record_json(
        known, PROFILE, outcomes, site=site, maps=[], reserves=[reserve], actor="user:alice"
    )
    return AcceptanceRun(
        id=7, site_id=1, at=AT, actor="user:alice", profile_version="x", level="standard",
        verdict=record["verdict"], record=record, inputs_sha256=record["inputs_sha256"],
        sha256=digest(record),
    )  # fmt: skip


def pdf(run: AcceptanceRun) -> bytes:
    attached = {"recette.json": canonical(run.record)}
    return set_pdf(TEMPLATE, report_data(run), at=run.at, attached=attached)


def test_the_same_run_gives_the_same_bytes_and_carries_its_data() -> None:
    run = made_run()
    first = pdf(run)
    assert pdf(made_run()) == first
    assert first.startswith(b"%PDF-1.7")
    assert b"pdfaid" in first  # the XMP of PDF/A
    assert b"pdfuaid" in first
    assert b"recette.json" in first
    assert pdf(made_run("Autre école")) != first


def test_text_is_never_markup() -> None:
    assert pdf(made_run(HOSTILE, HOSTILE)).startswith(b"%PDF-")


@settings(max_examples=8)
@given(st.text(max_size=60), st.text(st.characters(categories=["S", "P", "M", "C"]), max_size=40))
def test_whatever_a_name_holds_the_report_is_set(name: str, note: str) -> None:
    shown = showable(name)
    assert pdf(made_run(shown.replace("\n", " "), note)).startswith(b"%PDF-")


def test_french_and_german_are_shown_as_they_are_and_the_rest_never_as_boxes() -> None:
    letters = (
        string.ascii_letters + "àâäæçéèêëîïôöœùûüÿÀÂÄÆÇÉÈÊËÎÏÔÖŒÙÛÜŸßẞ«»’…–—°²€✓✗≥≤−\u00a0\u202f"
    )
    assert showable(letters) == letters
    assert showable("école 🏫 学校\x07") == f"école {REPLACEMENT} {REPLACEMENT * 3}"
    assert showable(REPLACEMENT) == REPLACEMENT
    assert showable({"a": ["🏫", 3, None]}) == {"a": [REPLACEMENT, 3, None]}


EVERY_FONT = """
#set document(title: "T")
#set text(font: ("Libertinus Serif", "DejaVu Sans"), fallback: false)
#let d = json("data.json")
#d #text(weight: "bold", d) #text(font: ("DejaVu Sans Mono", "DejaVu Sans"), d)
"""


def test_no_character_that_is_kept_is_missing_from_a_font(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Any
) -> None:
    # PDF/A refuses a glyph that is not there: that this is set at all is the proof.
    (tmp_path / "all.typ").write_text(EVERY_FONT)
    monkeypatch.setattr(typesetting, "files", lambda _: tmp_path)
    monkeypatch.setattr(typesetting, "_LATIN", frozenset())
    kept = sorted(typesetting._characters())
    assert len(kept) > 5000
    with_all = set_pdf("all.typ", " ".join(map(chr, kept)), at=AT)
    monkeypatch.setattr(typesetting, "_characters", frozenset)
    assert len(with_all) > 5 * len(set_pdf("all.typ", "", at=AT))


def test_the_template_falls_back_on_no_font_of_the_machine() -> None:
    text = files("api.documents").joinpath(TEMPLATE).read_text(encoding="utf-8")
    assert "fallback: false" in text
    assert set(re.findall(r'font: \((.*?)\)', text)) == {
        '"Libertinus Serif", "DejaVu Sans"', '"DejaVu Sans Mono", "DejaVu Sans"',
    }  # fmt: skip


def test_a_broken_template_is_one_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    (tmp_path / "broken.typ").write_text("#let x = ")
    monkeypatch.setattr(typesetting, "files", lambda _: tmp_path)
    with pytest.raises(InvalidInput, match="Le document ne peut être composé"):
        set_pdf("broken.typ", {}, at=AT)


def test_pages_can_be_looked_at() -> None:
    run = made_run()
    attached = {"recette.json": b"{}"}
    pages = set_pages(TEMPLATE, report_data(run), at=AT, attached=attached, dots_per_inch=20)
    assert len(pages) > 3
    assert all(page.startswith(b"\x89PNG") for page in pages)


def test_what_a_run_came_to_is_one_french_sentence() -> None:
    record = made_run().record
    said = verdict_sentence(record)
    assert said.startswith(f"Sur {len(record['checks'])} contrôles, 1 contrôle non réussi et ")
    assert said.endswith("1 réserve ouverte\u00a0: 1 bloquante.")
    good = json.loads(json.dumps(record))
    for check in good["checks"]:
        check["state"] = "passed"
    good["reserves"] = []
    assert verdict_sentence(good) == (
        f"Les {len(record['checks'])} contrôles sont réussis ou sans objet\u00a0; "
        "aucune réserve n’est ouverte."
    )
