"""What the exhaustive test of access asks each route for: something of the first seeded school.

`tests/lab/test_every_route.py` finds the routes by itself and what each needs in its declaration
(`api.http.needs`). Only what it cannot know stands here: a value for each name in a path, and a
body where an empty one is refused before the scope is looked at.
"""

from collections.abc import Mapping
from typing import Any

VALUES: Mapping[str, str] = {
    "site_id": "1",
    "user_id": "4",
    "token_id": "1",
    "device_id": "3",
    "plan_id": "1",
    "survey_id": "1",
    "run_id": "1",
    "number": "1",
    "proposal_id": "1",
    "job_id": "1",
    "view_id": "1",
    "token": "nobody",
    "code": "INCOR26",
    "section_id": "people",
    "field_id": "floor_plan_file",
    "upload_id": "1",
    "finding_id": "1",
    "webhook_id": "1",
    "prerequisite_id": "1",
    "bulk_id": "1",
    "order_id": "1",
    "visit_id": "1",
    "lot_id": "1",
    "contractor_id": "1",
    "source_id": "1",
    "month": "2026-11",
    "form": "csv",
}
"""By the name in the path: the id of something that stands at the first school (tests.seed)."""

BODIES: Mapping[tuple[str, str], Mapping[str, Any]] = {
    ("POST", "/api/v1/jobs"): {"kind": "poll", "site_id": 1},
    ("POST", "/api/v1/sites/{site_id}/dossier/transitions"): {"to": "on_hold", "reason": "x"},
    ("POST", "/api/v1/findings/{finding_id}/waiver"): {
        "reason": "x",
        "ends_at": "2100-01-01T00:00:00Z",
    },
    ("PATCH", "/api/v1/devices/{device_id}"): {"lifecycle": "active"},
    ("POST", "/api/v1/proposals/{proposal_id}/refuse"): {"reason": "not ours"},
    ("PATCH", "/api/v1/cadastre/editions/{code}/sites/{site_id}"): {
        "fields": {"pupils": {"value": 240}}
    },
    ("POST", "/api/v1/cadastre/editions/{code}/sites/{site_id}/submit"): {"sha256": "a" * 64},
    ("POST", "/api/v1/cadastre/editions/{code}/sites/{site_id}/remarks"): {"text": "À revoir."},
    ("POST", "/api/v1/cadastre/editions/{code}/sites/{site_id}/send-back"): {"reason": "x"},
    ("POST", "/api/v1/cadastre/editions/{code}/sites/{site_id}/reopen"): {"reason": "x"},
    ("POST", "/cadastre/{code}/sites/{site_id}/remarques"): {"texte": "À revoir."},
    ("POST", "/sites/{site_id}/travaux"): {"kind": "poll"},
    ("POST", "/sites/{site_id}/recette/controles"): {
        "controle": "guest_isolated",
        "resultat": "reussi",
        "note": "essayé",
    },
    ("POST", "/sites/{site_id}/reserves"): {"objet": "Prise arrachée", "gravite": "minor"},
    ("POST", "/sites/{site_id}/reserves/{number}"): {"action": "attribuer"},
    ("POST", "/sites/{site_id}/prerequis"): {"genre": "power", "objet": "Une prise"},
    ("POST", "/api/v1/sites/{site_id}/prerequisites"): {
        "kind": "power",
        "description": "Une prise",
    },
    ("POST", "/sites/{site_id}/interventions"): {"genre": "mounting"},
    ("POST", "/interventions/{order_id}/liste"): {"point": "plan", "reponse": "done"},
    ("POST", "/interventions/{order_id}/materiel"): {"envoi": "a", "serie": "ABC123"},
    ("POST", "/interventions/{order_id}/places"): {"appareil": "1", "local": "12"},
    ("POST", "/interventions/{order_id}/photos"): {"envoi": "a"},
    ("POST", "/interventions/{order_id}/cables"): {"envoi": "a"},
    ("POST", "/interventions/{order_id}/reserves"): {"envoi": "a", "objet": "Prise arrachée"},
    ("POST", "/api/v1/work-orders"): {"site_id": 1, "kind": "mounting"},
    ("POST", "/api/v1/work-orders/{order_id}/visit"): {},
    ("POST", "/api/v1/work-orders/{order_id}/checks"): {"item_id": "plan", "answer": "done"},
    ("POST", "/api/v1/work-orders/{order_id}/serials"): {"client_id": "a", "serial": "ABC123"},
    ("POST", "/api/v1/work-orders/{order_id}/placements"): {"device_id": 1, "room": "12"},
    ("POST", "/api/v1/work-orders/{order_id}/photos"): {"client_id": "a", "upload_id": 1},
    ("POST", "/api/v1/work-orders/{order_id}/cable-tests"): {"client_id": "a", "upload_id": 1},
    ("POST", "/api/v1/work-orders/{order_id}/reserves"): {"client_id": "a", "message": "Prise"},
    ("POST", "/api/v1/sites/{site_id}/reserves/{number}/lift"): {"note": "Vu réparé hier"},
    ("POST", "/cadastre/{code}/sites/{site_id}/decision"): {"version": "1"},
    ("POST", "/dossiers/passages"): {"demande": "a", "vers": "on_hold", "ecole": "1:1"},
    ("POST", "/api/v1/dossiers/transitions"): {"request_id": "a", "to": "on_hold"},
    ("POST", "/visites"): {
        "jour": "2026-11-03",
        "duree": "1:00",
        "source": "1",
        "ecole": "95001/9501",
    },
    ("POST", "/visites/{visit_id}"): {"action": "retirer"},
    ("POST", "/api/v1/adviser-visits"): {
        "on": "2026-11-03",
        "minutes": 60,
        "kind": "visit",
        "funding_source_id": 1,
        "site_id": 1,
    },
    ("PUT", "/api/v1/adviser-visits/{visit_id}"): {
        "on": "2026-11-03",
        "minutes": 60,
        "kind": "visit",
        "funding_source_id": 1,
        "site_id": 1,
    },
    ("POST", "/programmation"): {"nom": "Projet", "debut": "2027"},
    ("POST", "/programmation/{plan_id}/copier"): {"nom": "Variante"},
    ("POST", "/programmation/{plan_id}/ecoles/{site_id}"): {"action": "liberer", "version": "1"},
    ("POST", "/api/v1/programme-plans"): {"name": "Projet", "first_year": 2027},
    ("POST", "/api/v1/programme-plans/{plan_id}/copies"): {"name": "Variante"},
    ("POST", "/api/v1/programme-plans/{plan_id}/application"): {"version": 1},
    ("PATCH", "/api/v1/programme-plans/{plan_id}/sites/{site_id}"): {
        "action": "free",
        "version": 1,
    },
    ("POST", "/api/v1/lots"): {"name": "Lot 9"},
    ("PATCH", "/api/v1/lots/{lot_id}"): {"sites_per_year": 3, "reason": "avenant"},
    ("POST", "/api/v1/contractors"): {"name": "Réseaux de Meuse"},
    ("PATCH", "/api/v1/contractors/{contractor_id}"): {"name": "Meuse SA", "reason": "fusion"},
    ("POST", "/api/v1/funding-sources"): {"code": "PRR"},
    ("PATCH", "/api/v1/funding-sources/{source_id}"): {"name": "Fonds", "reason": "arrêté"},
    ("POST", "/utilisateurs/{user_id}/droits/retirer"): {
        "role": "school_head",
        "perimetre": "site",
        "cle": "1",
    },
    ("POST", "/appareils/{device_id}/postes"): {"dossier": "SUP-2026-1"},
    ("POST", "/vues"): {"page": "/", "filtres": "q=x", "nom": "Namur"},
    ("POST", "/rappels"): {"courrier": "none"},
    ("POST", "/rappels/agenda"): {"action": "creer"},
    ("POST", "/propositions/accepter"): {"numero": "1"},
    ("POST", "/propositions/refuser"): {"numero": "1", "motif": "pas à nous"},
}
"""By method and path: JSON for the API, the fields of a form for a page (its csrf is added)."""

WITH_FILES: frozenset[str] = frozenset(
    {
        "/sites/{site_id}/prerequis/{prerequisite_id}/lever",
        "/interventions/{order_id}/photos",
        "/interventions/{order_id}/cables",
        "/api/v1/cadastre/editions/{code}/sites/{site_id}/workbook",
        "/cadastre/{code}/sites/{site_id}/classeur",
        "/cadastre/{code}/sites/{site_id}/fichiers/{field_id}",
    }
)
"""Paths whose form holds files: sent as multipart/form-data."""

QUERIES: Mapping[str, Mapping[str, str]] = {
    "/api/v1/programme-plans/{plan_id}": {"version": "1"},
    "/api/v1/programme-plans/{plan_id}/comparison": {"other": "2"},
    "/api/v1/search": {"q": "tilleuls"},
    "/recherche": {"q": "école"},
}
"""By path: what a route cannot do without."""

OWN: frozenset[str] = frozenset(
    {
        "/api/v1/adviser-visits/{visit_id}",
        "/api/v1/webhooks/{webhook_id}",
        "/api/v1/webhooks/{webhook_id}/deliveries",
    }
)
"""Addressed paths of what is one person's own: for everybody else it is not there."""

NO_SITE: frozenset[str] = frozenset(
    {
        "/api/v1/adviser-visits/months/{month}",
        "/api/v1/adviser-visits/months/{month}/sheet.{form}",
        "/api/v1/adviser-visits/months/{month}/signature",
        "/visites/mois/{month}",
        "/visites/mois/{month}/feuille.{form}",
        "/visites/mois/{month}/signer",
        "/api/v1/cadastre/editions/{code}",
        "/api/v1/cadastre/editions/{code}/questionnaire",
        "/api/v1/cadastre/editions/{code}/responses",
        "/api/v1/cadastre/editions/{code}/progress",
        "/api/v1/cadastre/editions/{code}/open",
        "/api/v1/cadastre/editions/{code}/opening",
        "/api/v1/cadastre/editions/{code}/export.csv",
        "/api/v1/cadastre/editions/{code}/export.xlsx",
        "/cadastre/{code}/avancement",
        "/cadastre/{code}/ouvrir",
        "/cadastre/{code}/export.csv",
        "/cadastre/{code}/export.xlsx",
    }
)
"""Addressed paths of which nothing belongs to a site: everybody with the right gets an answer."""
