"""What discovery found and nobody accepted yet, and the rules that accept without being asked."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from inventory.models.columns import UtcDateTime, json_column, text_enum
from inventory.roles import DeviceRole


class ProposalSource(StrEnum):
    """By which way something was found."""

    RANGE = "range"
    """It answered at an address of a range that was searched."""
    NEIGHBOUR = "neighbour"
    """A device hears it on a port, by LLDP or CDP."""
    CONTROLLER = "controller"
    """A controller lists it as its access point."""
    WIRE = "wire"
    """A laptop heard it on its own cable."""


class ProposalState(StrEnum):
    """What became of a proposal."""

    OPEN = "open"
    ACCEPTED = "accepted"
    REFUSED = "refused"


class SiteReason(StrEnum):
    """Why a site is proposed."""

    ZONE = "zone"
    """The zone it was found in is that site's."""
    NEIGHBOUR = "neighbour"
    """The device that hears it stands there."""
    CONTROLLER = "controller"
    """Its controller stands there."""
    RULE = "rule"
    """A rule says so."""
    PERSON = "person"
    """A person says so."""


class Proposal(SQLModel, table=True):
    """Something found in a zone, which a person or a rule makes a device or refuses.

    It is the same one again by its serial or an address (MAC), else by its name and where it is.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index("ix_proposal_site_state", "site_id", "state"),
        Index("ix_proposal_state_id", "state", "id"),
    )

    id: int | None = Field(default=None, primary_key=True)
    zone_id: int = Field(foreign_key="zone.id", index=True)
    state: ProposalState = Field(default=ProposalState.OPEN, sa_type=text_enum(ProposalState))
    source: ProposalSource = Field(sa_type=text_enum(ProposalSource))
    name: str
    role: DeviceRole = Field(default=DeviceRole.OTHER, sa_type=text_enum(DeviceRole))
    family: str = "generic"
    vendor: str | None = None
    model: str | None = None
    firmware: str | None = None
    description: str | None = Field(
        default=None, description="what it says of itself: sysDescr, or LLDP's System Description"
    )
    serial: str | None = None
    macs: list[str] = Field(
        default_factory=list,
        sa_type=json_column(),
        description="its addresses, 12 lower-case hex digits each, the telling one first",
    )
    host: str | None = Field(default=None, description="its address in the zone, where told")
    answered: bool = Field(default=False, description="it was read over SNMP at `host`")
    unread_because: str | None = Field(default=None, description="why it was not, in English")
    capabilities: list[str] = Field(default_factory=list, sa_type=json_column())
    seen_by: str | None = Field(default=None, description="the name of who hears or lists it")
    seen_by_id: int | None = Field(default=None, foreign_key="device.id", index=True)
    seen_on: str | None = Field(default=None, description="the port it is heard on")
    protocol: str | None = Field(default=None, description="lldp or cdp")
    site_id: int | None = Field(default=None, foreign_key="site.id")
    site_reason: SiteReason | None = Field(default=None, sa_type=text_enum(SiteReason))
    first_seen_at: datetime = Field(sa_type=UtcDateTime)
    last_seen_at: datetime = Field(sa_type=UtcDateTime)
    decided_at: datetime | None = Field(default=None, sa_type=UtcDateTime)
    decided_by: str | None = None
    reason: str | None = Field(default=None, description="why it was refused")
    rule_id: int | None = Field(default=None, foreign_key="proposal_rule.id", index=True)
    device_id: int | None = Field(default=None, foreign_key="device.id", index=True)


class ProposalRule(SQLModel, table=True):
    """What is accepted without asking: all that is said here must hold, None says nothing.

    `built_in` names a rule that Préau brings along; its row exists once somebody switched it.
    """

    __tablename__ = "proposal_rule"

    id: int | None = Field(default=None, primary_key=True)
    built_in: str | None = Field(default=None, unique=True)
    active: bool = True
    zone_id: int | None = Field(default=None, foreign_key="zone.id", index=True)
    source: ProposalSource | None = Field(default=None, sa_type=text_enum(ProposalSource))
    family: str | None = None
    oui: str | None = Field(default=None, description="6 lower-case hex digits of its MAC")
    name_pattern: str | None = Field(default=None, description="with * and ?, any case")
    site_id: int | None = Field(
        default=None, foreign_key="site.id", index=True, description="None: the one proposed"
    )
    role: DeviceRole | None = Field(default=None, sa_type=text_enum(DeviceRole))
    created_at: datetime = Field(sa_type=UtcDateTime)
    created_by: str
