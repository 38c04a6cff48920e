"""What counts as a change that was sent to a device which was not as before it."""

from lab.device import DeviceSpec
from lab.devices import make_device
from tests.chaos.truths import Heard, tree

LOOK, CHANGE = "echo '#file'", "hostapd_set wlan0 wlan0 'ssid' 'Chaos-7'"


def _heard() -> Heard:
    spec = DeviceSpec(family="hostapd_linux", name="ap1", host="127.0.0.1", hostname="ap1")
    device = make_device(spec)
    heard = Heard(device, tree(device), 7)
    heard.append(LOOK)
    return heard


def test_a_change_to_a_device_that_is_as_before_counts_once() -> None:
    heard = _heard()
    heard.append(CHANGE)
    assert heard.doubled == []


def test_an_access_point_that_starts_up_is_as_before_though_it_serves_nothing_yet() -> None:
    heard = _heard()
    kept, enabled, _ = heard.before
    heard.before = kept, enabled, {"wlan0": [["ssid=Chaos-6"]]}
    heard.append(LOOK)
    heard.append(CHANGE)
    assert heard.doubled == []


def test_a_change_to_a_device_that_is_otherwise_is_told_with_what_it_is() -> None:
    heard = _heard()
    kept, enabled, served = heard.before
    heard.before = {**kept, "/etc/hostapd/other.conf": []}, enabled, served
    heard.append(LOOK)
    heard.append(CHANGE)
    assert len(heard.doubled) == 1
    assert "other.conf" in heard.doubled[0]
