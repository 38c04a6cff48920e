"""A typed client of the JSON API, for programs in Python. See docs/api.md.

    from api.client import Preau

    with Preau("https://preau.example.org", token) as preau:
        for device in preau.devices(health="down", province="Namur"):
            print(device.name, device.site_id)

It has a method for each operation, named as in the OpenAPI document, and imports nothing of the
rest of Préau. `api.client.schemas` has what is given to it and what it returns.
"""

from api.client.operations import Operations as Preau
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
    "Forbidden",
    "MoveRefused",
    "NotThere",
    "Preau",
    "PreauProblem",
    "TooMany",
    "Unauthorised",
]
