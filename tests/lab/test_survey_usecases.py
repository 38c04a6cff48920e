import json
import subprocess
from pathlib import Path

import pytest
from sqlmodel import func, select

from api.usecases.surveys import import_survey, load_survey, read_survey_files
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.models import Event, Survey, SurveySample
from inventory.settings import Settings
from lab import survey as lab_survey
from tests.seed import seed
from tests.serving import preau_here
from tests.survey_frames import beacon, client_frames, radiotap, rsn, write_capture

SITE = "95001/9501"


def test_a_survey_comes_back_as_it_was_read(database: Database, tmp_path: Path) -> None:
    seed(database)
    plan, samples = lab_survey.write(tmp_path)
    files = read_survey_files(plan, [samples])
    with database.write("alice") as session:
        imported = import_survey(session, SITE, files, actor="alice")
    with database.read() as session:
        kept = load_survey(session, SITE)
        event = session.exec(select(Event).where(Event.kind == "survey.imported")).one()
    assert imported.created
    assert kept.survey_id == imported.survey_id
    assert kept.plan == files.plan
    assert kept.samples == files.samples
    assert event.message == "Relevé WiFi importé\u00a0: Rez-de-chaussée, 1392 mesures."


def test_the_same_survey_twice_is_kept_once(database: Database, tmp_path: Path) -> None:
    seed(database)
    plan, samples = lab_survey.write(tmp_path)
    for _ in range(2):
        with database.write("alice") as session:
            imported = import_survey(
                session, SITE, read_survey_files(plan, [samples]), actor="alice"
            )
    assert not imported.created
    with database.read() as session:
        assert session.exec(select(func.count()).select_from(Survey)).one() == 1
        assert session.exec(select(func.count()).select_from(SurveySample)).one() == 1392


@pytest.mark.one_database
def test_of_several_floors_one_must_be_named(database: Database, tmp_path: Path) -> None:
    seed(database)
    plan, samples = lab_survey.write(tmp_path)
    above = tmp_path / "above.json"
    above.write_text(json.dumps(lab_survey.plan() | {"floor": 1, "name": "Étage"}))
    other = tmp_path / "above.csv"
    other.write_text(samples.read_text().replace(",0,f09f", ",1,f09f"))
    with database.write("alice") as session:
        for pair in ((plan, samples), (above, other)):
            import_survey(session, SITE, read_survey_files(pair[0], [pair[1]]), actor="alice")
    with database.read() as session:
        with pytest.raises(InvalidInput, match="several floors: Bâtiment A floor 0, Bâtiment A"):
            load_survey(session, SITE)
        assert load_survey(session, SITE, floor=1).plan.name == "Étage"
        with pytest.raises(NotFound, match="no such survey"):
            load_survey(session, SITE, building="B")


def test_captures_are_samples_of_the_place_where_they_were_made(
    database: Database, tmp_path: Path
) -> None:
    seed(database)
    plan, _ = lab_survey.write(tmp_path)
    frames = [radiotap(beacon(rsn(2)), rssi_dbm=-58), *(radiotap(f) for f in client_frames())]
    capture = write_capture(tmp_path / "here.pcap", frames)
    with pytest.raises(InvalidInput, match="does not say where it was made"):
        read_survey_files(plan, [capture])
    files = read_survey_files(plan, [capture], at=(3.5, 12))
    with database.write("alice") as session:
        import_survey(session, SITE, files, actor="alice")
    with database.read() as session:
        (sample,) = load_survey(session, SITE).samples
    assert (sample.x_m, sample.y_m, sample.rssi_dbm) == (3.5, 12, -58)
    assert (sample.bssid, sample.frequency_mhz) == ("f09fc2a10010", 5180)


def test_a_capture_without_levels_is_no_sample(tmp_path: Path) -> None:
    plan, _ = lab_survey.write(tmp_path)
    capture = write_capture(tmp_path / "bare.pcap", [beacon(rsn(2))], link_type=105)
    with pytest.raises(InvalidInput, match="does not say how strongly"):
        read_survey_files(plan, [capture], at=(1, 1))


def test_silence_is_a_sample_too(tmp_path: Path) -> None:
    plan, _ = lab_survey.write(tmp_path)
    capture = write_capture(tmp_path / "a.pcap", [radiotap(frame) for frame in client_frames()])
    (sample,) = read_survey_files(plan, [capture], at=(1, 1)).samples
    assert (sample.x_m, sample.bssid, sample.rssi_dbm) == (1, None, None)


def preau(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return preau_here(Settings(data_dir=folder / "data"), *arguments)


def test_a_map_needs_no_database(tmp_path: Path) -> None:
    plan, samples = lab_survey.write(tmp_path)
    out = tmp_path / "map.png"
    with samples.open("a") as file:
        file.write("not,a,line\n")
    done = preau(
        "survey", "map", "--plan", str(plan), "--samples", str(samples), "--out", str(out),
        "--ssid", "Ecole-Eleves", "--overlay", "--json", folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 1, done.stderr  # a room is not covered
    told = json.loads(done.stdout)
    assert told["covered"] is False
    assert told["bounds_m"] == [0, 0, 48, 20]
    assert told["rejected"] == [
        {"file": "samples.csv", "line": 1394, "reason": "3 fields where the header has 9"}
    ]
    assert out.read_bytes().startswith(b"\x89PNG")
    assert not (tmp_path / "data").exists()


def test_what_is_missing_is_one_line_and_nothing_is_written(tmp_path: Path) -> None:
    plan, _ = lab_survey.write(tmp_path)
    out = tmp_path / "map.png"
    for arguments in (
        (),
        ("--plan", str(plan), "--samples", str(tmp_path / "none.csv")),
        ("--plan", str(plan), "--samples", str(plan)),
        ("--plan", str(plan), "--samples", str(plan), "--at", "here"),
    ):
        done = preau("survey", "map", *arguments, "--out", str(out), folder=tmp_path)
        assert done.returncode == 2
        assert done.stderr.startswith("preau: ")
        assert done.stderr.count("\n") == 1
    assert not out.exists()
