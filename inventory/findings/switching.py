"""Switch ports: what an access point hangs on is fast, powered, and carries its VLANs."""

from collections.abc import Iterator

from inventory.findings.finding import Finding, Severity, Subject, Use, rule
from inventory.intent import PortMode
from inventory.observation import Interface, Observation
from inventory.sentences import Sentence

_GIGABIT_BPS = 1_000_000_000
_SPARE_POE_PERCENT = 20.0


def _ports(seen: Observation) -> dict[str, Interface]:
    return {port.name: port for port in seen.interfaces if port.name}


@rule("port.slow_access_point", "Borne raccordée trop lentement", Use.AUDIT, Use.ACCEPTANCE)
def slow_access_point(subject: Subject) -> Iterator[Finding]:
    """Find an access point's port below 1 Gbit/s: a damaged or two-pair cable."""
    if subject.observation is None:
        return
    ports = _ports(subject.observation)
    for name, access_point in subject.access_point_ports.items():
        port = ports.get(name)
        if port is None or port.oper != "up" or not port.speed_bps:
            continue
        if port.speed_bps < _GIGABIT_BPS:
            mbps = port.speed_bps // 1_000_000
            yield Finding(
                "port.slow_access_point",
                Severity.MAJOR,
                Sentence(
                    "%(access_point)s est raccordée à %(mbps)s\u00a0Mbit/s au port %(port)s "
                    "de %(name)s (attendu\u00a0: 1\u00a0Gbit/s)",
                    access_point=access_point,
                    mbps=mbps,
                    port=name,
                    name=subject.name,
                ),
                label=name,
                evidence={"speed_bps": port.speed_bps, "limit_bps": _GIGABIT_BPS},
            )


@rule("port.no_trunk", "Borne sans VLAN étiqueté", Use.AUDIT, Use.ACCEPTANCE)
def no_trunk(subject: Subject) -> Iterator[Finding]:
    """Find an access point whose port carries one VLAN only, where several are planned."""
    if subject.observation is None or not subject.observation.vlans:
        return
    if subject.intent is None or not subject.intent.vlans:
        return  # where no VLAN is planned, one network for all is as it should be
    ports = _ports(subject.observation)
    tagged = {index for vlan in subject.observation.vlans for index in vlan.tagged}
    planned = {plan.name for plan in subject.intent.ports}  # port.vlans_differ says more of them
    for name, access_point in subject.access_point_ports.items():
        if name in ports and name not in planned and ports[name].index not in tagged:
            yield Finding(
                "port.no_trunk",
                Severity.MAJOR,
                Sentence(
                    "Le port %(port)s de %(name)s, où est raccordée %(access_point)s, "
                    "ne transporte aucun VLAN étiqueté",
                    port=name,
                    name=subject.name,
                    access_point=access_point,
                ),
                label=name,
                evidence={"access_point": access_point},
            )


@rule("port.vlans_differ", "VLAN d’un port différents", Use.COMPLIANCE, Use.AUDIT, Use.ACCEPTANCE)
def vlans_differ(subject: Subject) -> Iterator[Finding]:
    """Find a port that lacks a VLAN it is planned to carry, or has another native one."""
    seen = subject.observation
    if seen is None or not seen.vlans or subject.intent is None:
        return
    ports = _ports(seen)
    for plan in subject.intent.ports:
        port = ports.get(plan.name)
        if port is None or not plan.enabled:
            continue
        tagged = {vlan.id for vlan in seen.vlans if port.index in vlan.tagged}
        native = {vlan.id for vlan in seen.vlans if port.index in vlan.untagged}
        lacking = sorted(set(plan.tagged_vlans) - tagged) if plan.mode is PortMode.TRUNK else []
        if lacking or (native and plan.native_vlan not in native):
            said = [_lacking(lacking)] if lacking else []
            if native and plan.native_vlan not in native:
                said.append(
                    Sentence(
                        "VLAN natif %(told)s au lieu de %(planned)s",
                        told=min(native),
                        planned=plan.native_vlan,
                    )
                )
            yield Finding(
                "port.vlans_differ",
                Severity.MAJOR,
                Sentence(
                    "Port %(port)s de %(name)s\u00a0: %(differences)s",
                    port=plan.name,
                    name=subject.name,
                    differences=tuple(said),
                ),
                label=plan.name,
                evidence={
                    "tagged": sorted(tagged),
                    "native": sorted(native),
                    "planned_tagged": list(plan.tagged_vlans),
                    "planned_native": plan.native_vlan,
                },
            )


def _lacking(vlans: list[int]) -> Sentence:
    return Sentence.counted(
        "VLAN %(vlans)s absent", "VLAN %(vlans)s absents", len(vlans), vlans=tuple(vlans)
    )


@rule("poe.little_spare", "Réserve PoE insuffisante", Use.HEALTH, Use.AUDIT, Use.ACCEPTANCE)
def little_spare_poe(subject: Subject) -> Iterator[Finding]:
    """Find a switch with less than 20 % of its power to spare: a peak restarts access points."""
    poe = subject.observation.poe if subject.observation else None
    if poe is None or not poe.budget_w or poe.used_w is None:
        return
    spare = 100.0 * (poe.budget_w - poe.used_w) / poe.budget_w
    if spare < _SPARE_POE_PERCENT:
        yield Finding(
            "poe.little_spare",
            Severity.MINOR,
            Sentence(
                "%(name)s fournit %(used)s\u00a0W sur %(budget)s\u00a0W en PoE "
                "(réserve %(spare)s\u00a0%%, minimum %(limit)s\u00a0%%)",
                name=subject.name,
                used=round(poe.used_w),
                budget=round(poe.budget_w),
                spare=round(spare),
                limit=round(_SPARE_POE_PERCENT),
            ),
            evidence={
                "used_w": poe.used_w,
                "budget_w": poe.budget_w,
                "spare_percent": round(spare, 1),
            },
        )
