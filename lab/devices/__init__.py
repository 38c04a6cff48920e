"""The families of false devices, by the id that the product gives them too."""

import importlib

from lab.device import Device, DeviceSpec

FAMILIES = {
    "aruba_instant": ("aruba_instant", "ArubaInstant"),
    "arubaos_cx": ("aruba_cx", "ArubaCx"),
    "hostapd_linux": ("hostapd", "HostapdLinux"),
    "ios": ("ios", "Ios"),
    "iosxe": ("iosxe", "IosXe"),
    "openwrt": ("openwrt", "OpenWrt"),
    "routeros": ("routeros", "RouterOs"),
    "procurve": ("procurve", "ProCurve"),
}


def make_device(spec: DeviceSpec) -> Device:
    """Return a device of the spec's family; raises KeyError for a family the lab has not."""
    module, name = FAMILIES[spec.family]
    family: type[Device] = getattr(importlib.import_module(f"lab.devices.{module}"), name)
    return family(spec)
