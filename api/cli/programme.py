"""`preau programme`: plans over years, and what is told of a site's priority."""

from pathlib import Path
from typing import Annotated, Any

import typer
from sqlmodel import Session

from api.cli.context import installation, print_json
from inventory.errors import InvalidInput

app = typer.Typer(help="Plan the programme over years.", no_args_is_help=True, add_completion=False)
plan_app = typer.Typer(help="Drafts of the plan.", no_args_is_help=True)
priority_app = typer.Typer(help="What is told of a site's priority.", no_args_is_help=True)
app.add_typer(plan_app, name="plan")
app.add_typer(priority_app, name="priority")

Json = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Version = Annotated[int | None, typer.Option(help="Refuse if the plan is at another version.")]
Site = Annotated[str, typer.Argument(help="FASE pair or name of the site.")]


@plan_app.command("propose")
def propose_command(
    first_year: Annotated[int, typer.Argument(help="The first year of works.")],
    *,
    name: Annotated[str, typer.Option(help="What the draft is called.")] = "Proposition",
    years: Annotated[int, typer.Option(help="How many years.")] = 6,
    sites_per_year: Annotated[int | None, typer.Option(help="At most; else as the rules.")] = None,
    include: Annotated[
        list[str] | None,
        typer.Option(help="Statuses to plan: enrolment_requested, cadastre_validated."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Make a draft and let the optimiser place its sites."""
    from api.usecases.programme_plans import Wanted, make_plan, solve_plan
    from inventory.programme.dossier import Status

    known = set(Status)
    for each in include or ():
        if each not in known:
            raise InvalidInput(f"there is no status {each}")
    statuses = tuple(Status(each) for each in include or (Status.ENROLMENT_REQUESTED,))
    wanted = Wanted(name, first_year, years, sites_per_year, statuses)
    with installation() as here:
        with here.database.write(here.actor) as session:
            plan_id = make_plan(session, wanted, actor=here.actor).id
        assert plan_id is not None
        solve_plan(here.database, plan_id, actor=here.actor)
        _show(here.database, plan_id, as_json=as_json)


@plan_app.command("list")
def list_command(*, as_json: Json = False) -> None:
    """List the plans, newest first."""
    from api.usecases.programme_plans import list_plans

    with installation() as here, here.database.read() as session:
        plans = [each.model_dump(mode="json") for each in list_plans(session, limit=200)[0]]
    if as_json:
        print_json(plans)
        return
    for plan in plans:
        last = plan["first_year"] + plan["years"] - 1
        typer.echo(
            f"{plan['id']}  {plan['state']}  {plan['first_year']}-{last}  {plan['name']}  "
            f"version {plan['version']}"
        )


@plan_app.command("show")
def show_command(plan: int, *, as_json: Json = False) -> None:
    """Show a plan by year, lot and source, and what it breaks."""
    with installation() as here:
        _show(here.database, plan, as_json=as_json)


@plan_app.command("pin")
def pin_command(
    plan: int,
    site: Site,
    *,
    at: Annotated[str | None, typer.Option(help="Quarter, as 2027-T3; none: where it is.")] = None,
    lot: Annotated[str | None, typer.Option(help="With --at: the lot's name.")] = None,
    funding: Annotated[str | None, typer.Option(help="With --at: the source's code.")] = None,
    reason: str | None = None,
    version: Version = None,
) -> None:
    """Fix a site where it is or at another place; the optimiser never moves it again."""
    from api.usecases.programme_plan_edits import pin

    with installation() as here, here.database.write(here.actor) as session:
        edited = pin(
            session,
            plan,
            _site(session, site),
            _slot(session, at, lot, funding),
            version=version,
            reason=reason,
        )
        _edited(edited)


@plan_app.command("free")
def free_command(plan: int, site: Site, *, version: Version = None) -> None:
    """Give a pinned or excluded site back to the optimiser."""
    from api.usecases.programme_plan_edits import free

    with installation() as here, here.database.write(here.actor) as session:
        _edited(free(session, plan, _site(session, site), version=version))


@plan_app.command("exclude")
def exclude_command(
    plan: int, site: Site, *, reason: Annotated[str, typer.Option()], version: Version = None
) -> None:
    """Take a site out of a draft, with the reason."""
    from api.usecases.programme_plan_edits import exclude

    with installation() as here, here.database.write(here.actor) as session:
        _edited(exclude(session, plan, _site(session, site), reason=reason, version=version))


@plan_app.command("copy")
def copy_command(plan: int, name: str, *, as_json: Json = False) -> None:
    """Make another draft with the same pins and exclusions, solved anew."""
    from api.usecases.programme_plan_edits import copy_plan
    from api.usecases.programme_plans import solve_plan

    with installation() as here:
        with here.database.write(here.actor) as session:
            copied = copy_plan(session, plan, name, actor=here.actor).id
        assert copied is not None
        solve_plan(here.database, copied, actor=here.actor)
        _show(here.database, copied, as_json=as_json)


@plan_app.command("compare")
def compare_command(before: int, after: int, *, as_json: Json = False) -> None:
    """List the sites that two plans place differently."""
    from api.usecases.programme_plan_edits import differences

    with installation() as here, here.database.read() as session:
        found = differences(session, before, after)
    if as_json:
        print_json([
            {"site_id": each.moved.site_id, "site": each.name,
             "before": each.moved.before and str(each.moved.before.quarter),
             "after": each.moved.after and str(each.moved.after.quarter)}
            for each in found
        ])  # fmt: skip
        return
    for each in found:
        before_at, after_at = (
            str(slot.quarter) if slot else "-" for slot in (each.moved.before, each.moved.after)
        )
        typer.echo(f"{each.name}  {before_at} → {after_at}")


@plan_app.command("cost")
def cost_command(plan: int, *, as_json: Json = False) -> None:
    """Work out what each constraint of a draft costs."""
    from api.usecases.programme_prices import price_plan

    with installation() as here:
        prices = price_plan(here.database, plan, actor=here.actor).prices or []
    if as_json:
        print_json(prices)
        return
    for each in prices:
        typer.echo(
            f"{each['message']}: {each['points']} points, {each['earlier']} sites earlier, "
            f"{each['more']:+} sites"
        )


@plan_app.command("apply")
def apply_command(plan: int, *, version: Version = None, as_json: Json = False) -> None:
    """Schedule the placed sites of a draft; exit status 1 when some were not."""
    from api.usecases.programme_plan_decision import apply_plan

    with installation() as here:
        found = apply_plan(here.database, plan, actor=here.actor, version=version)
    if as_json:
        print_json([
            {"site_id": each.site_id, "scheduled": each.scheduled, "message": each.sentence}
            for each in found
        ])  # fmt: skip
    else:
        for each in found:
            if not each.scheduled:
                typer.echo(f"site {each.site_id}: {each.sentence}")
        typer.echo(f"{sum(each.scheduled for each in found)} of {len(found)} sites scheduled")
    if not all(each.scheduled for each in found):
        raise typer.Exit(1)


@plan_app.command("discard")
def discard_command(plan: int, *, version: Version = None) -> None:
    """Drop a plan that was not applied."""
    from api.usecases.programme_plan_edits import discard

    with installation() as here, here.database.write(here.actor) as session:
        discard(session, plan, version=version)
    typer.echo(f"plan {plan} discarded")


@priority_app.command("set")
def set_command(
    site: Site,
    fact: Annotated[list[str], typer.Argument(help="NAME=VALUE, as ise_class=3; repeatable.")],
) -> None:
    """Tell facts of a site; an empty value takes one back."""
    from api.usecases.site_priorities import tell_priority

    told = {}
    for each in fact:
        name, equals, value = each.partition("=")
        if not equals:
            raise InvalidInput("a fact is NAME=VALUE", where=each)
        told[name] = value
    with installation() as here, here.database.write(here.actor) as session:
        tell_priority(session, _site(session, site), told, actor=here.actor)


@priority_app.command("import")
def import_command(file: Path) -> None:
    """Tell facts of many sites from a CSV file: `site` and a column for each fact."""
    from api.usecases.site_priorities import import_priorities

    with installation() as here, here.database.write(here.actor) as session:
        count = import_priorities(session, file, actor=here.actor)
    typer.echo(f"{count} sites told")


@priority_app.command("show")
def priority_show_command(site: Site, *, as_json: Json = False) -> None:
    """Show a site's score with its parts, what is missing, and what it will cost."""
    from api.usecases.site_priorities import score_of_site

    with installation() as here, here.database.read() as session:
        shown = score_of_site(session, _site(session, site))
    if as_json:
        print_json(shown)
        return
    typer.echo(f"{shown['points']} points (at most {shown['at_most']}), {shown['cost']} EUR")
    for part in shown["parts"]:
        told = "not told" if part["told"] is None else part["told"]
        typer.echo(f"  {part['criterion']}: {part['points']} of {part['weight']} ({told})")


def _site(session: Session, text: str) -> int:
    from api.usecases.lookup import find_site

    found = find_site(session, text).id
    assert found is not None
    return found


def _slot(session: Session, at: str | None, lot: str | None, funding: str | None) -> Any:
    from api.usecases.funding import funding_named
    from api.usecases.lots import lot_named
    from api.usecases.programme_problem import read_quarter
    from inventory.programme.planning.problem import Slot

    if at is None and lot is None and funding is None:
        return None
    lot_id, source_id = lot_named(session, lot), funding_named(session, funding)
    if at is None or lot_id is None or source_id is None:
        raise InvalidInput("another place is --at, --lot and --funding together")
    return Slot(read_quarter(at), lot_id, source_id)


def _edited(edited: Any) -> None:
    typer.echo(f"version {edited.version}")
    for breach in edited.broken:
        typer.echo(f"  {breach.sentence}")


def _show(database: Any, plan_id: int, *, as_json: bool) -> None:
    from api.usecases.programme_plans import summary

    with database.read() as session:
        found = summary(session, plan_id)
        plan = found.plan.model_dump(mode="json")
    if as_json:
        print_json({
            **plan,
            "placed": found.placed, "unplaced": found.unplaced, "excluded": found.excluded,
            "pinned": found.pinned,
            "by_year": {each.year: each.sites for each in found.years},
            "by_source": {each.code: str(each.used) for each in found.sources},
            "breaches": [each.sentence for each in found.breaches],
            "provisional_years": found.provisional_years,
        })  # fmt: skip
    else:
        _print(plan, found)
    if plan["state"] == "failed":
        raise typer.Exit(1)


def _print(plan: dict[str, Any], found: Any) -> None:
    typer.echo(f"plan {plan['id']} «{plan['name']}»: {plan['state']}, version {plan['version']}")
    if plan["message"]:
        typer.echo(f"  {plan['message']}")
        return
    if plan["method"] == "greedy":
        typer.echo("  placed one by one by score: the optimiser found nothing in its time")
    elif plan["gap"] is not None:
        typer.echo(
            f"  gap {plan['gap']:.2%}, of quarters and lots {plan['lots_gap'] or 0:.2%}, "
            f"{plan['solved_in_s']} s"
        )
    typer.echo(
        f"  {found.placed} placed, {found.unplaced} not placed, {found.excluded} excluded, "
        f"{found.pinned} pinned, {found.assumed} of unknown size"
    )
    for year in found.years:
        lots = ", ".join(f"{name} {count}" for name, count in sorted(year.by_lot.items()))
        typer.echo(f"  {year.year}: {year.sites} of {year.most} sites, {year.cost} EUR  {lots}")
    for source in found.sources:
        left = "no ceiling told" if source.left is None else f"of {source.left} EUR"
        typer.echo(f"  {source.code}: {source.used} {left}, {source.sites} sites")
    for breach in found.breaches:
        typer.echo(f"  ! {breach.sentence}")
    if found.provisional_years:
        typer.echo(f"  provisional school calendars: {', '.join(found.provisional_years)}")
