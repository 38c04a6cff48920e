"""Site surveys: reading their files, keeping them for a site, and getting them back."""

import base64
import hashlib
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from sqlalchemy import func, insert
from sqlmodel import Session, col, select

from api.usecases.lookup import find_site
from inventory import clock
from inventory.errors import InvalidInput, NotFound
from inventory.events import record_event
from inventory.models import Site, Survey, SurveySample
from site_surveys.captures.reader import Capture, is_capture, read_capture
from site_surveys.plan import FloorPlan, load_plan, plan_from_json, plan_to_json
from site_surveys.samples import Sample, read_samples


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A line of a file that could not be used."""

    file: str
    line: int
    reason: str

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class SurveyFiles:
    """A plan, and the samples of its floor."""

    plan: FloorPlan
    samples: tuple[Sample, ...]
    rejected: tuple[LeftOut, ...]
    file_names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ImportedSurvey:
    """What came of an import."""

    survey_id: int
    site_name: str
    created: bool
    """False: the same plan and samples were kept before."""
    samples: int
    rejected: tuple[LeftOut, ...]

    def as_json(self) -> dict[str, Any]:
        """Return it as the command line prints it."""
        return {
            "survey": self.survey_id,
            "site": self.site_name,
            "created": self.created,
            "samples": self.samples,
            "rejected": [each.as_json() for each in self.rejected],
        }


@dataclass(frozen=True, slots=True)
class KeptSurvey:
    """A survey as it was imported."""

    survey_id: int
    site_name: str
    plan: FloorPlan
    samples: tuple[Sample, ...]


def read_survey_files(
    plan_path: Path, sample_paths: Sequence[Path], *, at: tuple[float, float] | None = None
) -> SurveyFiles:
    """Return a plan and the samples of its floor.

    A capture does not say where it was made: `at` does, in metres on the plan. Samples of other
    floors are left aside; lines that cannot be read are listed. Raises InvalidInput when a file
    cannot be used, or nothing is of the plan's floor.
    """
    plan = load_plan(plan_path)
    samples: list[Sample] = []
    rejected: list[LeftOut] = []
    for path in sample_paths:
        if is_capture(path):
            if at is None:
                raise InvalidInput(
                    "a capture does not say where it was made", where=str(path), todo="add --at X,Y"
                )
            samples += samples_of_capture(read_capture(path), at=at, floor=plan.floor)
            continue
        read = read_samples(path)
        samples += [sample for sample in read.samples if sample.floor == plan.floor]
        rejected += [LeftOut(path.name, each.line, each.reason) for each in read.rejected]
    if not samples:
        raise InvalidInput(f"no sample is of the plan's floor, {plan.floor}", where=str(plan_path))
    names = (plan_path.name, *(path.name for path in sample_paths))
    return SurveyFiles(plan, tuple(samples), tuple(rejected), names)


def samples_of_capture(capture: Capture, *, at: tuple[float, float], floor: int) -> list[Sample]:
    """Return what a capture made at one place heard; networks without an RSSI are left out.

    When nothing was heard, one sample says so: somebody listened there.
    """
    heard = [
        Sample(
            x_m=at[0],
            y_m=at[1],
            floor=floor,
            bssid=each.bssid,
            ssid=each.ssid,
            channel=each.channel,
            frequency_mhz=each.frequency_mhz,
            rssi_dbm=each.rssi_dbm,
            noise_dbm=each.noise_dbm,
            at=each.first_at,
        )
        for each in capture.heard
        if each.rssi_dbm is not None
    ]
    if capture.heard and not heard:
        raise InvalidInput(
            "the capture does not say how strongly anything was heard",
            todo="capture with radiotap headers",
        )
    return heard or [Sample(*at, floor, None, None, None, None, None, None, None)]


def import_survey(
    session: Session, site_reference: str, files: SurveyFiles, *, actor: str
) -> ImportedSurvey:
    """Keep a survey for a site; the same plan and samples once only.

    Raises NotFound or InvalidInput as `find_site` does.
    """
    site = find_site(session, site_reference)
    assert site.id is not None
    document = plan_to_json(files.plan)
    sha256 = _fingerprint(document, files.samples)
    known = session.exec(
        select(Survey.id).where(Survey.site_id == site.id, Survey.sha256 == sha256)
    ).first()
    if known is not None:
        return ImportedSurvey(known, site.name, False, len(files.samples), files.rejected)
    if "drawing" in document:
        document["drawing"].pop("content_base64")
    survey = Survey(
        site_id=site.id,
        building=files.plan.building,
        floor=files.plan.floor,
        name=files.plan.name,
        plan=document,
        drawing=files.plan.drawing.content if files.plan.drawing else None,
        sha256=sha256,
        file_names=list(files.file_names),
        imported_at=clock.now(),
        imported_by=actor,
        rejected_count=len(files.rejected),
    )
    session.add(survey)
    session.flush()
    assert survey.id is not None
    # Plain rows, not objects: a walk through a school is tens of thousands of readings.
    rows = [_row(survey.id, sample) for sample in files.samples]
    session.connection().execute(insert(SurveySample), rows)
    record_event(
        session,
        "survey.imported",
        f"Relevé WiFi importé\u00a0: {files.plan.name}, {len(files.samples)} mesures.",
        site_id=site.id,
        body={"survey_id": survey.id, "samples": len(files.samples)},
    )
    return ImportedSurvey(survey.id, site.name, True, len(files.samples), files.rejected)


def load_survey(
    session: Session,
    site_reference: str,
    *,
    building: str | None = None,
    floor: int | None = None,
) -> KeptSurvey:
    """Return the newest survey of a site's floor; building and floor are needed if it has several.

    Raises NotFound when there is none, InvalidInput when several floors could be meant.
    """
    site = find_site(session, site_reference)
    places = session.exec(
        select(Survey.building, Survey.floor, func.max(Survey.id))
        .where(Survey.site_id == site.id)
        .group_by(col(Survey.building), col(Survey.floor))
    ).all()
    meant = [
        place
        for place in places
        if building in (None, place[0]) and (floor is None or floor == place[1])
    ]
    if not meant:
        raise NotFound(f"{site.name} has no such survey", todo="run: preau survey import")
    if len(meant) > 1:
        names = sorted(f"{name or 'no building'} floor {level}" for name, level, _ in meant)
        raise InvalidInput(
            f"{site.name} has surveys of several floors: {', '.join(names)}",
            todo="choose one with --building and --floor",
        )
    return keep_of_row(session, site, session.get_one(Survey, meant[0][2]))


def keep_of_row(session: Session, site: Site, survey: Survey) -> KeptSurvey:
    """Return a survey as it was imported, of its row."""
    document = survey.plan
    if survey.drawing is not None:
        content = base64.b64encode(survey.drawing).decode("ascii")
        document = document | {"drawing": document["drawing"] | {"content_base64": content}}
    assert survey.id is not None
    rows = session.exec(
        select(SurveySample)
        .where(SurveySample.survey_id == survey.id)
        .order_by(col(SurveySample.id))
    ).all()
    return KeptSurvey(
        survey_id=survey.id,
        site_name=site.name,
        plan=plan_from_json(document, where=f"survey {survey.id}"),
        samples=tuple(_sample(row, survey.floor) for row in rows),
    )


def _row(survey_id: int, sample: Sample) -> dict[str, Any]:
    values = asdict(sample)
    values.pop("floor")
    return {"survey_id": survey_id, **values}


def _sample(row: SurveySample, floor: int) -> Sample:
    return Sample(
        x_m=row.x_m,
        y_m=row.y_m,
        floor=floor,
        bssid=row.bssid,
        ssid=row.ssid,
        channel=row.channel,
        frequency_mhz=row.frequency_mhz,
        rssi_dbm=row.rssi_dbm,
        noise_dbm=row.noise_dbm,
        at=row.at,
    )


def _fingerprint(document: dict[str, Any], samples: Sequence[Sample]) -> str:
    digest = hashlib.sha256(repr(sorted(document.items())).encode())
    for sample in samples:
        digest.update(repr(sample).encode())
    return digest.hexdigest()
