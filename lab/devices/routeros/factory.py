"""The access point as an installer leaves it: reachable, its radios off."""

from lab.device import DeviceSpec
from lab.devices.routeros.menus import WIFI
from lab.devices.routeros.store import Store

MODEL = "cAPGi-5HaxD2HaxD"
VERSION = "7.19.4"
RADIOS = {
    "wifi1": "5ghz-a:20mhz,5ghz-n:20mhz,5ghz-n:20/40mhz,5ghz-ac:20mhz,5ghz-ax:20/40/80mhz",
    "wifi2": "2ghz-g:20mhz,2ghz-n:20mhz,2ghz-n:20/40mhz,2ghz-ax:20mhz",
}
PORTS = ("ether1", "ether2")
SERVICES = {"telnet": "23", "ftp": "21", "www": "80", "ssh": "22", "www-ssl": "443", "api": "8728"}


def store_of(spec: DeviceSpec) -> Store:
    """Return the configuration as an installer leaves it."""
    store = Store()
    for name in PORTS:
        store.bring("/interface ethernet", f"default-name={name}", name=name)
    store.add("/interface bridge", {"name": "bridge", "comment": "defconf"})
    for name, bands in RADIOS.items():
        values = {
            "name": name,
            "channel.band": f"{bands[0]}ghz-ax",
            "channel.skip-dfs-channels": "10min-cac",
            "configuration.mode": "ap",
            "configuration.ssid": "MikroTik-000001",
        }
        store.bring(WIFI, f"default-name={name}")
        store.items(WIFI)[-1].values |= values
    for name in PORTS:
        values = {"bridge": "bridge", "interface": name, "comment": "defconf"}
        store.add("/interface bridge port", values)
    store.add("/ip address", {"address": f"{spec.host}/24", "interface": "bridge"})
    for name, port in SERVICES.items():
        store.bring("/ip service", name, port=port)
    store.bring("/snmp community", "default=yes", name="public")
    store.items("/snmp community")[0].values["name"] = spec.community
    store.settings("/snmp")["enabled"] = "yes"
    store.settings("/system identity")["name"] = spec.hostname or spec.name
    store.bring("/system logging action", "memory", name="memory")
    store.bring("/system logging action", "remote", name="remote", target="remote")
    store.bring("/system logging", "0", action="memory", topics="info")
    return store
