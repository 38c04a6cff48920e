"""Checks of what an access point hangs on: its switch port, the port's speed, its power."""

import re
from collections.abc import Iterable, Iterator, Mapping

from inventory.findings.finding import rules
from inventory.intent import DeviceIntent
from inventory.observation import Interface, PoePort
from site_surveys.acceptance.devices import dispensation_text
from site_surveys.acceptance.evidence import Asked, DeviceEvidence, Evidence, PortOf
from site_surveys.acceptance.outcome import Result, State
from site_surveys.profile import Check

_NBSP = "\u00a0"
_NO_ACCESS_POINT = Result(State.NOT_PROVED, "aucune borne n’est connue pour ce site")
_NO_PORT = "aucun commutateur ne dit où la borne est raccordée (LLDP)"


def link_speed(asked: Asked) -> Iterator[Result]:
    """Yield, for each access point, whether its switch port negotiated the profile's speed."""
    if not asked.evidence.access_points:
        yield _NO_ACCESS_POINT
    for point in asked.evidence.access_points:
        switch, port = _port(point, asked.evidence)
        if point.seen_on is None:
            yield Result(State.NOT_PROVED, _NO_PORT, point.name)
        elif switch is None or port is None or not port.speed_bps or port.oper != "up":
            text = f"le débit du port {_where(point.seen_on)} n’est pas connu"
            yield Result(State.NOT_PROVED, text, point.name)
        elif port.speed_bps >= asked.profile.link_bps:
            yield Result(
                State.PASSED, f"{_rate(port.speed_bps)}, {_where(point.seen_on)}", point.name
            )
        elif "port.slow_access_point" in switch.dispensations:
            text = dispensation_text(switch, "port.slow_access_point")
            yield Result(State.WAIVED, text, point.name)
        else:
            text = f"{_rate(port.speed_bps)} seulement, {_where(point.seen_on)}"
            yield Result(State.FAILED, text, point.name)


def documented_port(asked: Asked) -> Iterator[Result]:
    """Yield, for each access point, whether it hangs where the site's plan says."""
    if not asked.evidence.access_points:
        yield _NO_ACCESS_POINT
    for point in asked.evidence.access_points:
        planned, seen = point.documented_on, point.seen_on
        if planned is None:
            yield Result(State.NOT_PROVED, "aucun port n’est documenté pour elle", point.name)
        elif seen is None:
            yield Result(State.NOT_PROVED, _NO_PORT, point.name)
        elif seen == planned:
            yield Result(State.PASSED, _where(seen), point.name)
        else:
            text = f"vue à {_where(seen)}, documentée à {_where(planned)}"
            yield Result(State.FAILED, text, point.name)


def poe(asked: Asked) -> Iterator[Result]:
    """Yield, for each access point, whether its port powers it; for each switch, what it spares."""
    if not asked.evidence.access_points:
        yield _NO_ACCESS_POINT
    for point in asked.evidence.access_points:
        yield _powered(point, asked.evidence)
    for switch in asked.evidence.of_roles("switch"):
        yield _spare(switch, asked.check)


def _powered(point: DeviceEvidence, evidence: Evidence) -> Result:
    if point.seen_on is None:
        return Result(State.NOT_PROVED, _NO_PORT, point.name)
    port = _poe_port(point, evidence)
    if port is None or port.delivering is None:
        text = f"l’alimentation du port {_where(point.seen_on)} n’est pas connue"
        return Result(State.NOT_PROVED, text, point.name)
    if not port.delivering:
        text = f"le port {_where(point.seen_on)} ne l’alimente pas"
        return Result(State.FAILED, text, point.name)
    power = "" if port.power_w is None else f"{_decimal(port.power_w)}{_NBSP}W, "
    return Result(State.PASSED, f"{power}{_where(point.seen_on)}", point.name)


def _spare(switch: DeviceEvidence, check: Check) -> Result:
    findings = [each for rule_id in check.rules for each in rules()[rule_id].find(switch.subject)]
    if findings:
        rule_id = findings[0].rule_id
        if rule_id in switch.dispensations:
            return Result(State.WAIVED, dispensation_text(switch, rule_id), switch.name)
        return Result(State.FAILED, str(findings[0].message), switch.name)
    told = switch.observation.poe if switch.observation else None
    if told is None or not told.budget_w or told.used_w is None:
        return Result(State.NOT_PROVED, "le budget PoE n’est pas donné", switch.name)
    text = f"{_decimal(told.used_w)}{_NBSP}W utilisés sur {_decimal(told.budget_w)}{_NBSP}W"
    return Result(State.PASSED, text, switch.name)


def _port(
    point: DeviceEvidence, evidence: Evidence
) -> tuple[DeviceEvidence | None, Interface | None]:
    if point.seen_on is None:
        return None, None
    for switch in evidence.of_roles("switch"):
        if switch.name == point.seen_on.switch and switch.observation is not None:
            for port in switch.observation.interfaces:
                if port.name == point.seen_on.port:
                    return switch, port
    return None, None


def _poe_port(point: DeviceEvidence, evidence: Evidence) -> PoePort | None:
    switch, port = _port(point, evidence)
    if switch is None or port is None or switch.observation is None:
        return None
    ports = switch.observation.poe.ports if switch.observation.poe else ()
    return next((each for each in ports if each.interface == port.index), None)


def _where(port: PortOf) -> str:
    return f"{port.switch} port {port.port}"


def _rate(speed_bps: int) -> str:
    if speed_bps >= 1_000_000_000:
        return f"{_decimal(speed_bps / 1e9)}{_NBSP}Gbit/s"
    return f"{_decimal(speed_bps / 1e6)}{_NBSP}Mbit/s"


def _decimal(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0").replace(".", ",")


def documented_ports(
    switches: Mapping[str, DeviceIntent], access_points: Iterable[str]
) -> dict[str, PortOf]:
    """Return the port whose planned description names each access point, by its name.

    `Borne ap3` names `ap3`, and `lac-ap3` by its last part; an access point that several ports
    name, or none, is left out.
    """
    described = [
        (set(re.findall(r"[\w.-]+", port.description.lower())), PortOf(name, port.name))
        for name, intent in switches.items()
        for port in intent.ports
        if port.description
    ]
    found: dict[str, PortOf] = {}
    for point in access_points:
        for called in (point.lower(), re.split(r"[-_.]", point.lower())[-1]):
            ports = [port for words, port in described if called in words]
            if len(ports) == 1:
                found[point] = ports[0]
            if ports:
                break
    return found
