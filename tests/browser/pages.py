"""Every page of the product, by its route, with addresses where the furnished schools show it.

`make pages` takes their pictures and the tests judge them; a page that is not listed fails a test.
"""

from collections.abc import Mapping

PAGES: Mapping[str, tuple[str, ...]] = {
    "/connexion": ("/connexion",),
    "/": ("/", "/?q=zzz", "/?canton=namur-1"),
    "/sites/{site_id}": ("/sites/1", "/sites/2"),
    "/appareils/{device_id}": ("/appareils/3",),
    "/appareils/{device_id}/configurations": (
        "/appareils/3/configurations",
        "/appareils/4/configurations",
    ),
    "/sites/{site_id}/etudes/{survey_id}": ("/sites/1/etudes/1",),
    "/sites/{site_id}/guide": ("/sites/1/guide", "/sites/2/guide"),
    "/rappels": ("/rappels",),
    "/sites/{site_id}/recette": ("/sites/1/recette", "/sites/3/recette"),
    "/sites/{site_id}/prerequis": ("/sites/1/prerequis", "/sites/2/prerequis"),
    "/sites/{site_id}/interventions": ("/sites/1/interventions",),
    "/interventions": ("/interventions?toutes=true",),
    "/interventions/{order_id}": ("/interventions/1", "/interventions/2"),
    "/interventions/{order_id}/liste": ("/interventions/1/liste",),
    "/interventions/{order_id}/materiel": ("/interventions/1/materiel",),
    "/interventions/{order_id}/places": ("/interventions/1/places",),
    "/interventions/{order_id}/photos": ("/interventions/1/photos",),
    "/interventions/{order_id}/cables": ("/interventions/2/cables",),
    "/interventions/{order_id}/reserves": ("/interventions/1/reserves",),
    "/retards": ("/retards", "/retards?delai=reserves"),
    "/dossiers/passages": (
        "/dossiers/passages",
        "/dossiers/passages?statut=cadastre_pending&vers=on_hold&motif=travaux",
    ),
    "/dossiers/passages/{bulk_id}": ("/dossiers/passages/1",),
    "/deploiements": ("/deploiements",),
    "/deploiements/{plan_id}": ("/deploiements/1", "/deploiements/2"),
    "/avancement": ("/avancement", "/avancement?etape=cadastre"),
    "/parents": (
        "/parents?annee=4&formule=location-3&prix=199,90&eleves=640&pourcent=8,5",
        "/parents?annee=&prix=abc",
    ),
    "/programmation": ("/programmation",),
    "/programmation/{plan_id}": ("/programmation/1", "/programmation/2"),
    "/programmation/{plan_id}/ecoles": (
        "/programmation/1/ecoles",
        "/programmation/1/ecoles?q=zzz",
    ),
    "/programmation/{plan_id}/ecoles/{site_id}": (
        "/programmation/1/ecoles/1",
        "/programmation/1/ecoles/2",
    ),
    "/programmation/{plan_id}/comparer": ("/programmation/1/comparer?avec=3",),
    "/lots": ("/lots",),
    "/lots/{lot_id}": ("/lots/1",),
    "/adjudicataires": ("/adjudicataires",),
    "/adjudicataires/{contractor_id}": ("/adjudicataires/1",),
    "/financement": ("/financement",),
    "/financement/{source_id}": ("/financement/1",),
    "/visites": ("/visites", "/visites?corriger=1&faute=duree"),
    "/visites/mois/{month}": ("/visites/mois/2026-11", "/visites/mois/2020-01"),
    "/incidents": ("/incidents", "/incidents?etat=closed"),
    "/propositions": ("/propositions",),
    "/compte": ("/compte",),
    "/utilisateurs": ("/utilisateurs",),
    "/utilisateurs/{user_id}": ("/utilisateurs/4",),
    "/invitation": ("/invitation?jeton=unknown",),
    "/journal": ("/journal", "/journal?action=login"),
    "/conservation": ("/conservation",),
    "/cadastre": ("/cadastre", "/cadastre?etat=validated&q=zzz"),
    "/cadastre/{code}/avancement": (
        "/cadastre/INCOR26/avancement",
        "/cadastre/INCOR26/avancement?par=reseau",
    ),
    "/cadastre/{code}/sites/{site_id}": (
        "/cadastre/INCOR26/sites/1",
        "/cadastre/INCOR26/sites/2",
    ),
    "/cadastre/{code}/sites/{site_id}/sections/{section_id}": (
        "/cadastre/INCOR26/sites/2/sections/people",
        "/cadastre/INCOR26/sites/2/sections/rooms",
        "/cadastre/INCOR26/sites/1/sections/wifi",
    ),
    "/cadastre/{code}/sites/{site_id}/signature": ("/cadastre/INCOR26/sites/2/signature",),
    "/cadastre/{code}/sites/{site_id}/examen": ("/cadastre/INCOR26/sites/1/examen",),
    "/cadastre/{code}/sites/{site_id}/classeur": ("/cadastre/INCOR26/sites/2/classeur",),
    "/cadastre/{code}/ouvrir": ("/cadastre/INCOR26/ouvrir",),
    "/travaux/{job_id}": ("/travaux/1", "/travaux/2", "/travaux/3"),
    "/eligibilite": ("/eligibilite", "/eligibilite?regles=2026-1-adultes-secondaire"),
    "/eligibilite/{run_id}": ("/eligibilite/1",),
    "/recherche": ("/recherche?q=tilleuls", "/recherche?q=zzz"),
}
NO_PAGES = frozenset(
    {
        "/connexion/oidc",  # to the identity provider
        "/connexion/oidc/retour",
        "/calendrier/{token}.ics",
        "/cadastre/{code}/export.csv",
        "/cadastre/{code}/export.xlsx",
        "/cadastre/{code}/sites/{site_id}/classeur.xlsx",
        "/sites/{site_id}/cadastre",  # leads to the response of the edition that is open
        "/sites/{site_id}/travaux",  # a part of the page of a site
        "/appareils/{device_id}/postes",  # a part of the page of a device
        "/sites/{site_id}/etudes/{survey_id}/carte.png",
        "/sites/{site_id}/recette/{run_id}.pdf",
        "/fichiers/{upload_id}",  # a file, saved
        "/programmation/{plan_id}/decision.csv",
        "/visites/mois/{month}/feuille.{form}",
    }
)
ELSEWHERE = ("/nulle-part",)
"""What nobody listed: the page of an error."""


def addresses() -> list[str]:
    """Return every address to look at once somebody is logged in."""
    listed = [each for route, found in PAGES.items() if route != "/connexion" for each in found]
    return [*listed, *ELSEWHERE]
