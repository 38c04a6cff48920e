"""Radios: lawful, as planned, and on."""

from collections.abc import Iterator

from inventory.findings.finding import Finding, Severity, Subject, Use, rule
from inventory.intent import CHANNELS, Band
from inventory.observation import Radio
from inventory.sentences import Sentence

# 802.11h: a radio on these channels must leave them when it hears a radar (ETSI EN 301 893, 4.2.6).
_DFS_CHANNELS = frozenset({52, 56, 60, 64, *range(100, 145, 4)})
_POWER_TOLERANCE_DB = 3.0
_CROWDED_PERCENT = 50.0  # the acceptance profile's limit


def _radios(subject: Subject) -> Iterator[tuple[Band, Radio]]:
    for radio in subject.observation.radios if subject.observation else ():
        if radio.band in {band.value for band in Band}:
            yield Band(radio.band), radio


def _label(radio: Radio) -> str:
    return radio.name or str(radio.index)


@rule("radio.unlawful_channel", "Canal interdit en Belgique", Use.AUDIT, Use.ACCEPTANCE)
def unlawful_channel(subject: Subject) -> Iterator[Finding]:
    """Find a radio on a channel that Belgium does not allow (BIPT B01-32, B03-01)."""
    for band, radio in _radios(subject):
        if radio.channel is not None and radio.channel not in CHANNELS[band]:
            yield Finding(
                "radio.unlawful_channel",
                Severity.BLOCKING,
                Sentence(
                    "%(name)s émet sur le canal %(channel)s à %(band)s, interdit en Belgique",
                    name=subject.name,
                    channel=radio.channel,
                    band=_ghz(band),
                ),
                label=_label(radio),
                evidence={"channel": radio.channel, "band": band.value},
            )


@rule("radio.wide_2_4", "Canal de 40 MHz à 2,4 GHz", Use.AUDIT, Use.ACCEPTANCE)
def wide_at_2_4(subject: Subject) -> Iterator[Finding]:
    """Find a 40 MHz channel at 2.4 GHz leaves one place for all neighbours."""
    for band, radio in _radios(subject):
        if band is Band.GHZ_2_4 and (radio.width_mhz or 0) > 20:
            yield Finding(
                "radio.wide_2_4",
                Severity.MINOR,
                Sentence(
                    "%(name)s occupe %(width)s\u00a0MHz à %(band)s au lieu de 20\u00a0MHz",
                    name=subject.name,
                    width=radio.width_mhz or 0,
                    band=_ghz(band),
                ),
                label=_label(radio),
                evidence={"width_mhz": radio.width_mhz, "limit_mhz": 20},
            )


@rule(
    "radio.differs",
    "Radio différente de la planification",
    Use.COMPLIANCE,
    Use.AUDIT,
    Use.ACCEPTANCE,
)
def differs(subject: Subject) -> Iterator[Finding]:
    """Find a radio that is not on its planned channel, width or power."""
    plans = {plan.band: plan for plan in subject.intent.radios} if subject.intent else {}
    for band, radio in _radios(subject):
        plan = plans.get(band)
        if plan is None or not plan.enabled or radio.channel is None:
            continue
        wrong = _differences(radio, plan.channel, plan.width_mhz, plan.tx_power_dbm)
        if wrong:
            # A radar moved it, lawfully and maybe for an hour only.
            moved = list(wrong) == ["channel"] and plan.channel in _DFS_CHANNELS
            yield Finding(
                "radio.differs",
                Severity.INFO if moved else Severity.MINOR,
                Sentence(
                    "%(name)s, %(band)s\u00a0: %(differences)s",
                    name=subject.name,
                    band=_ghz(band),
                    differences=tuple(wrong.values()),
                ),
                label=_label(radio),
                evidence={
                    "channel": radio.channel,
                    "width_mhz": radio.width_mhz,
                    "tx_power_dbm": radio.tx_power_dbm,
                    "planned_channel": plan.channel,
                    "planned_width_mhz": plan.width_mhz,
                    "planned_tx_power_dbm": plan.tx_power_dbm,
                },
            )


def _differences(
    radio: Radio, channel: int | None, width_mhz: int | None, power_dbm: int | None
) -> dict[str, Sentence]:
    wrong: dict[str, Sentence] = {}
    if channel is not None and radio.channel != channel:
        wrong["channel"] = Sentence(
            "canal %(told)s au lieu de %(planned)s", told=radio.channel or 0, planned=channel
        )
    told_mhz = radio.width_mhz
    if width_mhz is not None and told_mhz is not None and told_mhz != width_mhz:
        wrong["width"] = Sentence(
            "largeur %(told)s\u00a0MHz au lieu de %(planned)s\u00a0MHz",
            told=told_mhz,
            planned=width_mhz,
        )
    # Devices choose among steps, and the regulatory domain may cut below what was asked.
    told_dbm = radio.tx_power_dbm
    if power_dbm is None or told_dbm is None:
        return wrong
    if abs(told_dbm - power_dbm) > _POWER_TOLERANCE_DB:
        wrong["power"] = Sentence(
            "puissance %(told)s\u00a0dBm au lieu de %(planned)s\u00a0dBm",
            told=round(told_dbm),
            planned=power_dbm,
        )
    return wrong


@rule("radio.off", "Radio éteinte", Use.HEALTH, Use.COMPLIANCE, Use.AUDIT, Use.ACCEPTANCE)
def off(subject: Subject) -> Iterator[Finding]:
    """Find a band in which WLANs are planned and the access point does not transmit."""
    if subject.observation is None or subject.intent is None or subject.observation.problems:
        return
    wanted = {band for wlan in subject.intent.wlans for band in wlan.bands}
    wanted -= {plan.band for plan in subject.intent.radios if not plan.enabled}
    if wanted and not subject.observation.radios:
        # Some families do not tell their radios at all: said as it is, it is true of both.
        if subject.family != "generic":
            yield Finding(
                "radio.off",
                Severity.MAJOR,
                Sentence(
                    "%(name)s n’annonce aucune radio alors que des réseaux WiFi y sont prévus",
                    name=subject.name,
                ),
                evidence={"planned_bands": sorted(wanted)},
            )
        return
    bands = {band for band, _ in _radios(subject)}
    heard = {band for band, radio in _radios(subject) if radio.channel is not None}
    # A band for which the device has no radio is another matter (6 GHz on older hardware).
    for band in sorted(wanted & bands - heard):
        yield Finding(
            "radio.off",
            Severity.MAJOR,
            Sentence(
                "La radio à %(band)s de %(name)s est éteinte alors qu’un réseau y est prévu",
                band=_ghz(band),
                name=subject.name,
            ),
            label=band.value,
            evidence={"band": band.value},
        )


@rule("radio.crowded", "Canal encombré", Use.HEALTH, Use.AUDIT, Use.ACCEPTANCE)
def crowded(subject: Subject) -> Iterator[Finding]:
    """Find a channel that is in use for half of the time or more."""
    for band, radio in _radios(subject):
        used = radio.utilisation_percent
        if used is not None and used >= _CROWDED_PERCENT:
            yield Finding(
                "radio.crowded",
                Severity.MINOR,
                Sentence(
                    "Le canal %(channel)s (%(band)s) de %(name)s est occupé à %(used)s\u00a0%% "
                    "(limite\u00a0: %(limit)s\u00a0%%)",
                    channel=radio.channel if radio.channel is not None else "–",
                    band=_ghz(band),
                    name=subject.name,
                    used=round(used),
                    limit=round(_CROWDED_PERCENT),
                ),
                label=_label(radio),
                evidence={"percent": used, "limit_percent": _CROWDED_PERCENT},
            )


def _ghz(band: Band) -> Sentence:
    return Sentence("%(number)s\u00a0GHz", number=float(band.value))
