"""The words of the page of proposals: where something was found, and why it is for that site."""

from collections.abc import Mapping
from dataclasses import dataclass

from api.usecases.proposal_decisions import ProposalLine
from inventory.models import Proposal, ProposalSource, ProposalState, SiteReason
from inventory.sentences import N_, Sentence

STATES: Mapping[ProposalState, str] = {
    ProposalState.OPEN: N_("En attente"),
    ProposalState.REFUSED: N_("Refusées"),
    ProposalState.ACCEPTED: N_("Acceptées"),
}
NOTHING_CHOSEN = Sentence("Cochez d’abord au moins une proposition.")
DECIDED = Sentence(
    "Quelqu’un a décidé entre-temps d’une des propositions cochées\u00a0; rien n’a été changé."
)
NO_REASON = Sentence(
    "Dites pourquoi\u00a0: le motif aidera ceux qui poseront la question plus tard."
)
NO_SITE = Sentence("Une des propositions cochées n’a pas d’école\u00a0: dites laquelle.")

_WHERE: Mapping[ProposalSource, str] = {
    ProposalSource.RANGE: N_("Répond à l’adresse %(host)s, dans la zone %(zone)s"),
    ProposalSource.NEIGHBOUR: N_(
        "Entendu en %(protocol)s par %(who)s, sur le port %(port)s (zone %(zone)s)"
    ),
    ProposalSource.CONTROLLER: N_("Dans la liste du contrôleur %(who)s (zone %(zone)s)"),
    ProposalSource.WIRE: N_("Entendu sur place, au bout d’un câble (zone %(zone)s)"),
}
_SITE_BECAUSE: Mapping[SiteReason, str] = {
    SiteReason.ZONE: N_("sa zone est celle de cette école"),
    SiteReason.NEIGHBOUR: N_("l’appareil qui l’entend s’y trouve"),
    SiteReason.CONTROLLER: N_("son contrôleur s’y trouve"),
    SiteReason.RULE: N_("une règle le dit"),
    SiteReason.PERSON: N_("quelqu’un l’a dit"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """A proposal in sentences. `unread` is None for what was read."""

    where: Sentence
    site: Sentence
    unread: Sentence | None


def words(line: ProposalLine) -> Words:
    """Return the sentences that tell `line`."""
    row = line.row
    unread = None
    # Access points of a controller are not expected to answer themselves.
    if not row.answered and row.source is not ProposalSource.CONTROLLER:
        unread = (
            Sentence("Vu, mais pas lu\u00a0: aucune adresse n’est connue.")
            if row.host is None
            else Sentence("Vu, mais pas lu à l’adresse %(host)s.", host=row.host)
        )
    return Words(_where(row, line.zone), _site(row, line.site), unread)


def _where(row: Proposal, zone: str) -> Sentence:
    values = {
        "zone": zone,
        "who": row.seen_by or "?",
        "port": row.seen_on or "?",
        "protocol": (row.protocol or "lldp").upper(),
        "host": row.host or "?",
    }
    return Sentence(_WHERE[row.source], **values)


def _site(row: Proposal, site: str | None) -> Sentence:
    if site is None or row.site_reason is None:
        return Sentence("Pour aucune école encore")
    return Sentence(
        "Pour %(site)s\u00a0: %(because)s",
        site=site,
        because=Sentence(_SITE_BECAUSE[row.site_reason]),
    )
