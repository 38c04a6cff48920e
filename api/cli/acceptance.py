"""`preau acceptance`: judge a site by the acceptance profile, follow its reserves, report."""

from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.acceptance_reserves import app as reserve_app
from api.cli.context import installation, print_json
from api.cli.progress import progress_bars
from inventory.errors import InvalidInput

app = typer.Typer(
    help="Judge a site by the acceptance profile.", no_args_is_help=True, add_completion=False
)
app.add_typer(reserve_app, name="reserve")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Site = Annotated[str, typer.Option("--site", help="FASE pair, FASE number or name.")]
Run = Annotated[int | None, typer.Option("--run", help="Its number; by default the newest.")]
ProfileFile = Annotated[
    Path | None, typer.Option("--profile", help="Another edition of the profile, TOML.")
]


@app.command("run")
def run_command(
    *,
    site: Site,
    profile: ProfileFile = None,
    strict: Annotated[bool, typer.Option("--strict", help="The profile's strict level.")] = False,
    as_json: Json = False,
) -> None:
    """Judge a site by what was last read, surveyed and said; reads no device.

    Exit status: 0 everything is proved, 1 a check failed or nothing proves it, 2 not done.
    """
    from api.usecases.acceptance import run_acceptance
    from api.usecases.lookup import find_site

    with installation() as here, progress_bars() as progress:
        with here.database.read() as session:
            site_id = find_site(session, site).id
        assert site_id is not None
        result = run_acceptance(
            here.database,
            here.vault,
            site_id,
            actor=here.actor,
            profile_path=profile,
            strict=strict,
            on_progress=progress,
        )
    if as_json:
        print_json(result.to_json())
    else:
        counts = ", ".join(f"{count} {state}" for state, count in result.checks.items() if count)
        typer.echo(f"Acceptance run {result.run_id} of {result.site}: {result.verdict}")
        typer.echo(f"  checks: {counts}")
        typer.echo(
            f"  reserves: {result.opened} opened, {result.lifted} lifted;"
            f" open: {result.open_blocking} blocking, {result.open_minor} minor"
        )
    raise typer.Exit(0 if result.verdict == "passed" else 1)


@app.command("list")
def list_command(*, site: Site, as_json: Json = False) -> None:
    """List the runs of a site, newest first."""
    from api.usecases.acceptance_runs import list_runs, summary
    from api.usecases.lookup import find_site

    with installation() as here, here.database.read() as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        runs = [summary(run) for run in list_runs(session, site_id)]
    if as_json:
        print_json(runs)
        return
    for each in runs:
        typer.echo(
            f"{each['run']:>5}  {each['at']}  {each['verdict']:<10}"
            f"  {each['open_blocking']} blocking, {each['open_minor']} minor"
            f"  profile {each['profile']} {each['level']}  {each['actor']}"
        )
    typer.echo(f"{len(runs)} runs")


@app.command("show")
def show_command(*, site: Site, run: Run = None, as_json: Json = False) -> None:
    """Show what came of every check of a run, and its reserves; --json prints the frozen record."""
    from api.usecases.acceptance_runs import run_of_site, summary
    from api.usecases.lookup import find_site

    with installation() as here, here.database.read() as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        found = run_of_site(session, site_id, run)
        told, record = summary(found), found.record
    if as_json:
        print_json({**told, "record": record})
        return
    typer.echo(f"Run {told['run']} of {record['site']['name']}, {told['at']}: {told['verdict']}")
    for check in record["checks"]:
        typer.echo(f"  {check['state']:<15} {check['title']} ({check['limit']})")
        for result in check["results"]:
            if result["state"] in ("failed", "not_proved", "waived"):
                subject = f"{result['subject']}: " if result["subject"] else ""
                typer.echo(f"      {subject}{result['found']}")
    for reserve in record["reserves"]:
        state = "lifted" if reserve["lifted_at"] else reserve["severity"]
        typer.echo(f"  reserve {reserve['number']:>3}  {state:<9} {reserve['message']}")
    typer.echo(f"  SHA-256 of the record: {told['sha256']}")


@app.command("report")
def report_command(
    *,
    site: Site,
    run: Run = None,
    out: Annotated[Path, typer.Option("--out", help="Where to write the PDF.")] = Path(
        "recette.pdf"
    ),
    as_json: Json = False,
) -> None:
    """Write the rapport de recette of a run as PDF/A; the same run gives the same bytes."""
    import hashlib

    from api.usecases.acceptance_report import report_pdf
    from api.usecases.acceptance_runs import run_of_site
    from api.usecases.lookup import find_site

    with installation() as here, here.database.read() as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        found = run_of_site(session, site_id, run)
        pdf = report_pdf(session, found)
    try:
        out.write_bytes(pdf)
    except OSError as error:
        raise InvalidInput(
            f"the report cannot be written: {error.strerror}", where=str(out)
        ) from error
    sha256 = hashlib.sha256(pdf).hexdigest()
    if as_json:
        print_json({"run": found.id, "file": str(out), "bytes": len(pdf), "sha256": sha256})
    else:
        typer.echo(f"{out}: report of run {found.id}, {len(pdf):,} bytes, SHA-256 {sha256}")


@app.command("attest")
def attest_command(
    check: Annotated[str, typer.Argument(help="A check that a person can prove.")],
    *,
    site: Site,
    passed: Annotated[bool, typer.Option("--passed/--failed", help="What came of it.")],
    note: Annotated[str, typer.Option("--note", help="What was tried and seen, for the report.")],
    evidence: Annotated[
        Path | None, typer.Option("--evidence", help="A document; its hash is kept.")
    ] = None,
    profile: ProfileFile = None,
) -> None:
    """Say what came of a check that no machine can prove; the next run counts it."""
    from api.usecases.acceptance_runs import say_word
    from api.usecases.dossier_state import read_evidence
    from api.usecases.lookup import find_site
    from inventory.programme.dossier import EvidenceKind
    from site_surveys.profile import load_profile

    edition = load_profile(profile)
    document = read_evidence(evidence, EvidenceKind.ACCEPTANCE_REPORT) if evidence else None
    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        say_word(
            session,
            site_id,
            check,
            passed=passed,
            note=note,
            evidence=document,
            actor=here.actor,
            profile=edition,
        )
    typer.echo(f"{check}: {'passed' if passed else 'failed'}, as you say; run the acceptance anew.")


@app.command("order")
def order_command(
    order: Annotated[Path, typer.Argument(help="CSV: serial,role and where known name,model.")],
    *,
    site: Site,
) -> None:
    """Keep what was ordered and delivered for a site, by serial, in the place of what was kept."""
    from api.usecases.acceptance_runs import keep_order, read_order
    from api.usecases.lookup import find_site

    lines = read_order(order)
    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        kept = keep_order(session, site_id, lines)
    typer.echo(f"{kept} devices are ordered for {site}.")


@app.command("advance")
def advance_command(
    status: Annotated[str, typer.Argument(help="acceptance_testing, reserves_open …")],
    *,
    site: Site,
    role: Annotated[str, typer.Option(help="In which role you act, as contract_officer.")],
    run: Run = None,
    evidence: Annotated[
        list[str] | None, typer.Option(help="A signed document, as KIND=FILE. Repeatable.")
    ] = None,
) -> None:
    """Move the site's dossier on what a run proved, or say all that is missing (exit status 2)."""
    from api.usecases.acceptance_dossier import MOVES, move_after_run
    from api.usecases.dossier_state import read_evidence
    from api.usecases.lookup import find_site
    from inventory.programme.dossier import EvidenceKind, Role, Status

    if status not in MOVES or role not in set(Role):
        known = f"{', '.join(MOVES)}; {', '.join(Role)}"
        raise InvalidInput(f"there is no such move or role: {status}, {role}", todo=known)
    documents = []
    for each in evidence or ():
        kind, _, path = each.partition("=")
        if kind not in set(EvidenceKind) or not path:
            raise InvalidInput(f"{each} is no KIND=FILE", todo=", ".join(EvidenceKind))
        documents.append(read_evidence(Path(path), EvidenceKind(kind)))
    with installation() as here, here.database.write(here.actor) as session:
        site_id = find_site(session, site).id
        assert site_id is not None
        step = move_after_run(
            session,
            site_id,
            Status(status),
            actor=here.actor,
            role=Role(role),
            run_id=run,
            evidence=documents,
        )
        moved = f"{step.from_status} → {step.to_status}"
    typer.echo(f"{site}: {moved}")


@app.command("profile")
def profile_command(
    *,
    profile: ProfileFile = None,
    strict: Annotated[bool, typer.Option("--strict")] = False,
    as_json: Json = False,
) -> None:
    """List the checks of the profile: what each asks for, who proves it, what it opens."""
    from site_surveys.profile import load_profile

    edition = load_profile(profile, strict=strict)
    listed: list[dict[str, Any]] = [
        {
            "id": check.id,
            "title": check.title,
            "limit": edition.limit_text(check),
            "proof": list(check.proof),
            "severity": check.severity,
            "unproved": check.unproved,
            "source": check.source,
        }
        for check in edition.checks
    ]
    if as_json:
        print_json({"version": edition.version, "level": edition.level, "checks": listed})
        return
    typer.echo(f"Profile {edition.version}, {edition.level}")
    for check in listed:
        typer.echo(f"  {check['id']:<26} {check['severity']:<9} {check['title']}")
        typer.echo(f"      {check['limit']}; proved by {', '.join(check['proof'])}")
