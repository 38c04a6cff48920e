"""What the configurations of all switches have in common: VLAN lists, notes, and adoption."""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence

from inventory.errors import InvalidInput
from inventory.intent import DeviceIntent, IntentLayer, Management, Port, Vlan
from inventory.vendors.configuration import Adoption

_RANGE = re.compile(r"^(\d+)-(\d+)$")
_HIGHEST_VLAN = 4094  # IEEE 802.1Q-2022, 9.6
# A line of the log that a terminal shows between others: `*Mar  1 00:12:34.567: %SYS-5-…`.
LOGGED = r"[*.]?[A-Z][a-z]{2} +\d+ [\d:.]+[^%]*: %[A-Z0-9_]+-\d-"
_LINE = re.compile(r'^[^\x00-\x1f\x7f"?]+$')


def vlan_ids(listed: str) -> list[int]:
    """Return the VLANs of a list as switches write it (`1,10-12`); `all` is every VLAN."""
    if listed == "all":
        return list(range(1, _HIGHEST_VLAN + 1))
    found: list[int] = []
    for part in listed.replace(" ", "").split(","):
        span = _RANGE.match(part)
        if span:
            found += range(int(span[1]), int(span[2]) + 1)
        elif part.isdecimal():
            found.append(int(part))
    return found


def vlan_list(numbers: Iterable[int]) -> str:
    """Return VLANs as a list with ranges from three numbers on: `1,10,11,20-22`."""
    runs: list[list[int]] = []
    for number in sorted(set(numbers)):
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    parts: list[str] = []
    for run in runs:
        parts += [f"{run[0]}-{run[-1]}"] if len(run) > 2 else [str(each) for each in run]
    return ",".join(parts)


def worded(wanted: str, running: Iterable[str], *others: str) -> str:
    """Return the line by which `running` says `wanted` already, with its options, else `wanted`.

    `others` are further wordings of the same thing.
    """
    for line in running:
        for wording in (wanted, *others):
            if line == wording or line.startswith(f"{wording} "):
                return line
    return wanted


def refuse_untrusted_snooping(intent: DeviceIntent, *, trusted: bool) -> None:
    """Raise InvalidInput where DHCP snooping would leave VLANs without addresses.

    `trusted` says that the switch trusts a port already which the intent does not speak of.
    """
    snooped = [vlan.id for vlan in intent.vlans if vlan.dhcp_snooping]
    if snooped and not trusted and not any(port.dhcp_snooping_trusted for port in intent.ports):
        raise InvalidInput(
            f"DHCP snooping on VLAN {snooped[0]} without a trusted port lets no address through",
            todo="say dhcp_snooping_trusted of the port towards the DHCP server",
        )


def refuse_long_texts(intent: DeviceIntent, *, hostname: int, description: int) -> None:
    """Raise InvalidInput for a name or description longer than the switch takes, in characters."""
    if intent.hostname and len(intent.hostname) > hostname:
        raise InvalidInput(f"the hostname {intent.hostname} is longer than {hostname} characters")
    for port in intent.ports:
        if port.description and len(port.description) > description:
            raise InvalidInput(
                f"the description of the port {port.name} is longer than the {description} "
                "characters that the switch takes"
            )


def unplanned_vlans(intent: DeviceIntent, present: Iterable[int]) -> tuple[str, ...]:
    """Return the note for VLANs of the switch that the plan does not hold; they are left."""
    planned = {vlan.id for vlan in intent.vlans} | {1}
    extra = [str(number) for number in sorted(set(present) - planned)]
    if not extra or not intent.vlans:
        return ()
    return (f"VLAN {', '.join(extra)}\u00a0: absents du plan, laissés tels quels",)


def unplanned_accounts(intent: DeviceIntent, present: Iterable[str]) -> tuple[str, ...]:
    """Return the note for accounts of the switch that the intent does not name; they are left."""
    if intent.management.accounts is None:
        return ()
    extra = sorted(set(present) - {account.name for account in intent.management.accounts})
    if not extra:
        return ()
    return (f"Comptes {', '.join(extra)}\u00a0: absents de l’intention, laissés tels quels",)


def adoption(
    hostname: str | None,
    vlans: Mapping[int, Vlan | str | None],
    ports: Sequence[Port],
    management: Management,
    notes: Iterable[str] = (),
) -> Adoption:
    """Return what a switch's configuration says in the terms of intent.

    A VLAN is given with its name on the switch; one without a name, or whose name the plan cannot
    hold, gets one, and a note says so. VLAN 1 needs no place in the plan.
    """
    told = list(notes)
    adopted: dict[int, Vlan] = {}
    for number, given in sorted(vlans.items()):
        if isinstance(given, Vlan):
            adopted[number] = given
        elif number != 1:
            name = slug(given or "") or f"vlan{number}"
            adopted[number] = Vlan(id=number, name=name)
            if given and given != name:
                told.append(
                    f"Le VLAN {number} «\u00a0{given}\u00a0» s’appellera «\u00a0{name}\u00a0»"
                )
    used = {number for port in ports for number in (port.native_vlan, *port.tagged_vlans)}
    for number in sorted(used - set(adopted) - {1}):
        adopted[number] = Vlan(id=number, name=f"vlan{number}")
    layer = IntentLayer(
        hostname=hostname,
        vlans=tuple(adopted[number] for number in sorted(adopted)),
        ports=tuple(ports),
        management=management,
    )
    return Adoption(layer, {}, tuple(told))


def slug(text: str) -> str:
    """Return the nearest name that a VLAN of an intent may have; empty where nothing is left."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9_-]+", "-", plain).strip("-_")[:31]


def one_line(text: str | None) -> str | None:
    """Return a description that an intent can hold, None for one that it cannot."""
    return text if text and _LINE.match(text) and len(text) <= 200 else None
