"""A typed client of the JSON API, for programs in Python. See docs/api.md.

    from api.client import Preau

    with Preau("https://preau.example.org", token) as preau:
        for device in preau.devices(health="down", province="Namur"):
            print(device.name, device.site_id)

It imports nothing of the rest of Préau.
"""

from api.client.calls import Preau
from api.client.models import (
    Delivery,
    Device,
    Dossier,
    DossierLine,
    Finding,
    ManyMoved,
    Move,
    Moved,
    Outcome,
    Site,
    Step,
    Upload,
    Webhook,
)
from api.client.problems import (
    Changed,
    Forbidden,
    MoveRefused,
    NotThere,
    PreauProblem,
    TooMany,
    Unauthorised,
)

__all__ = [
    "Changed",
    "Delivery",
    "Device",
    "Dossier",
    "DossierLine",
    "Finding",
    "Forbidden",
    "ManyMoved",
    "Move",
    "MoveRefused",
    "Moved",
    "NotThere",
    "Outcome",
    "Preau",
    "PreauProblem",
    "Site",
    "Step",
    "TooMany",
    "Unauthorised",
    "Upload",
    "Webhook",
]
