"""`preau eligibility`: the rules, what running them would change, and running them."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import typer

from api.cli.context import installation, print_json

app = typer.Typer(
    help="Who may take part: rule sets and their runs.", no_args_is_help=True, add_completion=False
)

_Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_SHOWN = 20


@app.command("rules")
def rules_command(
    *,
    add: Annotated[
        str | None, typer.Option(help="Keep a version: a TOML file, or one of the release.")
    ] = None,
    valid_from: Annotated[
        datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="In force from.")
    ] = None,
    as_json: _Json = False,
) -> None:
    """List the rule sets, or keep one: it judges from its day on, and moves nothing by itself."""
    from api.usecases.rule_sets import find_rules, keep_rules, known_rules

    with installation() as here:
        if add is not None:
            with here.database.write(here.actor) as session:
                rules = _file(add) or find_rules(session, add)
                day = valid_from.date() if valid_from else None
                keep_rules(session, rules, actor=here.actor, valid_from=day)
        with here.database.read() as session:
            known = known_rules(session)
    if as_json:
        print_json(
            [
                {
                    "version": each.rules.version,
                    "valid_from": each.valid_from.isoformat() if each.valid_from else None,
                    "in_force": each.in_force,
                    "rules": each.rules.model_dump(mode="json"),
                }
                for each in known
            ]
        )
        return
    for each in known:
        since = f"from {each.valid_from}" if each.valid_from else "comes with the release"
        typer.echo(
            f"{'*' if each.in_force else ' '} {each.rules.version}  {since}: {each.rules.source}"
        )


@app.command("run")
def run_command(
    *,
    rules: Annotated[str | None, typer.Option(help="A version; none: those in force.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Change what is shown.")] = False,
    as_json: _Json = False,
) -> None:
    """Show what the rules would change, or change it; exit status 1 when some were refused."""
    from api.usecases.eligibility import Outcome, preview_run
    from api.usecases.eligibility_runs import apply_run
    from api.usecases.rule_sets import find_rules

    with installation() as here:
        with here.database.read() as session:
            preview = preview_run(session, find_rules(session, rules))
        counts = dict(preview.counts)
        if apply:
            run = apply_run(here.database, preview.rules, actor=here.actor, expected=preview.digest)
            counts = run.counts
    if as_json:
        print_json(
            {
                "rule_set": preview.rules.version,
                "applied": apply,
                "counts": counts,
                "changes": [_change(each) for each in preview.changes],
            }
        )
    else:
        told = ", ".join(f"{count:,} {outcome}" for outcome, count in counts.items())
        typer.echo(f"{preview.rules.version}: {told}")
        for each in preview.changes[:_SHOWN]:
            to = f" → {each.to}" if each.to else ""
            reasons = " ".join(each.eligibility.reasons)
            typer.echo(f"  {each.outcome} {each.site} (site {each.site_id}): {each.status}{to}")
            typer.echo(f"      {each.eligibility.verdict}: {reasons}")
            for sentence in each.missing:
                typer.echo(f"      {sentence}")
        if len(preview.changes) > _SHOWN:
            typer.echo(f"  … and {len(preview.changes) - _SHOWN:,} more (--json shows all)")
        if not apply and preview.changes:
            typer.echo("Nothing was changed: --apply does it.")
    if apply and counts.get(Outcome.REFUSED):
        raise typer.Exit(1)


def _change(each: Any) -> dict[str, Any]:
    return {
        "site_id": each.site_id,
        "site": each.site,
        "verdict_before": each.before.verdict if each.before else None,
        "verdict": each.eligibility.verdict,
        "from": each.status,
        "to": each.to,
        "outcome": each.outcome,
        "reasons": [str(reason) for reason in each.eligibility.reasons],
        "missing": [str(sentence) for sentence in each.missing],
    }


def _file(given: str) -> Any:
    """Return the rule set of a file; None where a version was given."""
    from inventory.errors import InvalidInput
    from inventory.programme.eligibility import read_rule_set

    if not given.endswith(".toml"):
        return None
    try:
        text = Path(given).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput(f"the file cannot be read: {error}", where=given) from error
    return read_rule_set(text, where=given)
