"""The VLAN plan and what the ports of a switch should be."""

from enum import StrEnum
from typing import Self

from pydantic import Field, model_validator

from inventory.errors import InvalidInput
from inventory.intent.values import Line, Slug, Value, VlanId


class PortMode(StrEnum):
    """How a switch port carries VLANs."""

    ACCESS = "access"
    TRUNK = "trunk"


class PoePriority(StrEnum):
    """Which ports keep their power when the budget is short (RFC 3621 pethPsePortPowerPriority)."""

    LOW = "low"
    HIGH = "high"
    CRITICAL = "critical"


class Vlan(Value):
    """A VLAN of the site's plan; `dhcp_snooping` None leaves it to the switch."""

    id: VlanId
    name: Slug
    dhcp_snooping: bool | None = None


class _PortFacts(Value):
    """What a port should be, whether by itself or by its profile; None leaves it to the switch."""

    enabled: bool = True
    mode: PortMode = PortMode.ACCESS
    native_vlan: VlanId = 1
    tagged_vlans: tuple[VlanId, ...] = ()
    poe: bool | None = None
    poe_priority: PoePriority | None = None
    # What broadcast and multicast may take; 0 is no limit.
    storm_control_kbps: int | None = Field(None, ge=0, le=100_000_000)
    dhcp_snooping_trusted: bool | None = None
    lldp: bool | None = None


class PortProfile(_PortFacts):
    """What ports of one use have in common: ap_trunk, class_port, uplink."""

    name: Slug


class Port(_PortFacts):
    """What one switch port should be. `name` is the device's own name of it, as `1/1/4`.

    What it does not say itself, its profile says.
    """

    name: str
    description: Line | None = None
    profile: Slug | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.profile is None and self.mode is PortMode.ACCESS and self.tagged_vlans:
            raise ValueError(f"port {self.name} is an access port and cannot carry tagged VLANs")
        return self


def with_profile(port: Port, profiles: dict[str, PortProfile]) -> Port:
    """Return the port with what its profile says put in; raises InvalidInput for an unknown one."""
    if port.profile is None:
        return port
    profile = profiles.get(port.profile)
    if profile is None:
        raise InvalidInput(
            f"the port {port.name} has the profile {port.profile}, which no layer holds",
            todo="add the profile to the intent or change the port",
        )
    told = {field: getattr(profile, field) for field in profile.model_fields_set - {"name"}}
    own = {field: getattr(port, field) for field in port.model_fields_set - {"profile"}}
    try:
        return Port.model_validate({**told, **own})
    except ValueError as error:
        raise InvalidInput(
            f"the port {port.name} does not fit its profile {port.profile}: "
            "an access port cannot carry tagged VLANs"
        ) from error
