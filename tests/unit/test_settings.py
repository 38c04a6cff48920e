from pathlib import Path

import pytest

from inventory.errors import Misconfigured
from inventory.settings import load_settings


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("PREAU_CONFIG", "PREAU_DATA_DIR", "PREAU_WEB_PORT"):
        monkeypatch.delenv(name, raising=False)


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "preau.toml").write_text("web_port = 8001\nguard_s = 90\n")
    monkeypatch.setenv("PREAU_WEB_PORT", "8002")
    settings = load_settings()
    assert (settings.web_port, settings.guard_s) == (8002, 90)


def test_paths_in_a_file_are_relative_to_the_file(tmp_path: Path) -> None:
    folder = tmp_path / "etc"
    folder.mkdir()
    (folder / "x.toml").write_text('data_dir = "data"\n')
    assert load_settings(folder / "x.toml").data_dir == folder / "data"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("web_port = 'eight'", "the setting web_port does not fit"),
        ("web_prot = 8000", "the setting web_prot does not fit"),
        ("web_port = = 1", "the settings file is not TOML"),
    ],
)
def test_a_wrong_setting_is_one_sentence_with_its_file(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "preau.toml").write_text(text)
    with pytest.raises(Misconfigured, match=said) as error:
        load_settings()
    assert "preau.toml" in str(error.value)
    assert "\n" not in str(error.value)


def test_a_missing_file_that_was_named_is_told(tmp_path: Path) -> None:
    with pytest.raises(Misconfigured, match=r"nowhere\.toml: the settings file cannot be read"):
        load_settings(tmp_path / "nowhere.toml")
