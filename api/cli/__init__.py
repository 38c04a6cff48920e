"""The command line: parse, call one use case, format.

Each command group is a module of this package with a Typer `app`, imported only when it is called,
so that `preau --help` answers at once. Exit status: 0 done, 1 done with failures to look at, 2 not
done. Every error is one line on stderr.
"""

import importlib
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperGroup
from typer.main import get_command

if TYPE_CHECKING:
    from inventory.errors import PreauError

# name -> (the module whose `app` it is, help)
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("api.cli.serve", "Serve the pages, run the jobs and listen for traps."),
    "register": ("api.cli.register", "Import the register of schools."),
    "cadastre": ("api.cli.cadastre", "Campaigns of the cadastre and what schools answer."),
    "eligibility": ("api.cli.eligibility", "Who may take part: rule sets and their runs."),
    "dossier": ("api.cli.dossier", "Follow and move a site's dossier."),
    "contractor": ("api.cli.contractor", "Companies that build lots."),
    "lot": ("api.cli.lot", "Lots: what one contractor builds."),
    "funding": ("api.cli.funding", "Funding sources: ceilings and end dates."),
    "programme": ("api.cli.programme", "Plan the programme over years; what sites are told of."),
    "adviser": ("api.cli.adviser", "Advisers' hours by funding source, for the funds."),
    "discover": ("api.cli.discover", "Find devices: in ranges, from a switch, on one's cable."),
    "proposal": ("api.cli.proposal", "What discovery found and nobody accepted yet."),
    "observe": ("api.cli.observe", "Read one device, or a recording of one."),
    "poll": ("api.cli.poll", "Read every known device."),
    "topology": ("api.cli.topology", "Show how a site is cabled, and what is down or behind it."),
    "deploy": ("api.cli.deploy", "Plan and push configurations, and read them back."),
    "backup": ("api.cli.backup", "Kept configurations: compared, brought back, exported."),
    "survey": ("api.cli.survey", "Measure a floor's WiFi: samples, heat map, rooms covered."),
    "acceptance": ("api.cli.acceptance", "Judge an installation, follow its reserves, report."),
    "standard": ("api.cli.standard", "What configurations must and must not show."),
    "audit": ("api.cli.audit", "Run the audit or show its findings."),
    "intent": ("api.cli.intent", "Say what sites should have."),
    "zone": ("api.cli.zone", "Address spaces and the credentials used in them."),
    "device": ("api.cli.device", "Tags of devices, and what is trusted of them over SSH."),
    "jump": ("api.cli.jump", "SSH servers through which devices are reached."),
    "support": ("api.cli.support", "Who is connected, what runs, where is it: over SSH, now."),
    "series": ("api.cli.series", "Figures over time: what is kept, and cutting off what is old."),
    "traps": ("api.cli.traps", "Traps and informs: listen for them, and tell what came."),
    "webhook": ("api.cli.webhook", "Programs that are told of events."),
    "secret": ("api.cli.secret", "Keep secrets under a name."),
    "user": ("api.cli.user", "Accounts and what they may do."),
    "mail": ("api.cli.mail", "Reminders by mail: try, write, send, and what waits."),
    "retention": ("api.cli.retention", "Delete what is about people when its time is over."),
    "db": ("api.cli.db", "Make and upgrade the database."),
    "doctor": ("api.cli.doctor", "Say what is missing on this machine."),
}


class _Commands(TyperGroup):
    """Commands by name; a module is imported when its command is called, not for the list."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in COMMANDS:
            return None
        return get_command(importlib.import_module(COMMANDS[cmd_name][0]).app)

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


# Without rich's panels, whose import alone would take longer than the help.
app = typer.Typer(
    cls=_Commands, no_args_is_help=True, rich_markup_mode=None, pretty_exceptions_enable=False
)


def _show_version(asked: bool) -> None:
    if asked:
        from importlib.metadata import version

        typer.echo(f"preau {version('preau')}")
        raise typer.Exit


@app.callback()
def preau(
    config: Annotated[
        Path | None,
        typer.Option(
            help="Settings file; default: PREAU_CONFIG, ./preau.toml, /etc/preau/preau.toml."
        ),
    ] = None,
    version: Annotated[  # noqa: ARG001 - its callback does the work
        bool,
        typer.Option("--version", callback=_show_version, is_eager=True, help="Show the version."),
    ] = False,
) -> None:
    """Network inventory and WiFi deployment manager for the schools of Wallonia."""
    from api.cli import context

    context.use_settings_file(config)


def _in_english(error: "PreauError") -> str:
    """Return an error as commands say it: what pages say in four languages, in English."""
    if not error.translatable:
        return str(error)
    from api.web.language import tongue  # slow

    return error.said(tongue("en").say)


def main() -> None:
    """Run the command line; the entry point of the package."""
    from inventory.errors import PreauError

    try:
        app(prog_name="preau")
    except PreauError as error:
        typer.echo(f"preau: {_in_english(error)}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(2)
    except Exception as defect:  # the shell's last line: never status 1, "done with failures"
        traceback.print_exc()
        name = type(defect).__name__
        typer.echo(f"preau: a defect of Préau, {name}: please report the lines above", err=True)
        sys.exit(2)
