"""An edition of the cadastre opened, the rules of eligibility applied: every school at once."""

from typing import Any

from api.jobs.campaign_requests import ELIGIBILITY, OPENING, refuse_runner
from api.jobs.kinds import JobContext, job
from api.usecases.access import viewer_named
from api.usecases.cadastre_opening import open_edition
from api.usecases.eligibility_runs import apply_run
from api.usecases.rule_sets import find_rules, keep_rules
from api.usecases.scope import Right, sites_within
from inventory.sentences import wording

# What a page can show; the whole stands in the dossiers themselves.
_REFUSED_KEPT = 500


@job(OPENING, repeatable=True)
def run_opening(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Ask the schools that were shown for their cadastre, as whoever decided it."""
    with here.database.read() as session:
        viewer = viewer_named(session, here.actor)
    done, _ = open_edition(
        here.database,
        str(arguments["code"]),
        actor=here.actor,
        within=sites_within(viewer, Right.DECIDE_CADASTRE),
        seen={int(site_id): int(version) for site_id, version in arguments["seen"]},
        on_progress=here.tell,
    )
    refused = [each for each in done if each.refused]
    return {
        "code": arguments["code"],
        "asked": len(done) - len(refused),
        "refused": len(refused),
        "sites": [
            {
                "site_id": each.site_id,
                "site": each.site,
                "reasons": [wording(said) or {"text": said} for said in each.refused],
            }
            for each in refused[:_REFUSED_KEPT]
        ],
    }


# Half of a run is no longer what was shown: people look at what is left before it goes on.
@job(ELIGIBILITY, repeatable=False)
def run_eligibility(here: JobContext, arguments: dict[str, Any]) -> dict[str, Any]:
    """Apply the rules as they were shown, as whoever decided it; then put them in force."""
    with here.database.read() as session:
        refuse_runner(viewer_named(session, here.actor))
        rules = find_rules(session, arguments["rule_set"])
    run = apply_run(
        here.database,
        rules,
        actor=here.actor,
        expected=str(arguments["digest"]),
        on_progress=here.tell,
    )
    if arguments["adopt"]:
        with here.database.write(here.actor) as session:
            keep_rules(session, rules, actor=here.actor)
    return {"run_id": run.id, "rule_set": rules.version, "counts": dict(run.counts)}
