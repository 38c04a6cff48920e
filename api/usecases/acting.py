"""In which role a person acts at a site, when a dossier is moved."""

from dataclasses import replace

from sqlmodel import Session, col, select

from api.usecases.dossier_state import dossier_of_site, state_of
from api.usecases.scope import Viewer, visible_sites
from api.usecases.site_detail import visible_site
from inventory.errors import NotAllowed
from inventory.models import Site
from inventory.programme.dossier import Role, Status, possible_edges
from inventory.sentences import Sentence


def roles_at(session: Session, viewer: Viewer, site_id: int) -> tuple[Role, ...]:
    """Return the roles that `viewer` holds over a site, as granted first; raises NotFound."""
    visible_site(session, viewer, site_id)
    held = []
    for role in dict.fromkeys(grant.role for grant in viewer.grants):
        grants = tuple(grant for grant in viewer.grants if grant.role is role)
        within = visible_sites(replace(viewer, grants=grants))
        if session.exec(select(Site.id).where(col(Site.id) == site_id, within)).first():
            held.append(Role(role))
    return tuple(held)


def acting_role(session: Session, viewer: Viewer, site_id: int, to: Status) -> Role:
    """Return the role in which `viewer` moves the dossier of a site to `to`.

    The first of theirs that the move allows; else the first, whose refusal then says whose move it
    is. Raises NotFound for a site out of scope, NotAllowed for a person without any role there.
    """
    held = roles_at(session, viewer, site_id)
    if not held:
        raise NotAllowed(Sentence("Votre rôle ne permet pas de faire avancer ce dossier"))
    state = state_of(session, dossier_of_site(session, site_id))
    allowed = {role for edge in possible_edges(state) if edge.to is to for role in edge.roles}
    return next((role for role in held if role in allowed), held[0])
