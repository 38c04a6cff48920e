"""The register, made up: authorities, schools and their implantations at the sites of Wallonia."""

import random
from collections.abc import Iterator
from dataclasses import dataclass

from inventory.models import (
    Implantation,
    OrganisingAuthority,
    School,
    Site,
    SiteImplantation,
)
from inventory.programme.geography import Commune, Region, all_communes
from inventory.programme.spelling import plain
from tests.bench.api.bulk import Loader

BRABANT = "Brabant wallon"
"""The province that the measured user was not granted: a tenth of all sites."""
_NETWORKS = ("Officiel subventionné communal", "Libre confessionnel", "WBE", "Libre non conf.")
_TOWNS = {"52011": 9, "62063": 9, "92094": 5, "53053": 4, "57081": 4, "52012": 3}  # REFNIS
_KINDS = ("École communale", "École fondamentale", "Institut", "Athénée royal", "Collège")
_NAMES = (
    "Les Tilleuls",
    "Saint-Joseph",
    "Notre-Dame",
    "du Centre",
    "Saint-Roch",
    "des Peupliers",
    "La Fontaine",
    "Jean Ray",
    "Sainte-Marie",
    "du Lac",
    "Les Érables",
    "Paul Delvaux",
    "du Parc",
    "Saint-Martin",
    "de la Gare",
    "Arthur Masson",
    "du Vieux Moulin",
    "Les Coquelicots",
    "Marguerite Bervoets",
    "du Faubourg",
)


@dataclass(frozen=True, slots=True)
class MadeSite:
    """A site as the other tables need it."""

    id: int
    commune: str
    province: str
    slug: str


def load_register(loader: Loader, sites: int, chance: random.Random) -> list[MadeSite]:
    """Make the register and its sites, each with one to three implantations; return the sites."""
    communes = [each for each in all_communes() if each.region is Region.WALLONIA]
    places = [_commune(communes, chance) for _ in range(sites)]
    authorities = list(_authorities(communes))
    loader.load(
        OrganisingAuthority,
        ("id", "fase", "name", "search_key", "commune"),
        ((n, 700 + n, name, plain(name), place) for n, (name, place) in enumerate(authorities, 1)),
    )
    by_commune: dict[str, list[int]] = {}
    for number, (_, place) in enumerate(authorities, 1):
        by_commune.setdefault(place, []).append(number)
    served = [chance.choices((1, 2, 3), (70, 24, 6))[0] for _ in places]
    names = [f"{chance.choice(_KINDS)} {chance.choice(_NAMES)}" for _ in places]
    owners = [site for site, count in enumerate(served) for _ in range(count)]
    _load_sites(loader, places, names, owners, chance)
    loader.load(
        School,
        ("id", "fase", "name", "education_network", "organising_authority_id", "commune"),
        (
            (
                n,
                90_000 + n,
                names[site] if n % 3 else f"{chance.choice(_KINDS)} {chance.choice(_NAMES)}",
                chance.choice(_NETWORKS),
                chance.choice(by_commune[places[site].name]),
                places[site].name,
            )
            for n, site in enumerate(owners, 1)
        ),
    )
    loader.load(
        Implantation,
        ("id", "school_id", "fase", "commune", "province"),
        (
            (n, n, 4_000 + n, places[site].name, places[site].province)
            for n, site in enumerate(owners, 1)
        ),
    )
    loader.load(
        SiteImplantation,
        ("site_id", "implantation_id"),
        ((site + 1, n) for n, site in enumerate(owners, 1)),
    )
    return [
        MadeSite(n, place.name, place.province or "", plain(place.name).replace(" ", "-"))
        for n, place in enumerate(places, 1)
    ]


def _commune(communes: list[Commune], chance: random.Random) -> Commune:
    return chance.choices(communes, [_TOWNS.get(each.refnis, 1) for each in communes])[0]


def _authorities(communes: list[Commune]) -> Iterator[tuple[str, str]]:
    for commune in communes:
        yield f"Administration communale de {commune.name}", commune.name
        yield f"Pouvoir organisateur libre de {commune.name}", commune.name
        yield f"ASBL Enseignement catholique {commune.name}", commune.name
    yield "Wallonie-Bruxelles Enseignement", communes[0].name


def _load_sites(
    loader: Loader,
    places: list[Commune],
    names: list[str],
    owners: list[int],
    chance: random.Random,
) -> None:
    fase: dict[int, list[str]] = {}
    for number, site in enumerate(owners, 1):
        fase.setdefault(site, []).append(f"{90_000 + number} {4_000 + number}")
    loader.load(
        Site,
        (
            "id",
            "name",
            "search_key",
            "address",
            "postal_code",
            "locality",
            "commune",
            "province",
            "latitude",
            "longitude",
        ),
        (
            (
                n + 1,
                names[n],
                plain(f"{names[n]} {place.name} {' '.join(fase[n])}"),
                f"Rue de l’École {chance.randrange(1, 200)}",
                str(chance.randrange(1300, 8000)),
                place.name,
                place.name,
                place.province,
                chance.uniform(49.6, 50.7),
                chance.uniform(3.0, 6.2),
            )
            for n, place in enumerate(places)
        ),
    )
