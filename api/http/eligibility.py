"""/api/v1/eligibility: rule sets, what running one would change, and the runs that were made."""

from collections.abc import Iterable
from datetime import date
from http import HTTPStatus
from typing import Annotated, Any, Self

from fastapi import APIRouter, Query, Response
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from api.http.answers import Answer, JobAnswer, job_address
from api.http.cursor import MAX_CURSOR_CHARACTERS, id_cursor, read_id_cursor
from api.http.dependencies import ApiViewer, Here, Reading, RowId, Speech
from api.http.needs import Needs
from api.http.problems import PROBLEM_RESPONSE
from api.jobs.campaign_requests import WantedRun, request_run
from api.usecases.eligibility import Judged, Outcome, preview_run
from api.usecases.eligibility_runs import apply_run, list_runs, outcomes_of
from api.usecases.rule_sets import KnownRules, find_rules, keep_rules, known_rules
from api.usecases.scope import Right
from api.web.language import Tongue
from inventory.models import EligibilityOutcome, EligibilityRun
from inventory.programme.eligibility import RuleSet, Verdict
from inventory.sentences import worded

router = APIRouter(
    prefix="/eligibility",
    tags=["eligibility"],
    dependencies=[Needs(Right.RUN_ELIGIBILITY, everywhere=True)],
    responses={409: PROBLEM_RESPONSE | {"description": "It is no longer what was shown."}},
)
_Version = Annotated[str | None, Query(max_length=60, pattern=r"^[^\x00]*$")]
_Limit = Annotated[int, Query(ge=1, le=200)]
_After = Annotated[str | None, Query(max_length=MAX_CURSOR_CHARACTERS)]


class RuleSetAnswer(Answer):
    """A rule set; `valid_from` is null for one that comes with the release and nobody kept."""

    version: str
    valid_from: date | None
    in_force: bool
    rules: RuleSet

    @classmethod
    def of(cls, known: KnownRules) -> Self:
        """Return the answer that tells a rule set."""
        return cls(
            version=known.rules.version,
            valid_from=known.valid_from,
            in_force=known.in_force,
            rules=known.rules,
        )


class RuleSetListAnswer(Answer):
    """Every rule set: those kept, the newest first, then those of the release."""

    rule_sets: list[RuleSetAnswer]


class RuleSetGiven(BaseModel):
    """A rule set to keep, in force from `valid_from`, or from its own day."""

    model_config = ConfigDict(extra="forbid")

    rules: RuleSet
    valid_from: date | None = None


class ChangeAnswer(Answer):
    """What the rules do to one site. `reasons` is all that was looked at."""

    site_id: int
    site: str
    verdict_before: Verdict | None
    verdict: Verdict
    from_status: str
    to_status: str | None
    outcome: Outcome
    reasons: list[str]
    missing: list[str]

    @classmethod
    def of(cls, judged: Judged, speech: Tongue) -> Self:
        """Return the answer that tells what would change."""
        return cls(
            site_id=judged.site_id,
            site=judged.site,
            verdict_before=judged.before.verdict if judged.before else None,
            verdict=judged.eligibility.verdict,
            from_status=judged.status,
            to_status=judged.to,
            outcome=judged.outcome,
            reasons=[speech.say(each) for each in judged.eligibility.reasons],
            missing=[speech.say(each) for each in judged.missing],
        )

    @classmethod
    def done(cls, row: EligibilityOutcome, site: str, speech: Tongue) -> Self:
        """Return the answer that tells what was changed."""
        return cls(
            **row.model_dump(exclude={"id", "run_id", "reasons", "missing"}),
            site=site,
            reasons=_said(row.reasons, speech),
            missing=_said(row.missing, speech),
        )


class PreviewAnswer(Answer):
    """What running the rules now would do; `digest` stands for exactly these changes."""

    rule_set: str
    digest: str
    counts: dict[str, int]
    changes: list[ChangeAnswer]
    next: str | None


class RunGiven(BaseModel):
    """Which rules to run (null: those in force), and the digest of what was shown."""

    model_config = ConfigDict(extra="forbid")

    rule_set: str | None = Field(None, max_length=60, pattern=r"^[^\x00]*$")
    digest: str | None = Field(None, pattern=r"^[0-9a-f]{64}$")


class Seen(BaseModel):
    """Which rules were shown, the digest of what they would change, and whether they judge on."""

    model_config = ConfigDict(extra="forbid")

    rule_set: str = Field(max_length=60, pattern=r"^[^\x00]*$")
    digest: str = Field(pattern=r"^[0-9a-f]{64}$")
    adopt: bool = Field(False, description="put in force after the run")


class RunAnswer(Answer):
    """The rules applied once; `counts` by outcome."""

    id: int
    at: AwareDatetime
    actor: str
    rule_set: str
    cause: str
    counts: dict[str, int]


class RunListAnswer(Answer):
    """One page of runs, newest first; `next` is null at the end."""

    runs: list[RunAnswer]
    next: str | None


class OutcomeListAnswer(Answer):
    """One page of what a run changed; `next` is null at the end."""

    outcomes: list[ChangeAnswer]
    next: str | None


@router.get("/rules")
def get_eligibility_rules(session: Reading) -> RuleSetListAnswer:
    """List the rule sets."""
    return RuleSetListAnswer(rule_sets=[RuleSetAnswer.of(each) for each in known_rules(session)])


@router.post("/rules")
def post_eligibility_rules(here: Here, viewer: ApiViewer, given: RuleSetGiven) -> RuleSetListAnswer:
    """Keep a version; nothing is moved before it is run."""
    with here.database.write(viewer.actor) as session:
        keep_rules(session, given.rules, actor=viewer.actor, valid_from=given.valid_from)
        return RuleSetListAnswer(
            rule_sets=[RuleSetAnswer.of(each) for each in known_rules(session)]
        )


@router.get("/preview")
def get_eligibility_preview(
    session: Reading,
    speech: Speech,
    *,
    rule_set: _Version = None,
    limit: _Limit = 50,
    after: _After = None,
) -> PreviewAnswer:
    """Show what running the rules now would change, page by page; writes nothing."""
    preview = preview_run(session, find_rules(session, rule_set))
    begin = read_id_cursor(after) or 0
    rest = [each for each in preview.changes if each.site_id > begin]
    more = rest[limit - 1].site_id if len(rest) > limit else None
    return PreviewAnswer(
        rule_set=preview.rules.version,
        digest=preview.digest,
        counts=dict(preview.counts),
        changes=[ChangeAnswer.of(each, speech) for each in rest[:limit]],
        next=id_cursor(more),
    )


@router.post("/runs")
def post_eligibility_run(here: Here, viewer: ApiViewer, given: RunGiven) -> RunAnswer:
    """Run the rules over every open site; with `digest` only if that is what would change."""
    with here.database.read() as session:
        rules = find_rules(session, given.rule_set)
    run: EligibilityRun = apply_run(here.database, rules, actor=viewer.actor, expected=given.digest)
    return RunAnswer.model_validate(run)


@router.post("/applications", status_code=HTTPStatus.ACCEPTED)
def post_eligibility_application(
    here: Here, viewer: ApiViewer, speech: Speech, response: Response, seen: Seen
) -> JobAnswer:
    """Run the rules in the background, as they were shown; the job tells its run."""
    wanted = WantedRun(seen.rule_set, seen.digest, adopt=seen.adopt)
    with here.database.write(viewer.actor) as session:
        answer = JobAnswer.of(request_run(session, viewer, wanted), speech)
    response.headers["Location"] = job_address(answer)
    return answer


@router.get("/runs")
def get_eligibility_runs(
    session: Reading, *, limit: _Limit = 50, after: _After = None
) -> RunListAnswer:
    """List the runs, newest first."""
    found = list_runs(session, before=read_id_cursor(after), limit=limit + 1)
    more = found[limit - 1].id if len(found) > limit else None
    return RunListAnswer(
        runs=[RunAnswer.model_validate(each) for each in found[:limit]], next=id_cursor(more)
    )


@router.get("/runs/{run_id}/outcomes")
def get_eligibility_outcomes(
    session: Reading, speech: Speech, run_id: RowId, *, limit: _Limit = 50, after: _After = None
) -> OutcomeListAnswer:
    """List what a run changed, or could not change, site by site."""
    found: list[Any] = outcomes_of(session, run_id, after=read_id_cursor(after), limit=limit + 1)
    more = found[limit - 1][0].id if len(found) > limit else None
    return OutcomeListAnswer(
        outcomes=[ChangeAnswer.done(row, site, speech) for row, site in found[:limit]],
        next=id_cursor(more),
    )


def _said(kept: Iterable[dict[str, Any] | str], speech: Tongue) -> list[str]:
    return [
        speech.say(each if isinstance(each, str) else worded(each.get("text", ""), each))
        for each in kept
    ]
