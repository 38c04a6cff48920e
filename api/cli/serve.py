"""`preau serve`: the pages, the jobs and the traps, each a process under one supervisor."""

import socket
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from enum import StrEnum

import typer

from api.cli.context import LOOPBACK, installation, settings_file, settings_of_command
from inventory.errors import Misconfigured
from inventory.log import configure_logging
from inventory.settings import Settings

app = typer.Typer(help="Serve the pages, run the jobs and listen for traps.", add_completion=False)


class Part(StrEnum):
    """One of the processes; traps only where the setting traps_listen says where."""

    WEB = "web"
    JOBS = "jobs"
    TRAPS = "traps"


@app.command()
def serve(
    *,
    host: str | None = typer.Option(None, help="Default: the setting web_host."),
    port: int | None = typer.Option(None, min=1, max=65535, help="Default: web_port."),
    only: Part | None = typer.Option(None, help="Run this part alone, in this process."),
    socket_fd: list[int] | None = typer.Option(None, hidden=True),
    supervised: bool = typer.Option(False, hidden=True),
) -> None:
    """Serve the pages, run the jobs and listen for traps until SIGTERM or Ctrl-C."""
    if supervised:
        from api.supervisor import die_with_supervisor

        die_with_supervisor()
    settings = settings_of_command()
    address = (host or settings.web_host, port or settings.web_port)
    if settings.demo_clock is not None and address[0] not in LOOPBACK:
        raise Misconfigured("time is moved for a demo on this machine alone", where="demo_clock")
    inherited = [socket.socket(fileno=fd) for fd in socket_fd or ()]
    if only is Part.WEB:
        _serve_web(settings, inherited[0] if inherited else _listen(*address))
    elif only is Part.JOBS:
        _run_jobs()
    elif only is Part.TRAPS:
        _listen_for_traps(inherited)
    else:
        _supervise(*address)


def _serve_web(settings: Settings, listening: socket.socket) -> None:
    from api.http.serving import serve_web
    from inventory.database import open_database

    configure_logging(settings, "web")
    database = open_database(settings)
    try:
        serve_web(settings, database, listening)
    finally:
        database.close()


def _run_jobs() -> None:
    from api.jobs.process import run_jobs

    with installation() as here:
        configure_logging(here.settings, "jobs")
        run_jobs(here.settings, here.database, here.vault)


def _listen_for_traps(inherited: Sequence[socket.socket]) -> None:
    from api.trap_process import run_traps
    from collectors.traps.sockets import bind

    with installation() as here:
        if not here.settings.traps_listen:
            raise Misconfigured(
                "there is nowhere to listen for traps",
                where="traps_listen",
                todo='set it, as traps_listen = ["0.0.0.0:162"]',
            )
        configure_logging(here.settings, "traps")
        sockets = inherited or bind(here.settings.traps_listen)
        run_traps(here.settings, here.database, here.vault, sockets)


def _supervise(host: str, port: int) -> None:
    from api.jobs.schedule import make_schedule
    from api.supervisor import Child, supervise
    from api.usecases.zones import find_zone
    from collectors.traps.sockets import bind, listen_at

    # Everything that would keep a child from starting is told here, before anything starts.
    with installation() as here:
        make_schedule(here.settings, here.database)
        places = here.settings.traps_listen
        with here.database.read() as session:
            for zone in filter(None, (listen_at(text).zone for text in places)):
                find_zone(session, zone)
    # The sockets are the supervisor's: a process that is started again loses no connection, and
    # the kernel keeps the traps that come meanwhile.
    with _listen(host, port) as listening, ExitStack() as open_sockets:
        hearing = [open_sockets.enter_context(each) for each in bind(places)]
        web = _child(Part.WEB, "--socket-fd", str(listening.fileno()))
        children = [
            Child("web", web, pass_fds=(listening.fileno(),)),
            Child("jobs", _child(Part.JOBS)),
        ]
        if hearing:
            fds = [each.fileno() for each in hearing]
            named = [word for fd in fds for word in ("--socket-fd", str(fd))]
            children.append(Child("traps", _child(Part.TRAPS, *named), pass_fds=fds))
        typer.echo(f"Préau is at http://{_shown(host)}:{port} (Ctrl-C ends it).")
        supervise(children)


def _child(part: Part, *more: str) -> list[str]:
    config = settings_file()
    named = [] if config is None else ["--config", str(config)]
    command = [
        sys.executable,
        "-P",
        "-m",
        "api.cli",
        *named,
        "serve",
        "--only",
        part,
        "--supervised",
    ]
    return [*command, *more]


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listening = socket.socket(family, kind, protocol)
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(512)
    except OSError as error:
        raise Misconfigured(
            f"cannot listen there: {error.strerror or error}",
            where=f"{_shown(host)}:{port}",
            todo="stop what uses the port, or choose another: preau serve --port 8001",
        ) from error
    return listening


def _shown(host: str) -> str:
    return f"[{host}]" if ":" in host else host
