"""The command line: parse, call one use case, format.

Each command group is a module of this package with a Typer `app`, imported only when it is called,
so that `preau --help` answers at once. Exit status: 0 done, 1 done with failures to look at, 2 not
done. Every error is one line on stderr.
"""

import importlib
import sys
from pathlib import Path

import click

# name -> (module, attribute, help). An attribute that is a Typer app gives a group or a command.
COMMANDS: dict[str, tuple[str, str]] = {
    "serve": ("api.cli.serve", "Serve the pages and run the jobs, as two processes."),
    "register": ("api.cli.register", "Import the register of schools."),
    "dossier": ("api.cli.dossier", "Follow and move a site's dossier."),
    "discover": ("api.cli.discover", "Find the devices of an address range."),
    "observe": ("api.cli.observe", "Read one device, or a recording of one."),
    "poll": ("api.cli.poll", "Read every known device."),
    "deploy": ("api.cli.deploy", "Plan and push configurations, and read them back."),
    "audit": ("api.cli.audit", "Run the audit or show its findings."),
    "intent": ("api.cli.intent", "Say what sites should have."),
    "zone": ("api.cli.zone", "Address spaces and the credentials used in them."),
    "secret": ("api.cli.secret", "Keep secrets under a name."),
    "user": ("api.cli.user", "Accounts and what they may do."),
    "db": ("api.cli.db", "Make and upgrade the database."),
    "doctor": ("api.cli.doctor", "Say what is missing on this machine."),
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        from typer.main import get_command

        return get_command(importlib.import_module(COMMANDS[cmd_name][0]).app)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in COMMANDS.items()])


@click.group(cls=_Commands, no_args_is_help=True)
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    help="Settings file; default: PREAU_CONFIG, ./preau.toml, /etc/preau/preau.toml.",
)
@click.version_option(package_name="preau", prog_name="preau")
@click.pass_context
def preau(ctx: click.Context, config: Path | None) -> None:
    """Network inventory and WiFi deployment manager for the schools of Wallonia."""
    ctx.obj = config


def main() -> None:
    """Run the command line; the entry point of the package."""
    from inventory.errors import PreauError

    try:
        preau(prog_name="preau")
    except PreauError as error:
        click.echo(f"preau: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        sys.exit(2)
