import stat
from pathlib import Path

import pytest

from inventory.database import Database
from inventory.errors import Misconfigured, NotFound
from inventory.models import Secret
from inventory.secrets import Keys, Vault, open_secret, open_vault, store_secret
from inventory.settings import Settings


def test_a_secret_comes_back_and_stands_nowhere_in_clear(database: Database, vault: Vault) -> None:
    with database.write("alice") as session:
        store_secret(session, vault, "wlan-eleves", "canary-7731")
    with database.read() as session:
        assert open_secret(session, vault, "wlan-eleves") == "canary-7731"
        row = session.get(Secret, "wlan-eleves")
        assert row is not None
        assert b"canary" not in row.sealed
        with pytest.raises(NotFound, match="no secret named other"):
            open_secret(session, vault, "other")


def test_another_key_or_another_name_does_not_open_it(vault: Vault) -> None:
    sealed = vault.seal(b"x", "secret a")
    with pytest.raises(Misconfigured):
        vault.open(sealed, "secret b")
    with pytest.raises(Misconfigured):
        Vault(Keys.fresh()).open(sealed, "secret a")


def test_the_key_file_is_readable_by_its_owner_alone(settings: Settings) -> None:
    first = open_vault(settings, create=True)
    assert stat.S_IMODE(settings.secret_key_path().stat().st_mode) == 0o600
    assert open_vault(settings, create=True).key_id == first.key_id


@pytest.mark.parametrize(
    "content", [b"", b"\xff\xfe", b"seal !", b"seal c2hvcnQ=\n", b"-----BEGIN PRIVATE KEY-----\n"]
)
def test_a_file_that_is_no_key_is_one_sentence(tmp_path: Path, content: bytes) -> None:
    settings = Settings(data_dir=tmp_path)
    with pytest.raises(Misconfigured, match="cannot be read"):
        open_vault(settings)
    settings.secret_key_path().write_bytes(content)
    with pytest.raises(Misconfigured, match="not a key file"):
        open_vault(settings)
