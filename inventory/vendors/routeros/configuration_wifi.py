"""The WLANs and radios of an intent in the menus of RouterOS's `wifi` package.

Source: MikroTik documentation, RouterOS 7, "WiFi" (properties of security, datapath, configuration,
channel; OWE transition mode; multi-passphrase, since 7.17; `owe-transition-interface=auto`).

Each WLAN is three profiles (security, datapath, configuration) named `preau-<wlan>` and one
interface a radio. The first WLAN of a radio takes the radio's own interface, unless somebody's
network is on the air there; the others are virtual interfaces below it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from inventory.errors import InvalidInput
from inventory.intent import Band, DeviceIntent, Pmf, RadioPlan, Security, Wlan
from inventory.vendors.records import Record
from inventory.vendors.routeros.configuration_export import WIFI
from inventory.vendors.routeros.configuration_radios import Radio, of_menu, radios_of

AUTHENTICATION = {
    Security.OPEN: "",
    Security.OWE: "owe",
    Security.OWE_TRANSITION: "",
    Security.WPA2_PERSONAL: "wpa2-psk",
    Security.WPA2_WPA3_PERSONAL: "wpa2-psk,wpa3-psk",
    Security.WPA3_PERSONAL: "wpa3-psk",
    Security.WPA2_ENTERPRISE: "wpa2-eap",
    Security.WPA3_ENTERPRISE: "wpa3-eap",
}
PROTECTED_FRAMES = {
    Pmf.DISABLED: "disabled",
    Pmf.OPTIONAL: "allowed",
    Pmf.REQUIRED: "required",
}
WIDTHS = {20: "20mhz", 40: "20/40mhz", 80: "20/40/80mhz", 160: "20/40/80/160mhz"}
# The first channel's centre less 5 MHz a number (IEEE 802.11-2020, annex E; 802.11ax, 27.3.23.2).
STARTS_MHZ = {Band.GHZ_2_4: 2407, Band.GHZ_5: 5000, Band.GHZ_6: 5950}
COUNTRIES = {
    "BE": "Belgium",
    "FR": "France",
    "DE": "Germany",
    "LU": "Luxembourg",
    "NL": "Netherlands",
}
# What an interface says itself wins over its configuration profile: on a radio that we take, these
# parts of it are ours.
_OVERRIDING = ("security", "datapath", "configuration.", "aaa", "interworking", "steering")


@dataclass(frozen=True, slots=True)
class Profile:
    """The three profiles of one WLAN, or of the encrypted half of a transition pair."""

    name: str
    ssid: str
    authentication: str
    hidden: bool
    pmf: str | None
    transition: bool
    wlan: Wlan
    vlan_id: int | None


@dataclass(frozen=True, slots=True)
class Interface:
    """A virtual interface of ours below a radio."""

    name: str
    radio: str
    profile: str


@dataclass
class Air:
    """What the template needs: profiles, virtual interfaces and the options of radios."""

    profiles: list[Profile] = field(default_factory=list)
    interfaces: list[Interface] = field(default_factory=list)
    radios: dict[str, dict[str, str]] = field(default_factory=dict)
    silenced: list[str] = field(default_factory=list)


def air_of(intent: DeviceIntent, records: Sequence[Record], notes: list[str]) -> Air:
    """Return what the intent asks of the air; raises InvalidInput where the device cannot."""
    air = Air()
    radios = radios_of(records)
    if intent.wlans or intent.radios:
        _refuse_unfit(intent, radios, records)
    else:  # nothing is asked of the air: what we put there goes
        radios = [radio for radio in radios if radio.profile.startswith("preau-")]
    for wlan in intent.wlans:
        air.profiles += _profiles(wlan, intent.management_vlan or 1)
    for radio in radios:
        carried = [wlan for wlan in intent.wlans if radio.band in wlan.bands]
        plan = next((plan for plan in intent.radios if plan.band == radio.band), None)
        # Somebody's network that is silent gives way when its radio is switched on, not before.
        stays = radio.lit or (plan is not None and not plan.enabled)
        is_left = stays and bool(radio.ssid) and not radio.profile.startswith("preau-")
        _lay_out(radio, carried, air, notes, is_left=is_left)
        options = air.radios[radio.name]
        _plan(radio, plan, intent.country, options, notes, is_used=bool(carried))
        _silence(radio, records, air, notes)
    _note(intent, radios, notes)
    return air


def _refuse_unfit(intent: DeviceIntent, radios: Sequence[Radio], records: Sequence[Record]) -> None:
    if not radios and of_menu(records, "/interface wireless"):
        raise InvalidInput(
            "the device has the old `wireless` package, which is read and not configured",
            todo="install wifi-qcom or wifi-qcom-ac, or take the WLANs away from this device",
        )
    unknown = next((radio.name for radio in radios if radio.band is None), None)
    if unknown:
        raise InvalidInput(
            f"the band of {unknown} is not told",
            todo=f"say it once on the device: /interface/wifi/set {unknown} channel.band=5ghz-ax",
        )
    for wlan in intent.wlans:
        if not any(radio.band in wlan.bands for radio in radios):
            raise InvalidInput(
                f"the access point has no radio for the WLAN {wlan.name} "
                f"({', '.join(wlan.bands)} GHz)",
                todo="change the WLAN's bands or take it away from this device",
            )
    pairs = [wlan.name for wlan in intent.wlans if wlan.security is Security.OWE_TRANSITION]
    if len(pairs) > 1:
        raise InvalidInput(
            f"{' and '.join(pairs)} are in OWE transition, of which RouterOS pairs one a radio",
            todo="make one of them plain OWE or open",
        )


def _profiles(wlan: Wlan, management_vlan: int) -> list[Profile]:
    transition = wlan.security is Security.OWE_TRANSITION
    name = f"preau-{wlan.name}"
    secured = bool(AUTHENTICATION[wlan.security])
    main = Profile(
        name=name,
        ssid=wlan.ssid,
        authentication=AUTHENTICATION[wlan.security],
        hidden=wlan.hidden,
        pmf=PROTECTED_FRAMES[wlan.pmf_mode] if wlan.pmf_mode and secured else None,
        transition=transition,
        wlan=wlan,
        vlan_id=None if wlan.vlan_id == management_vlan else wlan.vlan_id,
    )
    if not transition:
        return [main]
    kept = wlan.ssid.encode()[:28].decode(errors="ignore")  # an SSID has 32 octets
    encrypted = Profile(
        name=f"{name}-owe",
        ssid=f"{kept}_OWE",
        authentication=AUTHENTICATION[Security.OWE],
        hidden=True,
        pmf=PROTECTED_FRAMES[Pmf.REQUIRED],
        transition=True,
        wlan=wlan,
        vlan_id=main.vlan_id,
    )
    return [main, encrypted]


def _lay_out(
    radio: Radio, carried: Sequence[Wlan], air: Air, notes: list[str], *, is_left: bool
) -> None:
    names = [f"preau-{wlan.name}" for wlan in carried]
    names += [
        f"preau-{wlan.name}-owe" for wlan in carried if wlan.security is Security.OWE_TRANSITION
    ]
    options = air.radios.setdefault(radio.name, {})
    if names and not is_left:
        # What is on the radio already stays on it: moving it would cut its clients off.
        first = radio.profile if radio.profile in names else names[0]
        names.remove(first)
        options |= dict.fromkeys(_overridden(radio.record), "")
        options["configuration"] = first
        if radio.ssid and not radio.lit:
            notes.append(f"« {radio.ssid} » était muet et le reste : {radio.name} est à nous")
    elif is_left:
        notes.append(f"« {radio.ssid} » n’est pas dans le plan ; il est laissé sur {radio.name}")
    elif radio.profile.startswith("preau-"):
        options["configuration"] = ""
    air.interfaces += [Interface(f"{name}-{radio.name}", radio.name, name) for name in names]


def _overridden(record: Record) -> list[str]:
    kept = {"configuration", "configuration.country", "configuration.tx-power"}
    return [
        option for option in record.options if option.startswith(_OVERRIDING) and option not in kept
    ]


def _plan(
    radio: Radio,
    plan: RadioPlan | None,
    country: str | None,
    options: dict[str, str],
    notes: list[str],
    *,
    is_used: bool,
) -> None:
    if plan is not None and not plan.enabled:
        options["disabled"] = "yes"
    elif is_used or (plan is not None and radio.ssid):
        options["disabled"] = "no"
    elif radio.profile.startswith("preau-") and not radio.ssid:
        options["disabled"] = "yes"  # nothing is left on it
    if country in COUNTRIES and (is_used or plan):
        options["configuration.country"] = COUNTRIES[country]
    if plan is not None:
        options |= _plan_options(plan)
        if plan.hours:
            notes.append(
                f"{radio.name} : RouterOS n’éteint pas une radio selon l’heure et le jour ; "
                "ses heures ne sont pas appliquées"
            )


def _plan_options(plan: RadioPlan) -> dict[str, str]:
    options = {}
    if plan.channel is not None:
        options["channel.frequency"] = str(STARTS_MHZ[plan.band] + 5 * plan.channel)
    if plan.width_mhz is not None:
        options["channel.width"] = WIDTHS[plan.width_mhz]
    if plan.dfs is not None and plan.band is Band.GHZ_5:
        options["channel.skip-dfs-channels"] = "disabled" if plan.dfs else "all"
    if plan.tx_power_dbm is not None:
        options["configuration.tx-power"] = str(plan.tx_power_dbm)
    return options


def _silence(radio: Radio, records: Sequence[Record], air: Air, notes: list[str]) -> None:
    """Keep off the air what is not ours below a radio that we switch on, and tell the rest."""
    for record in of_menu(records, WIFI):
        options = record.options
        if options.get("master-interface") != radio.name or record.key.startswith("preau"):
            continue
        if options.get("disabled") != "no":
            continue
        ssid = options.get("configuration.ssid", options.get("configuration", record.key))
        if not radio.lit and air.radios[radio.name].get("disabled") == "no":
            air.silenced.append(record.key)
            notes.append(f"« {ssid} » était muet et le reste : sa radio est mise en service")
        else:
            notes.append(f"« {ssid} » n’est pas dans le plan ; il est laissé tel quel")


def _note(intent: DeviceIntent, radios: Sequence[Radio], notes: list[str]) -> None:
    if intent.country and intent.country not in COUNTRIES:
        notes.append(f"pays {intent.country} : son nom pour RouterOS n’est pas connu, laissé")
    for wlan in intent.wlans:
        absent = sorted(set(wlan.bands) - {radio.band for radio in radios})
        if absent:
            notes.append(f"« {wlan.ssid} » : aucune radio à {', '.join(absent)} GHz sur la borne")
        if wlan.hours:
            notes.append(
                f"« {wlan.ssid} » : RouterOS n’éteint pas un réseau selon l’heure ; "
                "ses heures ne sont pas appliquées"
            )
