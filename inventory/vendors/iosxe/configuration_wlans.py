"""What WLANs mean on a Catalyst 9800: WLAN and policy profiles, their tag, RADIUS.

"Cisco Catalyst 9800 Series Wireless Controller Software Configuration Guide, IOS XE 17.9": WLANs,
WPA3, Protected Management Frames, Policy Tag, RADIUS; "Command Reference, IOS XE 17.9". What is
ours is called `preau_` and the WLAN's name. It is shut while it is changed: its clients leave.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from inventory.errors import InvalidInput
from inventory.intent import Band, DeviceIntent, Pmf, RadioPlan, Security, Wlan
from inventory.vendors.indented import Claim

Sections = Mapping[str, Sequence[str]]

_DEFAULT_TAG = "default-policy-tag"
TAG = f"wireless tag policy {_DEFAULT_TAG}"
_OURS = re.compile(
    r"(?:wlan|wireless profile policy|radius server|aaa group server radius|"
    r"aaa authentication dot1x) preau_"
)
_CONTROLLER = re.compile(r"wireless (?:management interface|tag policy|profile policy) ")
_FIRST_ID, _LAST_ID = 17, 4096  # below, every access point without a tag of its own sends a WLAN
# What a new WLAN does; the running configuration says what differs.
DEFAULTS = (
    "broadcast-ssid",
    "security ft adaptive",
    "security wpa",
    "security wpa wpa2",
    "security wpa wpa2 ciphers aes",
    "security wpa akm dot1x",
)
_WPA, _WPA2, _CIPHER = DEFAULTS[2:5]
_WPA3 = "security wpa wpa3"
_FT = DEFAULTS[1]
# What each security needs to be on, in the words of the CLI.
_SECURITY: Mapping[Security, tuple[str, ...]] = {
    Security.OPEN: (),
    Security.OWE: (_WPA, _CIPHER, _WPA3, "security wpa akm owe"),
    Security.WPA2_PERSONAL: (_FT, _WPA, _WPA2, _CIPHER, "security wpa akm psk"),
    Security.WPA2_WPA3_PERSONAL: (
        _WPA, _WPA2, _CIPHER, _WPA3, "security wpa akm psk", "security wpa akm sae",
    ),
    Security.WPA3_PERSONAL: (_WPA, _CIPHER, _WPA3, "security wpa akm sae"),
    Security.WPA2_ENTERPRISE: (_FT, _WPA, _WPA2, _CIPHER, "security wpa akm dot1x"),
    Security.WPA3_ENTERPRISE: (_WPA, _CIPHER, _WPA3, "security wpa akm dot1x-sha256"),
}  # fmt: skip
_PMF = {Pmf.OPTIONAL: "security pmf optional", Pmf.REQUIRED: "security pmf mandatory"}
_RADIOS = {Band.GHZ_2_4: "24ghz", Band.GHZ_5: "5ghz", Band.GHZ_6: "6ghz"}
_UNTOLD = frozenset({Band.GHZ_2_4, Band.GHZ_5})
_WLAN_OWNS = re.compile(
    r"(?:no )?(?:security|shutdown|broadcast-ssid|peer-blocking|radio policy)\b"
)


def is_controller(sections: Sections) -> bool:
    """Return whether an IOS-XE device leads access points, by what it shows."""
    return any(_CONTROLLER.match(header) for header in sections)


def wireless_claims(intent: DeviceIntent, sections: Sections, notes: list[str]) -> list[Claim]:
    """Return what the WLANs of an intent own of a controller.

    Raises InvalidInput for what a controller would carry out in another way than it was meant.
    """
    headers = _headers(intent, sections)
    claims = [
        claim for wlan in intent.wlans for claim in _claims(wlan, headers[wlan.name], sections)
    ]
    maps = [f"wlan preau_{wlan.name} policy preau_{wlan.name}" for wlan in intent.wlans]
    claims.append(Claim(TAG, maps, re.compile("wlan preau_")))
    notes += [*_notes(intent, sections), *(_radio_note(plan) for plan in intent.radios)]
    return claims


def without_unwanted(running: str, claims: Sequence[Claim]) -> str:
    """Return the configuration without the sections of ours that nothing wants any more."""
    wanted = {claim.header for claim in claims}
    wanted |= {line for claim in claims if not claim.header for line in claim.lines}
    kept, keep = [], True
    for line in running.splitlines():
        if not line.startswith(" "):
            keep = line in wanted or not _OURS.match(line)
        if keep:
            kept.append(line)
    return "".join(f"{line}\n" for line in kept)


def _headers(intent: DeviceIntent, sections: Sections) -> dict[str, str]:
    """Return the header of each WLAN by its name: a WLAN keeps its number for its life."""
    numbers = {}
    for header in sections:
        match = re.match(r"wlan (\S+) (\d+) ", header)
        if match:
            numbers[match[1]] = int(match[2])
    taken = set(numbers.values())
    found = {}
    for wlan in intent.wlans:
        _refuse(wlan)
        number = numbers.get(f"preau_{wlan.name}")
        if number is None:
            number = next(each for each in range(_FIRST_ID, _LAST_ID + 1) if each not in taken)
            taken.add(number)
        found[wlan.name] = f"wlan preau_{wlan.name} {number} {wlan.ssid}"
    return found


def _refuse(wlan: Wlan) -> None:
    if not re.fullmatch(r"[!#-&(->@-~]{1,32}", wlan.ssid):
        raise InvalidInput(
            f"the SSID of {wlan.name} holds a space or a sign that is not sent to a Catalyst 9800"
        )
    if wlan.private_keys:
        raise InvalidInput(f"the private keys of {wlan.name} are not put on a Catalyst 9800")
    if wlan.security not in _SECURITY:
        raise InvalidInput(f"{wlan.security} of {wlan.name} is not put on a Catalyst 9800")


def _claims(wlan: Wlan, header: str, sections: Sections) -> Iterator[Claim]:
    name = f"preau_{wlan.name}"
    if wlan.security.enterprise:
        yield from _radius(wlan, name, sections)
    yield Claim(header, [*_wlan_lines(wlan, name), "no shutdown"], _WLAN_OWNS)
    yield Claim(
        f"wireless profile policy {name}",
        [f"vlan {wlan.vlan_id}", "no shutdown"],
        re.compile(r"vlan |(?:no )?shutdown$"),
    )


def _wlan_lines(wlan: Wlan, name: str) -> Iterator[str]:
    on = {*_SECURITY[wlan.security], *(() if wlan.hidden else ("broadcast-ssid",))}
    yield from (f"no {word}" for word in DEFAULTS if word not in on)
    yield from (word for word in _SECURITY[wlan.security] if word not in DEFAULTS)
    if wlan.security.personal:
        yield f"security wpa psk set-key ascii ‹secret:{wlan.passphrase_secret}›"
    if wlan.security.enterprise:
        yield f"security dot1x authentication-list {name}"
    if wlan.pmf_mode in _PMF:
        yield _PMF[wlan.pmf_mode]
    if wlan.client_isolation:
        yield "peer-blocking drop"
    if frozenset(wlan.bands) != _UNTOLD:
        yield from (f"radio policy dot11 {_RADIOS[band]}" for band in sorted(wlan.bands))


def _radius(wlan: Wlan, name: str, sections: Sections) -> Iterator[Claim]:
    if "aaa new-model" not in sections:
        raise InvalidInput(
            f"{wlan.name} needs RADIUS, and « aaa new-model » is off",
            todo="turn it on at the controller itself: it changes how everybody logs in",
        )
    servers = []
    for number, server in enumerate(wlan.radius_servers, 1):
        servers.append(f"server name {name}_{number}")
        yield Claim(
            f"radius server {name}_{number}",
            [
                f"address ipv4 {server.host} auth-port {server.port} acct-port 1813",
                f"key ‹secret:{server.secret_name}›",
            ],
            re.compile(r"address |key "),
        )
    yield Claim(f"aaa group server radius {name}", servers, re.compile("server name "))
    line = f"aaa authentication dot1x {name} group {name}"
    yield Claim("", [line], re.compile(f"aaa authentication dot1x {re.escape(name)} "))


def _notes(intent: DeviceIntent, sections: Sections) -> Iterator[str]:
    tagged = {
        header.split()[1]: line.split()[1]
        for header, lines in sections.items()
        for line in lines
        if re.match(r"ap [0-9a-f.]+$", header) and line.startswith("policy-tag ")
    }
    others = [f"{mac} ({tag})" for mac, tag in tagged.items() if tag != _DEFAULT_TAG]
    if others and intent.wlans:
        yield f"Bornes d’une autre étiquette, sans ces réseaux\u00a0: {', '.join(others)}"
    for wlan in intent.wlans:
        if wlan.hours:
            said = ", ".join(
                f"{'-'.join(window.days)} {window.start:%H:%M}-{window.end:%H:%M}"
                for window in wlan.hours
            )
            yield (
                f"«\u00a0{wlan.ssid}\u00a0»\u00a0: ses heures ({said}) ne sont pas appliquées, un "
                "Catalyst 9800 ne refuse à ces heures que les clients"
            )
    if intent.country:
        yield (
            f"Pays {intent.country}\u00a0: non changé sur le contrôleur, ce qui éteindrait toutes "
            "ses radios"
        )


def _radio_note(plan: RadioPlan) -> str:
    told = {name: value for name, value in plan.model_dump(mode="json").items() if value}
    said = ", ".join(f"{name} {value}" for name, value in told.items() if name != "band")
    return (
        f"Radio {plan.band} GHz ({said or 'éteinte'})\u00a0: ses réglages ne sont pas repris sur "
        "un Catalyst 9800"
    )
