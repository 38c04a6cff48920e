"""The acceptance of a site: judged by the profile, frozen as a run, reserves opened and lifted.

Its import takes most of a second (scipy, matplotlib): import it where a run is asked for.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from sqlmodel import Session

from api.usecases.acceptance_evidence import SiteEvidence, gather
from api.usecases.acceptance_record import digest, maps_json, record_json, site_json
from api.usecases.progress import Counter, Progress, quiet
from api.usecases.reserves import settle
from api.usecases.site_detail import implantations
from api.usecases.survey_maps import MapRequest, SurveyMap, draw_map
from api.usecases.surveys import KeptSurvey
from inventory import clock
from inventory.database import Database
from inventory.errors import InvalidInput, NotFound
from inventory.events import record_event
from inventory.leases import lease
from inventory.models import AcceptanceMap, AcceptanceRun, ReserveSeverity, Site
from inventory.secrets import Vault
from inventory.sentences import Sentence
from site_surveys.acceptance.evidence import Evidence, FloorEvidence
from site_surveys.acceptance.judgement import judge_site
from site_surveys.acceptance.outcome import State
from site_surveys.acceptance.radio import BAND
from site_surveys.plan import FloorPlan
from site_surveys.profile import AcceptanceProfile, load_profile

_LEASE_S = 900.0


@dataclass(frozen=True, slots=True)
class RunResult:
    """What one run came to; `checks` counts them by state, reserves are those open after it."""

    run_id: int
    site: str
    verdict: str
    sha256: str
    checks: dict[str, int]
    opened: int
    lifted: int
    open_blocking: int
    open_minor: int

    def to_json(self) -> dict[str, Any]:
        """Return the figures as JSON."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True, slots=True)
class _Drawn:
    floors: tuple[FloorEvidence, ...]
    pictures: dict[int, bytes]


def run_acceptance(
    database: Database,
    vault: Vault,
    site_id: int,
    *,
    actor: str,
    profile_path: Path | None = None,
    strict: bool = False,
    on_progress: Progress = quiet,
) -> RunResult:
    """Judge a site by the acceptance profile and keep the run with what it rests on.

    Reads no device: what was last read of each counts, where it is recent enough. Raises NotFound
    for an unknown site, InvalidInput for a profile that cannot be used, Conflict while another run
    judges the same site.
    """
    profile = load_profile(profile_path, strict=strict)
    with lease(
        database, f"acceptance:{site_id}", holder=actor, purpose="acceptance", ttl_s=_LEASE_S
    ):
        with database.read() as session:
            site = session.get(Site, site_id)
            if site is None:
                raise NotFound(f"there is no site {site_id}")
            known = gather(session, vault, site, profile, clock.now())
            whose = site_json(known, implantations(session, site_id))
        drawn = _draw(known, profile, on_progress)
        evidence = Evidence(
            now=known.now,
            devices=known.devices,
            floors=drawn.floors,
            ordered=known.ordered,
            serials_expected=known.serials_expected,
            words=known.words,
            documents=known.documents,
        )
        outcomes = judge_site(profile, evidence)
        with database.write(actor) as session:
            run = AcceptanceRun(
                site_id=site_id,
                at=known.now,
                actor=actor,
                profile_version=profile.version,
                level=profile.level,
                verdict="",
                record={},
                inputs_sha256="",
                sha256="",
            )
            session.add(run)
            session.flush()
            assert run.id is not None
            reserves = settle(session, run, outcomes, profile)
            hashes = _keep_maps(session, run.id, drawn.pictures)
            record = record_json(
                known,
                profile,
                outcomes,
                site=whose,
                maps=maps_json(drawn.floors, hashes),
                reserves=reserves,
                actor=actor,
            )
            run.record = record
            run.verdict = record["verdict"]
            run.inputs_sha256 = record["inputs_sha256"]
            run.sha256 = digest(record)
            session.add(run)
            still_open = [each for each in reserves if each.lifted_at is None]
            blocking = sum(each.severity is ReserveSeverity.BLOCKING for each in still_open)
            result = RunResult(
                run_id=run.id,
                site=known.site.name,
                verdict=run.verdict,
                sha256=run.sha256,
                checks={
                    state.value: sum(each.state is state for each in outcomes) for state in State
                },
                opened=sum(each.opened_by_run_id == run.id for each in reserves),
                lifted=sum(each.lifted_by_run_id == run.id for each in reserves),
                open_blocking=blocking,
                open_minor=len(still_open) - blocking,
            )
            _tell(session, site_id, result)
    return result


def _draw(known: SiteEvidence, profile: AcceptanceProfile, on_progress: Progress) -> _Drawn:
    progress = Counter(on_progress, "maps drawn", len(known.surveys))
    floors, pictures = [], {}
    for kept, sha256 in known.surveys:
        primary, reason = _map(kept, known.site.name, profile, secondary=False)
        secondary, _ = _map(kept, known.site.name, profile, secondary=True)
        floors.append(
            FloorEvidence(
                survey_id=kept.survey_id,
                sha256=sha256,
                place=_place(kept.plan, [each.plan for each, _ in known.surveys]),
                plan=kept.plan,
                samples=kept.samples,
                primary=primary.radio_map if primary is not None else None,
                secondary=secondary.radio_map if secondary is not None else None,
                no_map=reason,
            )
        )
        if primary is not None:
            pictures[kept.survey_id] = primary.page_png()
        progress.one_more()
    return _Drawn(tuple(floors), pictures)


def _place(plan: FloorPlan, among: Sequence[FloorPlan]) -> str:
    """Return what a floor is called; its level too where another one is called the same."""

    def called(each: FloorPlan) -> str:
        return " – ".join(part for part in (each.building, each.name) if part)

    alike = sum(called(each) == called(plan) for each in among)
    return f"{called(plan)}, niveau {plan.floor}" if alike > 1 else called(plan)


def _map(
    kept: KeptSurvey, site_name: str, profile: AcceptanceProfile, *, secondary: bool
) -> tuple[SurveyMap | None, str | None]:
    request = MapRequest(band=BAND, secondary=secondary)
    try:
        return (
            draw_map(kept.plan, kept.samples, request, site_name=site_name, profile=profile),
            None,
        )
    except InvalidInput:
        which = "une deuxième borne" if secondary else "une borne"
        return None, f"trop peu de points où {which} a été entendue à {BAND}\u00a0GHz"


def _keep_maps(session: Session, run_id: int, pictures: dict[int, bytes]) -> dict[int, str]:
    hashes = {survey_id: hashlib.sha256(png).hexdigest() for survey_id, png in pictures.items()}
    session.add_all(
        AcceptanceMap(run_id=run_id, survey_id=survey_id, sha256=hashes[survey_id], png=png)
        for survey_id, png in pictures.items()
    )
    return hashes


def _tell(session: Session, site_id: int, result: RunResult) -> None:
    record_event(
        session,
        "acceptance.run",
        Sentence(
            "Recette n° %(run)s\u00a0: %(failed)s contrôles non réussis, %(blocking)s réserves"
            " bloquantes et %(minor)s mineures ouvertes",
            run=result.run_id,
            failed=result.checks["failed"],
            blocking=result.open_blocking,
            minor=result.open_minor,
        ),
        site_id=site_id,
        body={"run_id": result.run_id, "verdict": result.verdict},
    )
