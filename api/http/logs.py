"""Structured logs: one line of JSON an event, with no words or values that a person gave.

An exception is logged as its type and where it was raised; its message may hold input.
"""

import json
import logging
import sys
import traceback
import warnings
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, TextIO

logger = logging.getLogger("rapport.warnings")

RESERVED = frozenset(vars(logging.makeLogRecord({})))


class JsonFormatter(logging.Formatter):
    """A record as JSON: time, level, event, and what was passed as `extra`."""

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": _first_line(record),
        }
        line |= {key: value for key, value in vars(record).items() if key not in RESERVED}
        if record.exc_info and record.exc_info[0]:
            line["exception"] = record.exc_info[0].__name__
            line["at"] = raised_at(record.exc_info[2])
        return json.dumps(line, default=str)


def _first_line(record: logging.LogRecord) -> str:
    """The message; what the event loop adds on lines below holds values."""
    return record.getMessage().partition("\n")[0]


def raised_at(trace: TracebackType | None) -> list[str]:
    """Where an exception came from, innermost last, without its message or any value."""
    frames = traceback.extract_tb(trace)[-8:]
    return [f"{frame.filename.rsplit('/', 1)[-1]}:{frame.lineno} {frame.name}" for frame in frames]


def configure_logging(level: str) -> None:
    """Send every logger to stderr as JSON. Called once, as the process starts."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(JsonFormatter())
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(level.upper())
    # The access log of our own names the route, not the path; SQL may hold values.
    logging.getLogger("uvicorn.access").disabled = True
    for noisy in ("sqlalchemy", "alembic", "httpx", "httpcore", "uvicorn.error"):
        logging.getLogger(noisy).setLevel(logging.WARNING)
    warnings.showwarning = _log_warning
    # A record that cannot be written is dropped: Python would print its arguments.
    logging.raiseExceptions = False


def _log_warning(
    message: Warning | str,  # noqa: ARG001 - the names are those of warnings.showwarning
    category: type[Warning],
    filename: str,
    lineno: int,
    file: TextIO | None = None,  # noqa: ARG001 - as above
    line: str | None = None,  # noqa: ARG001 - as above
) -> None:
    """A warning's kind and place; its message may hold input."""
    place = f"{Path(filename).name}:{lineno}"
    logger.warning("warning", extra={"kind": category.__name__, "at": place})
