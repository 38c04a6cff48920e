"""A WLAN that runs otherwise than planned is found by what the device told, and by nothing else."""

from datetime import UTC, datetime
from typing import Any

import pytest

from inventory.findings.finding import Subject
from inventory.findings.wlan import weak_security
from inventory.findings.wlan_protection import protection_differs
from inventory.intent import (
    IntentLayer,
    Pmf,
    Purpose,
    RadiusServer,
    Security,
    Vlan,
    Wlan,
    resolve,
)
from inventory.observation import Identity, Observation
from inventory.observation import Wlan as Seen


def subject(seen: Seen, security: Security, **planned: Any) -> Subject:
    wlan = Wlan(
        name="eleves",
        ssid="ELEVES",
        purpose=Purpose.PEDAGOGICAL,
        security=security,
        vlan_id=20,
        passphrase_secret="psk" if security.personal else None,
        radius_servers=(RadiusServer(host="192.0.2.1", secret_name="radius"),)
        if security.enterprise
        else (),
        **planned,
    )
    layer = IntentLayer(vlans=(Vlan(id=20, name="eleves"),), wlans=(wlan,), hostname="ap1")
    return Subject(
        name="ap1",
        role="access_point",
        family="openwrt",
        lifecycle="active",
        now=datetime(2026, 11, 22, 8, 0, tzinfo=UTC),
        intent=resolve([("programme", layer)]),
        observation=Observation(identity=Identity(family="openwrt"), wlans=(seen,)),
    )


@pytest.mark.parametrize(
    ("seen", "security", "planned", "differs"),
    [
        (Seen("ELEVES", security="wpa3_personal", pmf="required"), Security.WPA3_PERSONAL, {}, []),
        (Seen("ELEVES"), Security.WPA3_PERSONAL, {"hidden": True}, []),
        (Seen("AUTRE", security="wpa2_personal"), Security.WPA3_PERSONAL, {}, []),
        (
            Seen("ELEVES", security="wpa2_wpa3_personal", pmf="optional"),
            Security.WPA3_PERSONAL,
            {},
            ["pmf", "security"],
        ),
        (Seen("ELEVES", security="wpa2_wpa3_enterprise"), Security.WPA2_ENTERPRISE, {}, []),
        (
            Seen("ELEVES", security="wpa2_personal", pmf="required"),
            Security.WPA2_PERSONAL,
            {"pmf": Pmf.OPTIONAL},
            [],
        ),
        (
            Seen("ELEVES", security="wpa2_personal", isolated=False, hidden=False),
            Security.WPA2_PERSONAL,
            {"client_isolation": True, "hidden": True},
            ["hidden", "isolation"],
        ),
        (Seen("ELEVES", security="open"), Security.WPA2_PERSONAL, {}, []),
    ],
)
def test_what_runs_is_compared_with_what_was_planned(
    seen: Seen, security: Security, planned: dict[str, Any], differs: list[str]
) -> None:
    found = list(protection_differs(subject(seen, security, **planned)))
    assert [each.evidence["differs"] for each in found] == ([differs] if differs else [])


def test_the_sentence_says_what_differs() -> None:
    seen = Seen("ELEVES", security="wpa2_wpa3_personal", pmf="optional")
    (found,) = protection_differs(subject(seen, Security.WPA3_PERSONAL))
    said = str(found.message).replace("\u00a0", " ")
    assert said.startswith("ap1 protège « ELEVES » autrement que prévu : ")
    assert "le chiffrement" in said
    assert "la protection des trames de gestion" in said


def test_a_network_that_still_offers_wpa_of_2003_is_weak_and_told_once() -> None:
    judged = subject(Seen("ELEVES", security="wpa_wpa2_personal"), Security.WPA2_PERSONAL)
    assert [each.rule_id for each in weak_security(judged)] == ["wlan.weak_security"]
    assert list(protection_differs(judged)) == []
