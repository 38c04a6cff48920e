"""Keys from passphrases, against the RFC's own numbers and pysnmp's derivation."""

from typing import Any

import pytest
from pysnmp.proto.rfc1902 import OctetString

from collectors.snmp.usm_keys import KEY_OCTETS, localised_key, master_key, privacy_key, user_keys
from collectors.target import SnmpTarget, SnmpV3
from inventory.usm import AuthProtocol, PrivProtocol
from tests.pysnmp_agent import AUTHS, PRIVS

ENGINE = bytes.fromhex("000000000000000000000002")


@pytest.mark.parametrize(
    ("auth", "master", "localised"),
    [
        (
            AuthProtocol.MD5,
            "9faf3283884e92834ebc9847d8edd963",
            "526f5eed9fcce26f8964c2930787d82b",
        ),
        (
            AuthProtocol.SHA1,
            "9fb5cc0381497b3793528939ff788d5d79145211",
            "6695febc9288e36282235fc7151f128497b38f3f",
        ),
    ],
)
def test_the_keys_are_those_of_rfc_3414_appendix_a_3(
    auth: AuthProtocol, master: str, localised: str
) -> None:
    assert master_key(auth, "maplesyrup").hex() == master
    assert localised_key(auth, bytes.fromhex(master), ENGINE).hex() == localised


def test_a_reeder_key_is_that_of_the_draft_s_appendix() -> None:
    # draft-reeder-snmpv3-usm-3desede-00, MD5: the first 32 octets of its localised key.
    key = privacy_key(AuthProtocol.MD5, PrivProtocol.AES256_REEDER, "maplesyrup", ENGINE)
    assert key.hex() == "526f5eed9fcce26f8964c2930787d82b79eff44a90650ee0a3a40abfac5acc12"


@pytest.mark.parametrize("auth", AuthProtocol)
@pytest.mark.parametrize("priv", PrivProtocol)
def test_every_key_is_the_one_that_pysnmp_derives(auth: AuthProtocol, priv: PrivProtocol) -> None:
    from pysnmp.entity import config

    auth_service: Any = config.AUTH_SERVICES[AUTHS[auth]]
    priv_service: Any = config.PRIV_SERVICES[PRIVS[priv]]
    of_auth = auth_service.hash_passphrase(OctetString("maplesyrup"))
    of_priv = priv_service.hash_passphrase(AUTHS[auth], OctetString("sugarsugar"))
    engine = OctetString(ENGINE)
    keys = user_keys(SnmpV3("u", auth, "maplesyrup", priv, "sugarsugar"), ENGINE)
    assert keys.auth == bytes(auth_service.localize_key(of_auth, engine))
    assert keys.priv is not None
    assert keys.priv == bytes(priv_service.localize_key(AUTHS[auth], of_priv, engine))
    assert len(keys.priv) == KEY_OCTETS[priv]


def test_a_master_key_is_derived_once_for_all_agents() -> None:
    v3 = SnmpV3("u", AuthProtocol.SHA256, "derived once", PrivProtocol.AES128, "derived once too")
    before = master_key.cache_info().misses
    for agent in range(50):
        user_keys(v3, agent.to_bytes(12, "big"))
    assert master_key.cache_info().misses == before + 2


def test_no_passphrase_shows() -> None:
    v3 = SnmpV3("u", AuthProtocol.SHA256, "canary-1", PrivProtocol.DES, "canary-2")
    target = SnmpTarget("z", "127.0.0.1", community="canary-3", v3=v3)
    shown = f"{v3} {v3!r} {target} {target!r} {user_keys(v3, ENGINE)!r}"
    assert "canary" not in shown
    assert user_keys(v3, ENGINE).auth not in (None, b"")
    assert repr(user_keys(v3, ENGINE)) == "UserKeys()"


def test_privacy_without_authentication_is_no_user() -> None:
    with pytest.raises(ValueError, match="no privacy without authentication"):
        SnmpV3("u", priv=PrivProtocol.AES128, priv_passphrase="passphrase")
