"""Logs: constant event names with fields, one line each on stderr, as JSON or for people (PODLINE_LOG).

Telephone numbers are masked, secrets and bodies left out, also where a library's own message or a traceback
holds them. Libraries speak from WARNING on.
"""

import logging
import re
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import asyncpg
import structlog
from pgqueuer.domain.errors import RetryRequested
from structlog.typing import EventDict, Processor, WrappedLogger

from db.pool import AWAY
from podline.database import passwords
from podline.settings import Settings
from routing.numbers import mask

# A plus and digits, as itself or percent-encoded, spaced or not; the North American ways to write one.
NUMBER = re.compile(
    r"(?:\+|%2B)\d(?:[ .-]?\d){7,14}(?!\d)"
    r"|(?<![\w.:-])(?:1[ .-]?)?\(?[2-9]\d\d\)?[ .-]?\d{3}[ .-]?\d{4}(?![\w-])",
    re.IGNORECASE,
)
BODIES = {"body", "text", "speech", "speech_result", "message_body", "digits", "form", "params"}
CREDENTIALS = {"password", "token", "auth_token", "api_token", "secret", "authorization", "cookie", "signature"}
LEFT_OUT = BODIES | CREDENTIALS | {"headers"}
QUIET = ("twilio", "httpx", "httpcore", "hypercorn", "pgqueuer", "asyncio", "aiohttp", "quart", "_granian")


def log_as_told(settings: Settings) -> None:
    """As PODLINE_LOG says, without anything that the settings hold secret."""
    url = settings.database_url.get_secret_value() if settings.database_url else ""
    configure_logging(settings.log, (*settings.secrets, *passwords(url)))


def configure_logging(form: Literal["json", "pretty"], secrets: Iterable[str] = ()) -> None:
    """For the whole process. `secrets`: texts that must never appear, wherever they come from."""
    clean = Clean(tuple(sorted((one for one in secrets if len(one) >= 4), key=len, reverse=True)))
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        clean,
    ]
    pretty = form == "pretty"
    renderer: Processor = (
        structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty())
        if pretty
        else structlog.processors.JSONRenderer(ensure_ascii=False)
    )
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        cache_logger_on_first_use=True,
    )
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer],
        )
    )
    handler.addFilter(expected_trouble)
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.INFO)
    logging.captureWarnings(True)
    for name in QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)


@contextmanager
def logging_to(path: Path) -> Iterator[None]:
    """What a rehearsed service says meanwhile goes to the end of that file, and does not stand between what a command
    shows."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    with path.open("a", encoding="utf-8") as log:
        configure_logging("json")
        for handler in root.handlers:
            if isinstance(handler, logging.StreamHandler):
                handler.setStream(log)
        try:
            yield
        finally:
            root.handlers[:] = handlers
            root.setLevel(level)


class Clean:
    """Takes out of a log line what must not be kept."""

    def __init__(self, secrets: Sequence[str]) -> None:
        self._secrets = secrets

    def __call__(self, logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
        return {key: "…" if key.lower() in LEFT_OUT else self.cleaned(value) for key, value in event.items()}

    def cleaned(self, value: Any) -> Any:
        match value:
            case str():
                for secret in self._secrets:
                    value = value.replace(secret, "…")
                return NUMBER.sub(lambda found: mask(found[0]), value)
            case dict():
                return {key: "…" if str(key).lower() in LEFT_OUT else self.cleaned(one) for key, one in value.items()}
            case list() | tuple() | set() | frozenset():
                return [self.cleaned(one) for one in value]
            case None | bool() | int() | float():
                return value
            case _:
                return self.cleaned(str(value))


def expected_trouble(record: logging.LogRecord) -> bool:
    """A library that meets an absent database, or a job that asked to run again, is a line and no traceback."""
    if record.exc_info and record.name.partition(".")[0] in ("pgqueuer", "asyncpg"):
        error = record.exc_info[1]
        if isinstance(error, (*AWAY, asyncpg.PostgresError, RetryRequested)):
            record.msg, record.args = f"{record.getMessage().rstrip('.')}: {type(error).__name__}", ()
            record.exc_info = None
            record.levelno, record.levelname = logging.WARNING, "WARNING"
    return True
