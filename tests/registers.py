"""Register files for the tests, in the open register's columns; every row is made up."""

import csv
import io
import json
from collections.abc import Iterable, Mapping
from typing import Any

COLUMNS = (
    "ndeg_fase_de_l_etablissement",
    "nom_d_etablissement",
    "numero_bce_de_l_etablissement",
    "type_d_enseignement",
    "niveau",
    "genre",
    "reseau",
    "bassin",
    "ndeg_fase_de_l_implantation",
    "adresse_de_l_implantation",
    "code_postal_de_l_implantation",
    "localite_de_l_implantation",
    "commune_de_l_implantation",
    "latitude",
    "longitude",
    "ndeg_fase_du_po",
    "nom_du_po",
)

Row = dict[str, Any]


def row(school: int = 95001, implantation: int = 9501, **cells: Any) -> Row:
    """Return one row of the register; `cells` replace some of its columns."""
    base: Row = {
        "ndeg_fase_de_l_etablissement": float(school),
        "nom_d_etablissement": f"École d'essai {school}",
        "numero_bce_de_l_etablissement": None,
        "type_d_enseignement": "Primaire ordinaire",
        "niveau": "Fondamental",
        "genre": "Ordinaire",
        "reseau": "Libre confessionnel",
        "bassin": "Namur",
        "ndeg_fase_de_l_implantation": float(implantation),
        "adresse_de_l_implantation": f"Rue de l'Essai {implantation}",
        "code_postal_de_l_implantation": "5000",
        "localite_de_l_implantation": "Namur",
        "commune_de_l_implantation": "Namur",
        "latitude": 50.46,
        "longitude": 4.86,
        "ndeg_fase_du_po": 501.0,
        "nom_du_po": "PO d'essai",
    }
    return base | cells


def as_json(rows: Iterable[Mapping[str, Any]]) -> bytes:
    """Return rows as the JSON list of the open register."""
    return json.dumps(list(rows), ensure_ascii=False, indent=0).encode()


def as_csv(
    rows: Iterable[Mapping[str, Any]], *, delimiter: str = ";", encoding: str = "utf-8-sig"
) -> bytes:
    """Return rows as a CSV export: by default with BOM and semicolons, as the open register's."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, delimiter=delimiter, extrasaction="ignore")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue().encode(encoding)
