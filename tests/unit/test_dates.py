"""Days and moments as each language writes them."""

from datetime import UTC, date, datetime
from unittest import mock

import pytest
from babel import dates

from api.web.histories import moment_text
from api.web.language import BRUSSELS, LOCALES, tongue

SKELETONS = ("yMMdd", "yMMMM", "EEEd", "dMM", "EEEdMMM", "MMMy")


@pytest.mark.parametrize("tag", LOCALES)
@pytest.mark.parametrize("skeleton", SKELETONS)
def test_a_date_is_written_as_cldr_has_it_for_the_language(tag: str, skeleton: str) -> None:
    speech = tongue(tag)
    for moment in (date(2026, 3, 1), datetime(2026, 10, 25, 0, 30, tzinfo=BRUSSELS)):
        said = dates.format_skeleton(skeleton, moment, locale=speech.region)
        assert speech.written(moment, skeleton) == said


@pytest.mark.parametrize("tag", LOCALES)
def test_how_a_language_writes_dates_is_looked_for_once(tag: str) -> None:
    speech = tongue(tag)
    moment = datetime(2026, 12, 1, 12, 0, tzinfo=UTC)

    def write() -> list[str]:
        texts = [moment_text(moment, form, speech) for form in ("weekday", "day", "date", "month")]
        return [speech.day(moment), speech.month(moment), speech.moment(moment), *texts]

    first = write()
    searching = mock.Mock(side_effect=AssertionError("every skeleton was looked through again"))
    with (
        mock.patch("babel.dates.match_skeleton", searching),
        mock.patch("api.web.language.match_skeleton", searching),
    ):
        assert write() == first
