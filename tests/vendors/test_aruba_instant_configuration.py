"""What is made of the words of an Instant: its text, its adoption, its effect, its risk."""

from pathlib import Path
from typing import Any

import pytest

from deploy.plan import PlannedChange, plan_change
from inventory.errors import InvalidInput
from inventory.intent import IntentLayer, resolve
from inventory.vendors.configuration import Configuration
from inventory.vendors.family import family

RUNNING = (Path(__file__).parent / "aruba_instant" / "running.txt").read_text(encoding="utf-8")
ENVIRONMENT = "Antenna Type:Internal\nname:ap-hall\nwifi0_arm_channel:44\nwifi0_arm_power_10x:150\n"
SECRETS = {"clef": "Motdepasse1", "partage": "partage-ancien"}
WLAN = {
    "name": "eleves",
    "ssid": "Eleves",
    "purpose": "pedagogical",
    "security": "wpa2_personal",
    "vlan_id": 20,
    "passphrase_secret": "clef",
}
TABLE = """
bss                ess     port  ip         phy   type  ch/EIRP/max-EIRP
---
20:4c:03:00:00:d0  Eleves  ?/?   10.0.0.11  a-HE  ap    36/18/21
"""


@pytest.fixture
def instant() -> Configuration:
    found = family("aruba_instant").configuration
    assert found is not None
    return found


def planned(instant: Configuration, running: str = RUNNING, **layer: Any) -> PlannedChange:
    body = {"vlans": [{"id": each, "name": f"v{each}"} for each in (20, 30)], **layer}
    intent = resolve([("test", IntentLayer.model_validate(body))])
    return plan_change(instant, intent, instant.normalise([running, ENVIRONMENT]), SECRETS)


def test_its_own_settings_stand_beside_those_of_the_cluster(instant: Configuration) -> None:
    text = instant.normalise([RUNNING, ENVIRONMENT])
    assert text.endswith("ap-env\n hostname ap-hall\n a-channel 44 15\n")
    assert "index" not in text


def test_defaults_of_a_release_in_a_profile_of_ours_are_no_difference(
    instant: Configuration,
) -> None:
    made = planned(instant, wlans=[WLAN])
    shown = made.intended.replace("‹secret:clef›", SECRETS["clef"]).replace("‹secret›", "x")
    extra = " max-authentication-failures 0\n dot11v\n"
    again = planned(
        instant, shown.replace(" essid Eleves\n", f" essid Eleves\n{extra}"), wlans=[WLAN]
    )
    assert made.difference
    assert not again.difference


def test_what_it_has_is_adopted_but_for_what_the_intent_cannot_say(instant: Configuration) -> None:
    text = instant.normalise([RUNNING, ENVIRONMENT])
    assert instant.adopt is not None
    found = instant.adopt(text)
    assert [wlan.ssid for wlan in found.layer.wlans] == ["Personnel"]
    assert found.secrets == {"radius-dot1x": "partage-ancien"}
    assert len([note for note in found.notes if "non repris," in note]) == 2
    again = plan_change(instant, resolve([("site", found.layer)]), text, found.secrets)
    assert not again.difference, again.difference.review


def test_a_network_that_is_there_is_taken_over_with_its_server_and_its_role(
    instant: Configuration,
) -> None:
    wlan = {
        "name": "personnel",
        "ssid": "Personnel",
        "purpose": "administration",
        "security": "wpa3_enterprise",
        "vlan_id": 30,
        "radius_servers": [{"host": "10.9.0.3", "secret_name": "partage"}],
    }
    lines = planned(instant, wlans=[wlan]).difference.remediation
    assert lines == ("wlan ssid-profile dot1x", "  opmode wpa3-aes-ccm-128")


def test_a_first_name_is_not_given_since_it_cannot_be_taken_back(instant: Configuration) -> None:
    intent = resolve([("test", IntentLayer(hostname="ap-hall"))])
    made = plan_change(instant, intent, instant.normalise([RUNNING, ""]), {})
    assert not made.difference
    assert any("ap-hall" in note for note in made.notes)


@pytest.mark.parametrize(
    ("change", "environment", "done"),
    [
        ({}, "", True),
        ({"ssid": "Autre"}, "", False),
        ({"ssid": "Autre", "hours": [{"start": "07:30", "end": "18:00"}]}, "", True),
        ({"ssid": "Autre", "bands": ["5"]}, "dot11a_radio:disable\n", True),
    ],
)
def test_a_network_must_be_on_the_air_where_a_radio_carries_it_now(
    instant: Configuration, change: dict[str, Any], environment: str, *, done: bool
) -> None:
    body = {"vlans": [{"id": 20, "name": "v20"}], "wlans": [{**WLAN, **change}]}
    intent = resolve([("test", IntentLayer.model_validate(body))])
    running = instant.normalise([RUNNING, environment])
    made = plan_change(instant, intent, running, SECRETS)
    assert instant.effect is not None
    assert instant.effect.judge(TABLE, made.intended).done is done


def test_networks_do_not_cut_the_path_and_the_account_does(instant: Configuration) -> None:
    assert not planned(instant, wlans=[WLAN]).risk_reasons
    account = [{"name": "admin", "password_secret": "clef"}]
    assert planned(instant, management={"accounts": account}).risk_reasons


def test_an_ssid_with_quotes_is_refused(instant: Configuration) -> None:
    with pytest.raises(InvalidInput, match="eleves"):
        planned(instant, wlans=[{**WLAN, "ssid": 'Le "grand" hall'}])
