"""In which role a person acts at a site, when a dossier is moved."""

from dataclasses import replace

from sqlalchemy import select as sa_select
from sqlmodel import Session, col

from api.usecases.dossier_state import DossierNow
from api.usecases.scope import Viewer, visible_sites
from api.usecases.site_detail import no_such_site
from inventory.errors import NotAllowed
from inventory.models import Site
from inventory.programme.dossier import Role, Status, possible_edges
from inventory.sentences import Sentence


def roles_at(session: Session, viewer: Viewer, site_id: int) -> tuple[Role, ...]:
    """Return the roles that `viewer` holds over a site, as granted first; raises NotFound."""
    roles = list(dict.fromkeys(grant.role for grant in viewer.grants))
    within = [
        visible_sites(
            replace(viewer, grants=tuple(each for each in viewer.grants if each.role is role))
        )
        for role in roles
    ]
    seen = (col(Site.id) == site_id, visible_sites(viewer))
    row = session.execute(sa_select(col(Site.id), *within).where(*seen)).first()
    if row is None:
        raise no_such_site(site_id)
    return tuple(Role(role) for role, held in zip(roles, row[1:], strict=True) if held)


def acting_role(session: Session, viewer: Viewer, now: DossierNow, to: Status) -> Role:
    """Return the role in which `viewer` moves a dossier to `to`.

    The first of theirs that the move allows; else the first, whose refusal then says whose move it
    is. Raises NotFound for a site out of scope, NotAllowed for a person without any role there.
    """
    held = roles_at(session, viewer, now.row.site_id)
    if not held:
        raise NotAllowed(Sentence("Votre rôle ne permet pas de faire avancer ce dossier"))
    allowed = {role for edge in possible_edges(now.state) if edge.to is to for role in edge.roles}
    return next((role for role in held if role in allowed), held[0])
