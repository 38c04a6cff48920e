"""What `make lab-wifi` does: pushes through the product, and what real clients make of them."""

import json
import subprocess
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from lab.demo_steps import Preau, say
from lab.wifi.installation import install, intend
from lab.wifi.machine import GuestFailed, Machine
from lab.wifi.station import Station, listen, peap, sae
from site_surveys.captures.reader import read_capture

GUARD_S = 120  # without KVM, and on a busy machine, the access point is slow to be read back
_SECRETS = {
    "wlan-eleves": "Le preau est vert",
    "wlan-wrong": "Une autre clef que celle-la",
    "radius": "lab-radius-secret",
}
_PUPILS, _STAFF = "Préau élèves", "Préau professeurs"
_CHANNEL, _FREQUENCY_MHZ = 36, 5180
_BAND = ["5"]
_RADIUS = {"host": "198.51.100.2", "secret_name": "radius"}
_RUN = ("--waves", "rest", "--now", "the lab: nobody is at school")
_PROBLEM_S = 400.0
_PID_FILES = "/run/hostapd.*.pid"


def _intent(passphrase: str) -> dict[str, Any]:
    pupils = {
        "name": "eleves",
        "ssid": _PUPILS,
        "purpose": "pedagogical",
        "security": "wpa3_personal",
        "vlan_id": 10,
        "bands": _BAND,
        "passphrase_secret": passphrase,
    }
    staff = {
        "name": "profs",
        "ssid": _STAFF,
        "purpose": "administration",
        "security": "wpa3_enterprise",
        "vlan_id": 20,
        "bands": _BAND,
        "radius_servers": [_RADIUS],
    }
    return {
        "country": "BE",
        "vlans": [{"id": 10, "name": "pedago"}, {"id": 20, "name": "admin"}],
        "wlans": [pupils, staff],
        "radios": [{"band": "5", "channel": _CHANNEL, "width_mhz": 20}],
    }


@dataclass
class Outcome:
    """What the client, the access point and the product said."""

    results: dict[str, Any] = field(default_factory=dict)

    def as_claimed(self) -> bool:
        """Return whether all of it is what was intended."""
        told = self.results
        return bool(
            told.get("wpa3_sae") == told.get("wpa3_enterprise") == "COMPLETED"
            and told.get("pushed") == "verified"
            and told.get("rolled_back")
            and told.get("client_lost_while_bad")
            and told.get("client_after_rollback") == "COMPLETED"
            and told.get("heard") == {_PUPILS: "wpa3_personal", _STAFF: "wpa3_enterprise"}
        )


def carry_out(machine: Machine, folder: Path) -> Outcome:
    """Push, associate, listen, push badly and see it undone; returns what was said of each."""
    outcome, station = Outcome(), Station(machine)
    preau = install(folder / "installation", machine.ssh_port, _SECRETS, GUARD_S)
    say("1/4", "A push of two networks through the product")
    intend(preau, _intent("wlan-eleves"))
    outcome.results["pushed"] = _push(preau)
    say("2/4", "A real client joins each")
    _join(station, outcome)
    say("3/4", "A monitor interface listens")
    heard = read_capture(listen(machine, _FREQUENCY_MHZ, folder / "air.pcap"))
    outcome.results["heard"] = {
        each.ssid: each.protection.security.value
        for each in heard.heard
        if each.ssid in {_PUPILS, _STAFF} and each.protection is not None
    }
    say("4/4", "A bad push, whose cable is pulled: the access point undoes it alone")
    _push_badly(preau, machine, outcome)
    return outcome


def _join(station: Station, outcome: Outcome) -> None:
    staff = station.join(_STAFF, peap("prof", "lab-eap-password", "radius.lab"))
    say("", f"{_STAFF}: {staff.get('wpa_state')} by {staff.get('key_mgmt')}")
    outcome.results["wpa3_enterprise"] = staff.get("wpa_state")
    outcome.results["enterprise_key_management"] = staff.get("key_mgmt")
    pupils = station.join(_PUPILS, sae(_SECRETS["wlan-eleves"]))
    say("", f"{_PUPILS}: {pupils.get('wpa_state')} by {pupils.get('key_mgmt')}")
    outcome.results["wpa3_sae"] = pupils.get("wpa_state")
    outcome.results["sae_key_management"] = pupils.get("key_mgmt")


def _push(preau: Preau) -> str:
    plan = preau.json("deploy", "plan")
    summary = preau.json("deploy", "run", str(plan["plan"]), *_RUN)
    return _state(summary)


def _state(summary: dict[str, Any]) -> str:
    for failure in summary["failures"]:
        say("", f"{failure['device']}: {failure['state']}: {failure['error']}")
    return ", ".join(state for state, count in summary["states"].items() if count)


def _push_badly(preau: Preau, machine: Machine, outcome: Outcome) -> None:
    """Push another passphrase and cut the line as it takes effect; nobody can confirm it."""
    station = Station(machine)
    good, before = _files(machine), machine.run(f"cat {_PID_FILES}").strip()
    intend(preau, _intent("wlan-wrong"))
    plan = str(preau.json("deploy", "plan")["plan"])
    command = preau.command("deploy", "run", plan, *_RUN, "--json")
    with subprocess.Popen(command, env=preau.environment, stdout=subprocess.PIPE) as pushing:
        try:
            # As hostapd is restarted with the new files: a moment before, nothing would be bad yet.
            machine.run(
                f'until [ "$(cat {_PID_FILES} 2>/dev/null)" != "{before}" ]; do sleep 0.1; done',
                timeout_s=_PROBLEM_S,
            )
            machine.cable(plugged=False)
            say("", "the change is on the access point, its cable is out")
            machine.wait_for(
                "the client's loss",
                lambda: station.status().get("wpa_state") != "COMPLETED",
                limit_s=_PROBLEM_S,
            )
            outcome.results["client_lost_while_bad"] = True
            say("", "the client has lost its network")
            machine.wait_for("the guard", lambda: not _armed(machine), limit_s=_PROBLEM_S)
            # Nobody could have said so from outside: the cable is still out.
            machine.wait_for("the old files", lambda: _files(machine) == good, limit_s=_PROBLEM_S)
            say("", "the access point put its old files back by itself")
        finally:
            machine.cable(plugged=True)
        told, _ = pushing.communicate(timeout=_PROBLEM_S)
    state = _state(json.loads(told))
    outcome.results["bad_push"] = state
    outcome.results["rolled_back"] = state == "rolled_back" and _files(machine) == good
    after = station.wait_for("COMPLETED")
    outcome.results["client_after_rollback"] = after.get("wpa_state")
    say("", f"{state}; the client is {after.get('wpa_state')} again")


def _files(machine: Machine) -> str:
    # While the guard puts the old folder in the place of the new one there is none for a moment.
    return machine.run("cat /etc/hostapd/*.conf", may_fail=True)


def _armed(machine: Machine) -> bool:
    try:
        return "yes" in machine.run("[ -e /etc/preau/armed ] && echo yes || true")
    except GuestFailed:
        return False
