"""A proposal in English words: where something was found, and why which site is proposed."""

from inventory.models import Proposal, ProposalSource, SiteReason

_SITE_BECAUSE = {
    SiteReason.ZONE: "the zone is that site's",
    SiteReason.NEIGHBOUR: "who hears it stands there",
    SiteReason.CONTROLLER: "its controller stands there",
    SiteReason.RULE: "a rule says so",
    SiteReason.PERSON: "somebody said so",
}


def where_words(row: Proposal, zone: str) -> str:
    """Return by which way it was found, at which address, and why it was not read."""
    protocol = (row.protocol or "").upper()
    port = f" on port {row.seen_on}" if row.seen_on else ""
    way = {
        ProposalSource.RANGE: f"answers in the ranges of {zone}",
        ProposalSource.NEIGHBOUR: f"{protocol} from {row.seen_by}{port}",
        ProposalSource.CONTROLLER: f"listed by the controller {row.seen_by}",
        ProposalSource.WIRE: f"heard by {protocol or 'SNMP'} on a laptop's cable",
    }[row.source]
    told = [way, f"zone {zone}"]
    told += [f"at {row.host}"] if row.host else []
    told += [f"not read: {row.unread_because}"] if row.unread_because else []
    return ", ".join(told)


def site_words(row: Proposal, site: str | None) -> str:
    """Return for which site it is proposed, and why."""
    if site is None or row.site_reason is None:
        return "proposed for no site: say which with --site"
    return f"proposed for {site}: {_SITE_BECAUSE[row.site_reason]}"
