from datetime import date

import pytest

from inventory.sentences import FRENCH, N_, Language, Sentence, worded, wording

DUTCH = {
    "%(name)s ne répond plus": "%(name)s antwoordt niet meer",
    "canal %(channel)s": "kanaal %(channel)s",
    "%(name)s : %(what)s": "%(name)s: %(what)s",
    "un commutateur": "een switch",
}
COUNTED = {"%(num)s borne": ("%(num)s toegangspunt", "%(num)s toegangspunten")}


def _ngettext(one: str, many: str, number: int) -> str:
    return COUNTED[one][0 if number == 1 else 1]


NL = Language(
    gettext=lambda text: DUTCH.get(text, text),
    ngettext=_ngettext,
    number=lambda number: f"{number:g}",
    day=lambda day: f"{day.day}-{day.month}-{day.year}",
)


def test_a_sentence_is_its_french_text_and_is_said_in_another_language() -> None:
    sentence = Sentence("%(name)s ne répond plus", name="sw2")
    assert sentence == "sw2 ne répond plus"
    assert sentence.said(NL) == "sw2 antwoordt niet meer"
    assert sentence.said(FRENCH) == sentence


def test_a_sentence_within_a_sentence_is_said_in_the_same_language() -> None:
    parts = (Sentence("canal %(channel)s", channel=11), Sentence("un commutateur"))
    sentence = Sentence("%(name)s : %(what)s", name="ap1", what=parts)
    assert sentence == "ap1 : canal 11, un commutateur"
    assert sentence.said(NL) == "ap1: kanaal 11, een switch"


@pytest.mark.parametrize(
    ("number", "french", "dutch"),
    [
        (0, "0 borne", "0 toegangspunten"),
        (1, "1 borne", "1 toegangspunt"),
        (2, "2 bornes", "2 toegangspunten"),
    ],
)
def test_each_language_counts_its_own_way(number: int, french: str, dutch: str) -> None:
    sentence = Sentence.counted("%(num)s borne", "%(num)s bornes", number)
    assert (sentence, sentence.said(NL)) == (french, dutch)


def test_numbers_and_days_are_written_as_the_language_writes_them() -> None:
    sentence = Sentence("%(ghz)s GHz dès le %(day)s", ghz=2.4, day=date(2026, 4, 3))
    assert sentence == "2,4 GHz dès le 03/04/2026"
    assert sentence.said(NL) == "2.4 GHz dès le 3-4-2026"


def test_what_a_row_keeps_makes_the_sentence_again() -> None:
    sentence = Sentence.counted(
        "%(num)s borne", "%(num)s bornes", 3, at=2.4, on=date(2026, 1, 2), of=("a", Sentence("b"))
    )
    read = worded(str(sentence), wording(sentence))
    assert isinstance(read, Sentence)
    assert (read, read.said(NL), read.values) == (sentence, "3 toegangspunten", sentence.values)


@pytest.mark.parametrize("kept", [None, {}, {"text": "%(x)s"}, {"values": 3}, {"text": 1}])
def test_what_cannot_be_read_is_shown_as_it_was_written(kept: dict[str, object] | None) -> None:
    assert worded("Le canal a changé.", kept) == "Le canal a changé."


def test_what_a_person_wrote_keeps_nothing_to_translate() -> None:
    assert wording("vu sur place") is None
    assert N_("Écoles") == "Écoles"


def test_thousands_are_grouped_as_in_the_other_languages() -> None:
    assert Sentence("dépassé de %(over)s €", over=11390.5) == "dépassé de 11\u202f390,5 €"
