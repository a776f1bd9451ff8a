"""Logging for operators: records on standard error, from which secrets are taken out before they are written.

Lines to read where standard error is a terminal, one JSON object a line elsewhere. PTB, httpx and httpcore put the
bot's token into records, exception texts and URLs. A filter on records would miss the tracebacks, so it is the finished
texts that are cleaned.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterable
from contextvars import ContextVar
from datetime import UTC, datetime
from urllib.parse import quote

from bot.language import visible

REDACTED = "[secret]"

# A Telegram token by its shape, for those that nobody told us of; the bot's id before the colon is public.
_TOKEN = re.compile(r"(?<!\d)(\d{3,}(?::|%3A))[\w-]{30,}")
# The password of a URL: scheme://user:password@host
_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")

update_id: ContextVar[int | None] = ContextVar("update_id", default=None)
"""The id of the update that is being dealt with: every record that is made meanwhile tells it."""


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback on lines of their own, and replaces every secret by ``[secret]``.

    The id of the update and the record's ``facts``, given as ``extra={"facts": {…}}``, stand behind the message.
    ``secrets`` are replaced wherever they stand, as they are or quoted for a URL; anything of the shape of a
    Telegram token and the password of a URL are replaced without being named.
    """

    def __init__(self, *, secrets: Iterable[str] = (), said: Callable[[str], str] = str) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        spellings = {spelling for secret in secrets if secret for spelling in (secret, quote(secret, safe=""))}
        self._secrets = sorted(spellings, key=len, reverse=True)
        self._said = said

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, without secrets."""
        return self.redacted(super().format(record))

    def formatMessage(self, record: logging.LogRecord) -> str:  # noqa: N802 - logging's name
        """The line itself, without a traceback."""
        known = "".join(f" {name}={value}" for name, value in _facts(record).items())
        # A name with the end of a line in it begins no record of its own.
        record.message = visible(self._said(record.message)).replace("\n", "\n    ")
        return super().formatMessage(record) + known

    def redacted(self, text: str) -> str:
        """The text without secrets."""
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        text = _TOKEN.sub(rf"\1{REDACTED}", text)
        return _PASSWORD.sub(rf"\1{REDACTED}", text)


class JSONFormatter(RedactingFormatter):
    """One JSON object a line: ``time`` (UTC), ``level``, ``logger``, ``message``; ``update``, facts, ``exception``."""

    def format(self, record: logging.LogRecord) -> str:
        """The record as JSON, without secrets: each text is cleaned before it is quoted."""
        fields: dict[str, object] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": visible(self.redacted(record.getMessage())),
        }
        for name, value in _facts(record).items():
            fields[name] = self.redacted(value) if isinstance(value, str) else value
        if record.exc_info:
            fields["exception"] = self.redacted(self.formatException(record.exc_info))
        if record.stack_info:
            fields["stack"] = self.redacted(record.stack_info)
        return json.dumps(fields, ensure_ascii=False)


def _facts(record: logging.LogRecord) -> dict[str, object]:
    number = update_id.get()
    return ({} if number is None else {"update": number}) | getattr(record, "facts", {})


def configure_logging(
    level: str,
    *,
    secrets: Iterable[str] = (),
    as_json: bool = False,
    with_questions: bool = False,
    said: Callable[[str], str] = str,
) -> None:
    """Send records of ``level`` (DEBUG, INFO, WARNING or ERROR) and above to standard error, without secrets.

    With ``as_json`` one JSON object a line, for programs and in English; else lines as the operator reads them, by
    ``said``. What people write is logged ``with_questions`` only. Replaces what was configured before. Raises
    ``ValueError`` for a level that does not exist.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JSONFormatter(secrets=secrets) if as_json else RedactingFormatter(secrets=secrets, said=said))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    # One line a request at INFO, a poll every ten seconds: of use only to somebody who looks for it.
    debugging = logging.getLogger().level <= logging.DEBUG
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(logging.NOTSET if debugging else logging.WARNING)
    # A node that is asked in vain is no trouble as long as another answers; if none does, the engine's error says so.
    logging.getLogger("opensearch").setLevel(logging.NOTSET if debugging else logging.ERROR)
    # At DEBUG these write down every message and every row.
    for name in ("telegram", "aiosqlite"):
        logging.getLogger(name).setLevel(logging.NOTSET if with_questions or not debugging else logging.INFO)
