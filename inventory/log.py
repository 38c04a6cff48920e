"""Structured logs: one line an event, for a person or as JSON; no secret ever stands in one."""

import logging
import sys
from collections.abc import MutableMapping
from typing import Any, TextIO

import structlog

from inventory.settings import Settings

# Names whose value is never written, whatever it is.
SECRET_NAMES = (
    "password",
    "passphrase",
    "community",
    "secret",
    "token",
    "key",
    "authorization",
    "cookie",
)
SHOWN_NAMES = frozenset(
    {"key_id", "secret_name", "row_key", "scope_key", "remote_key", "search_key"}
)


def configure_logging(settings: Settings, process: str) -> None:
    """Send structlog's and the standard library's records to stderr in one form."""
    level = logging.getLevelNamesMapping().get(settings.log_level.upper(), logging.INFO)
    shared: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _redact,
    ]
    # A trace is shown without local variables: they may hold a password.
    rendering: list[Any] = (
        [
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(ensure_ascii=False),
        ]
        if settings.log_json
        else [
            structlog.dev.ConsoleRenderer(
                colors=sys.stderr.isatty(), exception_formatter=structlog.dev.plain_traceback
            )
        ]
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        wrapper_class=structlog.make_filtering_bound_logger(level),
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=True,
    )
    handler = _StderrHandler()
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=shared,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)
    for chatty in ("apscheduler", "alembic", "hier_config"):
        logging.getLogger(chatty).setLevel(max(level, logging.WARNING))
    # paramiko logs a trace of every failed negotiation; collectors/ssh.py tells it in one sentence.
    logging.getLogger("paramiko").setLevel(logging.CRITICAL)
    structlog.contextvars.bind_contextvars(process=process)


class _StderrHandler(logging.StreamHandler[TextIO]):
    """Writes to what stderr is when a record comes: a shell may have replaced it since."""

    def __init__(self) -> None:
        logging.Handler.__init__(self)

    @property
    def stream(self) -> TextIO:  # type: ignore[override]
        return sys.stderr


def _redact(
    _logger: Any, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    for name, value in event.items():
        if name not in SHOWN_NAMES and any(part in name.lower() for part in SECRET_NAMES):
            event[name] = "‹redacted›"
        elif isinstance(value, dict):
            event[name] = _redact(_logger, _method, dict(value))
    return event
