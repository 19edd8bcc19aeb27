"""The log of a process that serves: one line an event on standard error, JSON for programs, text for people.

Nobody's token, package or figure is put into it; addresses stand in it without their query.
"""

from __future__ import annotations

import json
import logging
import sys
from datetime import UTC, datetime
from typing import Any

from publisher.errors import UsageError

FORMATS = ("json", "text")
LIKE_US = ("publisher", "lmis", "_granian")  # loggers; others only warn


class Json(logging.Formatter):
    """One object a line: time, level, logger, message; what was told beside; the error with its traceback."""

    def format(self, record: logging.LogRecord) -> str:
        told: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat().replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": record.getMessage(),
            **getattr(record, "about", {}),
        }
        if record.exc_info:
            told["error"] = self.formatException(record.exc_info)
        return json.dumps(told, ensure_ascii=False, default=str)


def config(form: str) -> dict[str, Any]:
    """For logging.config.dictConfig. `form`: json or text; empty: text where a person looks on."""
    if form and form not in FORMATS:
        raise UsageError(f"log_format: there is no {form!r}; write {' or '.join(FORMATS)}, or leave it out")
    form = form or ("text" if sys.stderr.isatty() else "json")
    text = {"format": "%(asctime)s %(name)s %(levelname)s %(message)s"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"ours": {"()": "publisher.logs.Json"} if form == "json" else text},
        "handlers": {"ours": {"class": "logging.StreamHandler", "formatter": "ours"}},
        "root": {"handlers": ["ours"], "level": "WARNING"},
        "loggers": {name: {"level": "INFO", "handlers": []} for name in LIKE_US},
    }


def setup(form: str) -> None:
    """Begin to write the log of this process. Raises UsageError."""
    import logging.config

    logging.config.dictConfig(config(form))
