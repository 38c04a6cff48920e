"""`preau survey`: measure a floor's WiFi against the acceptance profile."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from api.cli.context import installation, print_json, settings_of_command
from inventory.errors import InvalidInput

if TYPE_CHECKING:
    from api.usecases.survey_maps import MapRequest, SurveyMap

app = typer.Typer(
    help="Measure a floor's WiFi against the acceptance profile.",
    no_args_is_help=True,
    add_completion=False,
)

_PlanFile = Annotated[Path | None, typer.Option("--plan", help="The floor plan, JSON.")]
_SampleFiles = Annotated[
    list[Path] | None,
    typer.Option("--samples", help="Samples as CSV, or a capture with --at; may be repeated."),
]
_Place = Annotated[
    str | None,
    typer.Option("--at", help="Where the captures were made: X,Y in metres on the plan."),
]


@app.callback()
def group() -> None:
    """Measure a floor's WiFi against the acceptance profile."""


@app.command("import")
def import_command(
    site: Annotated[str, typer.Argument(help="FASE pair, FASE number or name.")],
    *,
    plan: _PlanFile = None,
    samples: _SampleFiles = None,
    at: _Place = None,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Keep a plan with its samples as a survey of a site.

    Exit status 1 when lines were rejected; the others are kept.
    """
    from api.usecases.surveys import import_survey, read_survey_files

    if plan is None or not samples:
        raise InvalidInput("a survey needs its plan and samples", todo="give --plan and --samples")
    with installation() as here:
        files = read_survey_files(plan, samples, at=_place(at))
        with here.database.write(here.actor) as session:
            imported = import_survey(session, site, files, actor=here.actor)
    if as_json:
        print_json(imported.as_json())
    else:
        known = "" if imported.created else " (known already, nothing written)"
        typer.echo(
            f"Survey {imported.survey_id} of {imported.site_name}, {files.plan.name}:"
            f" {imported.samples:,} samples{known}."
        )
        _show_rejected(files.rejected)
    if files.rejected:
        raise typer.Exit(1)


@app.command("map")
def map_command(
    site: Annotated[
        str | None, typer.Argument(help="A site's newest survey; else --plan and --samples.")
    ] = None,
    *,
    plan: _PlanFile = None,
    samples: _SampleFiles = None,
    at: _Place = None,
    out: Annotated[Path, typer.Option("--out", help="Where to write the PNG.")] = Path("map.png"),
    building: Annotated[str | None, typer.Option(help="As the plan calls it.")] = None,
    floor: Annotated[int | None, typer.Option(help="0 is the ground floor.")] = None,
    ssid: Annotated[str | None, typer.Option(help="This network only.")] = None,
    bssid: Annotated[str | None, typer.Option(help="This BSSID only.")] = None,
    band: Annotated[str, typer.Option(help="2.4, 5 or 6 (GHz).")] = "5",
    secondary: Annotated[
        bool, typer.Option("--secondary", help="The second access point, not the strongest.")
    ] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Judge by the profile's strict level.")
    ] = False,
    overlay: Annotated[
        bool, typer.Option("--overlay", help="The transparent map alone, its bounds in --json.")
    ] = False,
    as_json: Annotated[bool, typer.Option("--json")] = False,
) -> None:
    """Draw the heat map of a floor and judge its rooms; needs no database when given files.

    Exit status 1 when a room to be covered is not, or cannot be told.
    """
    from api.usecases.survey_maps import MapRequest

    address = bssid.replace(":", "").replace("-", "").lower() if bssid else None
    request = MapRequest(band, ssid, address, secondary, strict)
    if site is not None and (plan is not None or samples):
        raise InvalidInput("give either a site or --plan and --samples, not both")
    if site is not None:
        drawn, rejected = _map_of_site(site, building, floor, request)
    elif plan is not None and samples:
        drawn, rejected = _map_of_files(plan, samples, at, request)
    else:
        raise InvalidInput("nothing to draw", todo="give a site, or --plan and --samples")
    told = drawn.as_json() | {"file": str(out), "rejected": rejected}
    if overlay:
        layer = drawn.overlay()
        _write(out, layer.png)
        told["bounds_m"] = list(layer.bounds_m)
    else:
        _write(out, drawn.page_png())
    if as_json:
        print_json(told)
    else:
        _show(told)
    if drawn.covered is not True and any(room["to_cover"] for room in told["rooms"]):
        raise typer.Exit(1)


def _map_of_site(
    site: str, building: str | None, floor: int | None, request: "MapRequest"
) -> tuple["SurveyMap", list[dict[str, Any]]]:
    from api.usecases.survey_maps import draw_map
    from api.usecases.surveys import load_survey

    with installation() as here, here.database.read() as session:
        kept = load_survey(session, site, building=building, floor=floor)
    return draw_map(kept.plan, kept.samples, request, site_name=kept.site_name), []


def _map_of_files(
    plan: Path, samples: list[Path], at: str | None, request: "MapRequest"
) -> tuple["SurveyMap", list[dict[str, Any]]]:
    from api.usecases.survey_maps import draw_map
    from api.usecases.surveys import read_survey_files

    settings_of_command()
    files = read_survey_files(plan, samples, at=_place(at))
    return draw_map(files.plan, files.samples, request), [each.as_json() for each in files.rejected]


def _place(text: str | None) -> tuple[float, float] | None:
    if text is None:
        return None
    try:
        x_m, y_m = (float(part) for part in text.split(","))
    except ValueError:
        raise InvalidInput(f"{text} is not a place", todo="write --at 3.5,12") from None
    return x_m, y_m


def _write(path: Path, content: bytes) -> None:
    try:
        path.write_bytes(content)
    except OSError as error:
        raise InvalidInput(
            f"the map cannot be written: {error.strerror}", where=str(path)
        ) from error


def _show(told: dict[str, Any]) -> None:
    error = "unknown" if told["rmse_db"] is None else f"{told['rmse_db']:.1f} dB"
    typer.echo(
        f"{told['file']}: {told['place']}, {told['layer']} access point at {told['band']} GHz,"
        f" {told['places']} places, {told['access_points']} access points, error {error}"
    )
    words = {True: "covered", False: "NOT COVERED", None: "not told"}
    for room in told["rooms"]:
        verdict = words[room["covered"]] if room["to_cover"] else "not asked for"
        typer.echo(
            f"  {room['name']:<28} {verdict:<14}"
            f" {room['share']:>6.1%} at {told['threshold_dbm']:g} dBm or more"
        )
    for each in told["rejected"]:
        typer.echo(f"  left out: {each['file']} line {each['line']}: {each['reason']}")


def _show_rejected(rejected: Any) -> None:
    for each in rejected[:10]:
        typer.echo(f"  left out: {each.file} line {each.line}: {each.reason}")
    if len(rejected) > 10:
        typer.echo(f"  … and {len(rejected) - 10:,} more")
