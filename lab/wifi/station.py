"""A real client in the VM: wpa_supplicant, told what to join, asked how far it came; and the air.

wpa_supplicant 2.10: wpa_cli(8) and `wpa_supplicant.conf` as delivered (an SSID without quotes is
hexadecimal). tcpdump(8) for what a monitor interface hears.
"""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from lab.wifi.machine import Machine

_CLI = "wpa_cli -p /run/wpa_supplicant -i $(cat /run/lab-client)"
_ASSOCIATION_S, _LISTEN_S = 90.0, 8
CA_FILE = "/etc/freeradius/3.0/certs/lab-ca.pem"


@dataclass(frozen=True, slots=True)
class Station:
    """The client of one VM."""

    machine: Machine

    def join(self, ssid: str, settings: Mapping[str, str]) -> Mapping[str, str]:
        """Join one network and no other; return what wpa_supplicant says of itself at the end.

        The state is COMPLETED once keys are set on both sides, or what it was when time was up.
        """
        lines = [
            f"{_CLI} remove_network all",
            f"{_CLI} add_network",
            _set("ssid", ssid.encode().hex()),
            _set("scan_ssid", "1"),
            *(_set(name, value) for name, value in settings.items()),
            f"{_CLI} select_network 0",
        ]
        self.machine.run(" && ".join(f"{line} >/dev/null" for line in lines))
        return self.wait_for("COMPLETED")

    def wait_for(self, state: str, *, limit_s: float = _ASSOCIATION_S) -> Mapping[str, str]:
        """Return what it says once it is in a state, or when time is up."""
        waiting = (
            f"for turn in $(seq {limit_s:.0f}); do {_CLI} status | grep -q '^wpa_state={state}$' "
            f"&& break; sleep 1; done; {_CLI} status"
        )
        return self._told(self.machine.run(waiting, timeout_s=limit_s * 2))

    def status(self) -> Mapping[str, str]:
        """Return what it says of itself now."""
        return self._told(self.machine.run(f"{_CLI} status"))

    @staticmethod
    def _told(text: str) -> Mapping[str, str]:
        return dict(line.split("=", 1) for line in text.splitlines() if "=" in line)


def _set(name: str, value: str) -> str:
    return f"{_CLI} set_network 0 {name} {shlex.quote(value)}"


def sae(passphrase: str) -> Mapping[str, str]:
    """Return how a client joins by WPA3-SAE."""
    return {"key_mgmt": "SAE", "sae_password": f'"{passphrase}"', "ieee80211w": "2"}


def peap(identity: str, password: str, server: str) -> Mapping[str, str]:
    """Return how a client joins by WPA3-Enterprise: PEAP with MSCHAPv2, the server checked."""
    return {
        "key_mgmt": "WPA-EAP-SHA256",
        "ieee80211w": "2",
        "eap": "PEAP",
        "identity": f'"{identity}"',
        "password": f'"{password}"',
        "phase2": '"auth=MSCHAPV2"',
        "ca_cert": f'"{CA_FILE}"',
        "domain_match": f'"{server}"',
    }


def listen(machine: Machine, frequency_mhz: int, path: Path) -> Path:
    """Write to `path` what a monitor interface hears of one channel, and return it."""
    machine.run(
        "dev=$(cat /run/lab-listener); "
        f"ip netns exec air iw dev $dev set freq {frequency_mhz} && rm -f /run/air.pcap; "
        f"timeout {_LISTEN_S} ip netns exec air tcpdump -Z root -U -q -i $dev -w /run/air.pcap "
        "type mgt; [ -s /run/air.pcap ]",
        timeout_s=_LISTEN_S + 60.0,
    )
    path.write_bytes(machine.fetch("/run/air.pcap"))
    return path
