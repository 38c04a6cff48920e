"""The configuration of an Instant access point as one text with one way to say each thing.

`show running-config no-encrypt` tells the cluster's, `show ap-env` what one access point has of its
own: its name, fixed channels, radios that are off. The second stands below a header `ap-env`, in
the words of the commands that set it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence

from inventory.vendors.switching import LOGGED

OURS = re.compile(r"preau[_-]")
AP_ENV = "ap-env"
# The secrets that a line can hold: how one with spaces or quotes is shown is not known.
SECRET_FORM = re.compile(r"[!#-&(->@-~]{1,64}")

# What is told anew at each change, or is the default said at length.
_NOISE = re.compile(
    rf"^(?:\s*$|version |\s+index \d+$|\s+no (?:80|160)mhz-support$|Building |{LOGGED})"
)
# An access point adds its defaults, other ones in each release, to a profile that is made: of ours
# only what we say is compared, and the rest of it is left.
_SAID_BY_US: Mapping[str, re.Pattern[str]] = {
    "ssid-profile": re.compile(
        r"(?:enable|disable|type|essid|opmode|opmode-transition-disable|wpa-passphrase|mpsk-local|"
        r"mfp-capable|mfp-required|vlan|rf-band|rf-band-6ghz|hide-ssid|deny-inter-user-bridging|"
        r"captive-portal|auth-server|time-range)(?: |$)"
    ),
    "access-rule": re.compile(r"(?:vlan|rule) "),
    "auth-server": re.compile(r"(?:ip|port|key) "),
    "mpsk-local": re.compile(r"mpsk-local-passphrase "),
}
_ALL = re.compile("")
_SECTION = re.compile(r'^wlan (\S+) ("[^"]*"|\S+)$')
_MOST_DBM = 40.0  # beyond, `arm_power_10x` is in tenths of a dBm, as its name says

Sections = Mapping[str, Sequence[str]]


def normalise(answers: Sequence[str]) -> str:
    """Return the running configuration and the access point's own settings, without what varies."""
    configuration, *environments = answers
    lines: list[str] = []
    kept = _ALL
    for raw in configuration.splitlines():
        if _NOISE.match(raw):
            continue
        line = raw.strip()
        if raw[0] != " ":
            kept = _kept_below(line)
            lines.append(line)
        elif kept.match(line):
            lines.append(f" {line}")
    lines.append(AP_ENV)
    lines += [f" {line}" for line in _own_settings("\n".join(environments))]
    return "".join(f"{line}\n" for line in lines)


def _kept_below(header: str) -> re.Pattern[str]:
    section = _SECTION.match(header)
    if section and OURS.match(section[2]):
        return _SAID_BY_US.get(section[1], _ALL)
    return _ALL


def _own_settings(environment: str) -> Iterator[str]:
    told = dict(re.findall(r"(?m)^\s*(\w+):[ \t]*(\S.*?)\s*$", environment))
    if "name" in told:
        yield f"hostname {told['name']}"
    for radio, place in (("a", "wifi0"), ("g", "wifi1")):
        if told.get(f"dot11{radio}_radio") == "disable":
            yield f"dot11{radio}-radio-disable"
        channel, power = told.get(f"{place}_arm_channel"), told.get(f"{place}_arm_power_10x")
        if channel and channel != "0" and power:
            yield f"{radio}-channel {channel} {_dbm(power)}"


def _dbm(written: str) -> str:
    try:
        value = float(written)
    except ValueError:
        return written
    return f"{value / 10 if value > _MOST_DBM else value:g}"


def sections_of(text: str) -> dict[str, list[str]]:
    """Return the lines below each header, without their indentation."""
    found: dict[str, list[str]] = {}
    below: list[str] = []
    for line in text.splitlines():
        if line.startswith(" "):
            below.append(line.strip())
        elif line:
            below = found.setdefault(line, [])
    return found


def named_sections(sections: Sections, kind: str) -> dict[str, str]:
    """Return the headers of the `wlan <kind>` sections by the names that they give."""
    found = {}
    for header in sections:
        match = _SECTION.match(header)
        if match and match[1] == kind:
            found[unquoted(match[2])] = header
    return found


def value_of(lines: Sequence[str], keyword: str) -> str | None:
    """Return what follows a keyword below a header, without quotes; None where it is not there."""
    start = f"{keyword} "
    told = (line.removeprefix(start) for line in lines if line.startswith(start))
    return next((unquoted(value) for value in told), None)


def quoted(text: str) -> str:
    """Return a value as the CLI takes it: in quotes where it has a space or a sign of its own."""
    return text if re.fullmatch(r"[^\s\"'#!?\\]+", text) else f'"{text}"'


def unquoted(text: str) -> str:
    """Return a value without the quotes around it."""
    return text[1:-1] if len(text) > 1 and text[0] == text[-1] == '"' else text
