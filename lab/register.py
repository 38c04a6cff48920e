"""A synthetic register in the open register's columns: the three schools and what real ones hold.

Every name, number and address is made up. The rows bring the traps of the real register: FASE
numbers as floats, missing coordinates, an address that several organising authorities share,
rows outside Wallonia, adult education, a CEFA, and a site that appears once for each kind of
education.
"""

import csv
import io
import json
from pathlib import Path
from typing import Any

from lab.district import SCHOOLS

COLUMNS = (
    "ndeg_fase_de_l_etablissement",
    "nom_d_etablissement",
    "numero_bce_de_l_etablissement",
    "type_d_enseignement",
    "niveau",
    "genre",
    "reseau",
    "adresse_de_l_etablissement",
    "code_postal_de_l_etablissement",
    "localite_de_l_etablissement",
    "commune_de_l_etablissement",
    "bassin",
    "arrondissement_administratif",
    "ndeg_fase_de_l_implantation",
    "adresse_de_l_implantation",
    "code_postal_de_l_implantation",
    "localite_de_l_implantation",
    "commune_de_l_implantation",
    "latitude",
    "longitude",
    "ndeg_fase_du_po",
    "nom_du_po",
    "numero_bce_du_po",
    "adresse_du_po",
    "code_postal_du_po",
    "localite_du_po",
    "commune_du_po",
    "pointgeo",
)

# commune, postal code, bassin, arrondissement, latitude, longitude
TOWNS = (
    ("Namur", "5000", "Namur", "Namur", 50.4669, 4.8675),
    ("Liège", "4000", "Liège", "Liège", 50.6326, 5.5797),
    ("Charleroi", "6000", "Hainaut-Sud", "Charleroi", 50.4108, 4.4446),
    ("Mons", "7000", "Hainaut-Centre", "Mons", 50.4542, 3.9563),
    ("Tournai", "7500", "Wallonie picarde", "Tournai-Mouscron", 50.6072, 3.3893),
    ("Wavre", "1300", "Brabant wallon", "Nivelles", 50.7159, 4.6128),
    ("Arlon", "6700", "Luxembourg", "Arlon", 49.6833, 5.8167),
    ("Verviers", "4800", "Verviers", "Verviers", 50.5891, 5.8626),
)
BRUSSELS = ("Schaerbeek", "1030", "Bruxelles", "Bruxelles-Capitale", 50.8676, 4.3737)
NETWORKS = (
    "Subventionné communal",
    "WBE",
    "Libre confessionnel",
    "Subventionné provincial",
    "Libre non confessionnel",
)
KINDS = (
    ("Primaire ordinaire", "Fondamental", "Ordinaire"),
    ("Maternel ordinaire", "Fondamental", "Ordinaire"),
    ("Secondaire ordinaire", "Secondaire", "Ordinaire"),
    ("Primaire spécialisé", "Fondamental", "Spécialisé"),
    ("Secondaire CEFA", "Secondaire", "Ordinaire"),
    ("Promotion sociale secondaire", "Secondaire", "Ordinaire"),
    ("Enseignement secondaire pour Adultes", "Secondaire", "Ordinaire"),
    ("Artistique à horaire réduit", "Fondamental", "Ordinaire"),
)
TREES = ("Érables", "Charmes", "Bouleaux", "Hêtres", "Frênes", "Peupliers", "Saules", "Noyers")
SYNTHETIC_ROWS = 56
Row = dict[str, Any]


def rows() -> list[Row]:
    """Return all rows of the register."""
    return [*_district_rows(), *(_synthetic_row(n) for n in range(SYNTHETIC_ROWS)), *_brussels()]


def _district_rows() -> list[Row]:
    kinds = {
        "tilleuls": ((0, 1), "Subventionné communal", 0),
        "saint-roch": ((2,), "Libre confessionnel", 1),
        "lac": ((2, 4), "WBE", 2),
    }
    found: list[Row] = []
    for school in SCHOOLS:
        places, network, town = kinds[school.zone]
        for place in places:
            found += [
                _row(
                    school_fase=school.school_fase,
                    site_fase=school.site_fase,
                    name=school.name,
                    kind=place,
                    network=network,
                    town=TOWNS[town],
                    street=f"Rue du Préau {school.site_fase % 100}",
                    authority=(970 + town, f"Pouvoir organisateur {school.zone}"),
                )
            ]
    return found


def _synthetic_row(number: int) -> Row:
    school = number - (number % 5 == 4)  # each fifth is a second implantation of the one before
    seat = TOWNS[school % len(TOWNS)]
    tree = TREES[(school + school // len(TOWNS)) % len(TREES)]  # a name once in a town
    town = TOWNS[number % len(TOWNS)]
    network = NETWORKS[school % len(NETWORKS)]
    shared = number % 14 == 13  # two authorities in one building
    street = "Place de la Gare 1" if shared else f"Rue des {TREES[number % 8]} {number + 1}"
    row = _row(
        school_fase=96001 + school,
        site_fase=9601 + number,
        name=f"{'Institut' if school % 11 == 10 else 'École'} des {tree} de {seat[0]}",
        kind=number % len(KINDS),
        network=network,
        town=TOWNS[0] if shared else town,
        street=street,
        authority=(980 + school % 12, f"PO n° {school % 12 + 1}"),
        seat=(f"Rue des {TREES[school % 8]} {school + 1}", seat),
    )
    if number % 9 == 8:
        row |= {"latitude": None, "longitude": None, "pointgeo": None}
    return row


def _brussels() -> list[Row]:
    return [
        _row(
            school_fase=97001 + number,
            site_fase=9701 + number,
            name=f"École bruxelloise {number + 1}",
            kind=number,
            network="COCOF" if number else "Subventionné communal",
            town=BRUSSELS,
            street=f"Avenue du Nord {number + 1}",
            authority=(995, "Commune de Schaerbeek"),
        )
        for number in range(2)
    ]


def _row(
    *,
    school_fase: int,
    site_fase: int,
    name: str,
    kind: int,
    network: str,
    town: tuple[str, str, str, str, float, float],
    street: str,
    authority: tuple[int, str],
    seat: tuple[str, tuple[str, str, str, str, float, float]] | None = None,
) -> Row:
    """Return one row; `seat` is the school's own address where it is not the implantation's."""
    commune, postal, basin, district, latitude, longitude = town
    shift = (site_fase % 50) / 2000
    latitude, longitude = round(latitude + shift, 5), round(longitude - shift, 5)
    education, level, genre = KINDS[kind]
    here = (street, postal, commune, commune)
    school_street, (school_commune, school_postal, *_) = seat or (street, town)
    authority_commune, authority_postal, *_ = TOWNS[authority[0] % len(TOWNS)]
    values: tuple[Any, ...] = (
        float(school_fase),
        name,
        f"0{900_000_000 + school_fase}",
        education,
        level,
        genre,
        network,
        *(school_street, school_postal, school_commune, school_commune),
        basin,
        district,
        float(site_fase),
        *here,
        latitude,
        longitude,
        float(authority[0]),
        authority[1],
        f"0{800_000_000 + authority[0]}",
        f"Grand-Place {authority[0] % 20 + 1}",
        authority_postal,
        authority_commune,
        authority_commune,
        {"lon": longitude, "lat": latitude},
    )
    return dict(zip(COLUMNS, values, strict=True))


def write_register(folder: Path) -> None:
    """Write register.json and register.csv (with a BOM and semicolons, as the portal exports)."""
    content = rows()
    (folder / "register.json").write_text(
        json.dumps(content, ensure_ascii=False, indent=1), encoding="utf-8"
    )
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, delimiter=";", lineterminator="\r\n")
    writer.writeheader()
    for row in content:
        point = row["pointgeo"]
        writer.writerow({**row, "pointgeo": f"{point['lat']}, {point['lon']}" if point else ""})
    (folder / "register.csv").write_text(text.getvalue(), encoding="utf-8-sig")
