"""The catalogues are complete, and nothing that a page shows goes past them."""

from pathlib import Path

import pytest

from api.web.language import LOCALES, tongue
from api.web.templating import HERE
from inventory.findings.finding import rules
from tests.texts import bypass, catalogues, raises
from tests.texts.extraction import in_python, in_template

TEMPLATES = sorted((HERE / "templates").rglob("*.html"))
DEVELOPERS = {"api_docs.html"}  # documentation of the API, in English


@pytest.mark.parametrize("tag", catalogues.TRANSLATED)
def test_a_catalogue_says_everything_and_nothing_else(tag: str) -> None:
    assert "\n".join(catalogues.faults(tag)) == "", "run: make texts, and translate what it lists"


def test_every_text_of_a_template_goes_through_the_catalogues() -> None:
    found = {path.name: bypass.in_template(path) for path in TEMPLATES}
    assert {name: words for name, words in found.items() if words and name not in DEVELOPERS} == {}


def test_every_french_text_of_the_pages_modules_is_marked() -> None:
    found = [
        fault
        for folder in bypass.MODULES
        for path in sorted((catalogues.ROOT / folder).rglob("*.py"))
        for fault in bypass.in_module(path)
    ]
    assert "\n".join(found) == ""


def test_every_error_that_a_route_can_come_to_is_told_in_the_readers_language() -> None:
    program = raises.read_program(catalogues.ROOT, catalogues.PACKAGES)
    assert "\n".join(raises.untold(program, ("api.http", "api.web"))) == ""


def test_an_error_that_goes_past_the_catalogues_is_found_behind_functions_and_methods(
    tmp_path: Path,
) -> None:
    (tmp_path / "shown").mkdir()
    (tmp_path / "below").mkdir()
    (tmp_path / "shown" / "routes.py").write_text(
        "from below import cases\nfrom below.errors import Full\n"
        "def route():\n    cases.Case().look()\n    raise Full(3)\n"
    )
    (tmp_path / "below" / "errors.py").write_text(
        "class PreauError(Exception): pass\n"
        "class Full(PreauError):\n"
        "    def __init__(self, count):\n"
        "        super().__init__(Sentence('plein'), todo=f'wait {count} s')\n"
    )
    (tmp_path / "below" / "cases.py").write_text(
        "from below.errors import PreauError\n"
        "_ADVICE = 'come back'\n"
        "class Case:\n"
        "    def look(self):\n"
        "        why = 'it is late' if self.late else Sentence('tard')\n"
        "        raise PreauError(why, where=f'{self.number}/{self.of}', todo=_ADVICE)\n"
        "    def never(self):\n        raise PreauError('nobody asks for it')\n"
    )
    program = raises.read_program(tmp_path, ("shown", "below"))
    assert raises.untold(program, ("shown",)) == [
        "below.cases:6: _ADVICE",
        "below.cases:6: why",
        "below.errors:4: f'wait {count} s'",
    ]


def test_the_title_of_every_rule_is_in_the_catalogues() -> None:
    words = tongue("nl").catalogue
    assert [each.id for each in rules().values() if words.gettext(each.title) == each.title] == []


def test_a_marked_text_is_found_wherever_it_stands(tmp_path: Path) -> None:
    module = tmp_path / "module.py"
    module.write_text(
        'x = Sentence("dehors %(a)s", a=Sentence("dedans"))\n'
        'y = Sentence.counted("un", "plusieurs", n)\n'
        'z = [N_("une " "phrase"), _(variable), f("rien")]\n'
    )
    assert set(in_python(module)) == {"dehors %(a)s", "dedans", ("un", "plusieurs"), "une phrase"}
    template = tmp_path / "page.html"
    template.write_text('{{ _("Un %(n)s", n=1) }}{{ ngettext("a", "%(num)s b", 2) }}{{ _(label) }}')
    assert list(in_template(template)) == ["Un %(n)s", ("a", "%(num)s b")]


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "Écoles"\nmsgstr ""\n', "not translated"),
        ('#, fuzzy\nmsgid "Écoles"\nmsgstr "Scholen"\n', "fuzzy"),
        ('#~ msgid "Ancien"\n#~ msgstr "Oud"\n', "obsolete"),
        ('msgid "N’est dit nulle part"\nmsgstr "Nergens"\n', "shown nowhere"),
        ('msgid "Plan n°\u00a0%(id)s"\nmsgstr "Plan %(ide)s"\n', "other placeholders"),
        ('msgid "Plan n°\u00a0%(id)s"\nmsgstr "Plan"\n', "other placeholders"),
    ],
)
def test_what_is_wrong_in_a_catalogue_is_told(tmp_path: Path, entry: str, fault: str) -> None:
    path = catalogues.path_of("nl", tmp_path)
    path.parent.mkdir(parents=True)
    header = (
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n'
        '"Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\n'
    )
    path.write_text(header + entry, encoding="utf-8")
    named = [each for each in catalogues.faults("nl", tmp_path) if fault in each]
    assert any(word in each for each in named for word in ("Écoles", "Ancien", "nulle", "Plan"))


@pytest.mark.parametrize(
    ("template", "words"),
    [
        ("<p>Bonjour {{ _('tous') }}</p>", {"Bonjour"}),
        ('<a title="Fermer">{{ _("x") }}</a>', {"Fermer"}),
        ("<p>{{ _('Écoles') }}, 5 GHz</p>", set()),
    ],
)
def test_french_in_a_template_is_seen(tmp_path: Path, template: str, words: set[str]) -> None:
    path = tmp_path / "page.html"
    path.write_text(template, encoding="utf-8")
    assert bypass.in_template(path) == words


def test_each_language_says_it() -> None:
    assert {tag: tongue(tag).say("Écoles") for tag in LOCALES} == {
        "fr": "Écoles",
        "nl": "Scholen",
        "de": "Schulen",
        "en": "Schools",
    }
