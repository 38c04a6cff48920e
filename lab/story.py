"""What the demo's schools want: intent layers, and how far each dossier has come.

Data only; `lab.demo` gives it to the product through its command line.
"""

from typing import Any

SECRETS = {
    "lab-snmp": "lab-read",
    "lab-ssh": "lab-password",
    "wlan-eleves": "correct horse battery staple",
    "wlan-objets": "tableaux et imprimantes 2026",
    "radius-ecole": "a shared secret of the demo",
}

VLANS = [
    {"id": 10, "name": "pedagogique"},
    {"id": 20, "name": "administration"},
    {"id": 30, "name": "invites"},
    {"id": 40, "name": "objets"},
]

PROGRAMME: dict[str, Any] = {
    "country": "BE",
    "vlans": VLANS,
    "wlans": [
        {
            "name": "eleves",
            "ssid": "Ecole-Eleves",
            "purpose": "pedagogical",
            "security": "wpa2_wpa3_personal",
            "vlan_id": 10,
            "passphrase_secret": "wlan-eleves",
        },
        {
            "name": "admin",
            "ssid": "Ecole-Administration",
            "purpose": "administration",
            "security": "wpa3_enterprise",
            "vlan_id": 20,
            "bands": ["5"],
            # RFC 5737: an address for documentation, so the demo talks to nobody.
            "radius_servers": [{"host": "192.0.2.10", "secret_name": "radius-ecole"}],
        },
        {
            "name": "invites",
            "ssid": "Ecole-Invites",
            "purpose": "guest",
            "security": "owe",
            "vlan_id": 30,
            "client_isolation": True,
        },
    ],
}

# Whose floor is surveyed and judged, and whose core switch loses its power.
SURVEYED_FASE = "95001/9501"
UNPLUGGED, UNPLUGGED_NAME = "saint-roch/sw1", "saint-roch-sw1"

# One school adds a network of its own: a narrower layer adds to a wider one.
LAC_FASE = "95003/9503"
LAC: dict[str, Any] = {
    "wlans": [
        {
            "name": "objets",
            "ssid": "Ecole-Objets",
            "purpose": "devices",
            "security": "wpa2_personal",
            "vlan_id": 40,
            "bands": ["2.4"],
            "passphrase_secret": "wlan-objets",
        }
    ]
}

_CHANNELS_2_4 = (1, 6, 11)
_CHANNELS_5 = (36, 44, 52, 60, 100, 108, 116, 132)


def access_point(number: int) -> dict[str, Any]:
    """Return the layer of the `number`-th access point (from 1): its channels and power."""
    return {
        "radios": [
            {
                "band": "2.4",
                "channel": _CHANNELS_2_4[number % len(_CHANNELS_2_4)],
                "width_mhz": 20,
                "tx_power_dbm": 11,
            },
            {
                "band": "5",
                "channel": _CHANNELS_5[(number - 1) % len(_CHANNELS_5)],
                "width_mhz": 40,
                "tx_power_dbm": 17,
            },
        ]
    }


def switch(number: int) -> dict[str, Any]:
    """Return the layer of the `number`-th switch (1 or 2): four access points and the uplink."""
    carried = [vlan["id"] for vlan in VLANS]
    ports = [
        {
            "name": f"1/1/{port}",
            "description": f"Borne ap{(number - 1) * 4 + port}",
            "mode": "trunk",
            "native_vlan": 1,
            "tagged_vlans": carried,
            "poe": True,
        }
        for port in range(1, 5)
    ]
    uplink = {
        "name": "1/1/24",
        "description": f"Vers sw{3 - number}",
        "mode": "trunk",
        "native_vlan": 1,
        "tagged_vlans": carried,
    }
    return {"ports": [*ports, uplink]}


# The demo's one bad access point, and the lines that it refuses: its flash is as good as full.
BAD_DEVICE = "lac/ap3"
REFUSED_LINE = "commit wireless"
