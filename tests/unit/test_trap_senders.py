"""Who may send notifications, as the listener keeps it in memory."""

import pytest

from api.usecases.trap_senders import Senders
from inventory.database import Database
from inventory.models import Credential, CredentialKind, Zone
from inventory.secrets import Vault, store_secret


@pytest.mark.parametrize("changed", ["zone", "credential", "secret"])
def test_who_may_send_is_read_again_as_soon_as_a_zone_a_credential_or_a_secret_changed(
    database: Database, vault: Vault, changed: str
) -> None:
    with database.write("test") as session:
        for name in ("first", "second"):
            store_secret(session, vault, name, name)
            session.add(Credential(name=name, kind=CredentialKind.SNMP_COMMUNITY, secret_name=name))
        session.flush()
        session.add_all([Zone(name=name, snmp_credential_id=2) for name in ("a", "b")])
    senders = Senders(database, vault)
    zone_id = senders.zone_id("a")
    assert zone_id is not None
    assert senders.credentials(zone_id, None).communities == (b"second",)
    with database.write("test") as session:
        if changed == "zone":
            session.get_one(Zone, zone_id).snmp_credential_id = 1
        elif changed == "credential":
            session.get_one(Credential, 2).secret_name = "first"
        else:
            store_secret(session, vault, "second", "first")
    senders.refresh(whole=False)
    assert senders.credentials(zone_id, None).communities == (b"first",)
