"""From what a person types to the site or the device meant, or a sentence that says which are."""

import re
from collections.abc import Sequence

from sqlmodel import Session, col, select

from inventory.errors import InvalidInput, NotFound
from inventory.models import (
    Device,
    Implantation,
    OrganisingAuthority,
    School,
    Site,
    SiteImplantation,
)
from inventory.sentences import Sentence

_FASE_PAIR = re.compile(r"0*(\d{1,9})\s*/\s*0*(\d{1,9})")
_FASE = re.compile(r"0*(\d{1,9})")
_SHOWN = 6


def find_site(session: Session, reference: str) -> Site:
    """Return the site of a FASE pair (`95001/9501`), of a school's FASE number, or of a name.

    Raises NotFound when there is none, InvalidInput when there are several.
    """
    reference = reference.strip()
    query = select(Site).order_by(Site.name, col(Site.id)).limit(_SHOWN + 1)
    by_fase = (
        select(SiteImplantation.site_id)
        .join(Implantation, col(Implantation.id) == SiteImplantation.implantation_id)
        .join(School, col(School.id) == Implantation.school_id)
    )
    if pair := _FASE_PAIR.fullmatch(reference):
        by_fase = by_fase.where(School.fase == int(pair[1]), col(Implantation.fase) == int(pair[2]))
        query = query.where(col(Site.id).in_(by_fase))
    elif fase := _FASE.fullmatch(reference):
        query = query.where(col(Site.id).in_(by_fase.where(School.fase == int(fase[1]))))
    else:
        query = query.where(Site.name == reference)
    found = session.exec(query).all()
    if not found:
        raise NotFound(
            Sentence("Aucun site n’est connu sous %(reference)s", reference=reference),
            todo=Sentence("donnez ses numéros FASE, établissement/implantation"),
        )
    if len(found) > 1:
        names = ", ".join(f"{site.name} ({site.commune or '?'})" for site in found[:_SHOWN])
        raise InvalidInput(
            Sentence(
                "%(reference)s désigne plusieurs sites\u00a0: %(names)s",
                reference=reference,
                names=names,
            ),
            todo=Sentence("donnez les numéros FASE de l’un d’eux, établissement/implantation"),
        )
    return found[0]


def find_sites(session: Session, references: Sequence[str] | None) -> list[int] | None:
    """Return the ids of the sites meant, None when no reference is given: all sites.

    Raises as `find_site` does.
    """
    if not references:
        return None
    found = [find_site(session, reference).id for reference in references]
    return [site_id for site_id in found if site_id is not None]


def find_authority(session: Session, fase: int) -> OrganisingAuthority:
    """Return the organising authority of a FASE number; raises NotFound."""
    found = session.exec(
        select(OrganisingAuthority).where(OrganisingAuthority.fase == fase)
    ).first()
    if found is None:
        raise NotFound(
            Sentence("Aucun pouvoir organisateur n’a le numéro FASE %(fase)s", fase=fase)
        )
    return found


def find_device(session: Session, reference: str, *, site_id: int | None = None) -> Device:
    """Return the device of a row number or of a name, within a site where one is given.

    Raises NotFound when there is none, InvalidInput when several have the name.
    """
    reference = reference.strip()
    if reference.isascii() and reference.isdigit() and len(reference) <= 9:
        device = session.get(Device, int(reference))
        if device is not None and site_id in (None, device.site_id):
            return device
    query = select(Device, Site.name).join(Site, isouter=True).where(Device.name == reference)
    if site_id is not None:
        query = query.where(Device.site_id == site_id)
    found = session.exec(query.order_by(col(Device.id)).limit(_SHOWN + 1)).all()
    if not found:
        raise NotFound(f"no device is known as {reference}", todo="run: preau discover")
    if len(found) > 1:
        listed = ", ".join(f"{device.id} ({site or 'no site'})" for device, site in found[:_SHOWN])
        raise InvalidInput(
            f"several devices are called {reference}: {listed}",
            todo="give its number, or its site with --site",
        )
    return found[0][0]
