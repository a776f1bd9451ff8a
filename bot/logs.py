"""Logging for operators: records on standard error, from which secrets are taken out before they are written.

PTB, httpx and httpcore put the bot's token into records, exception texts and URLs. A filter on records
would miss the tracebacks, so it is the finished text that is cleaned.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable
from urllib.parse import quote

REDACTED = "[secret]"

# A Telegram token by its shape, for those that nobody told us of; the bot's id before the colon is public.
_TOKEN = re.compile(r"(?<!\d)(\d{3,}(?::|%3A))[\w-]{30,}")
# The password of a URL: scheme://user:password@host
_PASSWORD = re.compile(r"(://[^/\s:@]*:)[^/\s@]+(?=@)")


class RedactingFormatter(logging.Formatter):
    """Formats a record with its traceback on lines of their own, and replaces every secret by ``[secret]``.

    ``secrets`` are replaced wherever they stand, as they are or quoted for a URL; anything of the shape of a
    Telegram token and the password of a URL are replaced without being named.
    """

    def __init__(self, *, secrets: Iterable[str] = ()) -> None:
        super().__init__("%(asctime)s %(levelname)s %(name)s: %(message)s")
        spellings = {spelling for secret in secrets if secret for spelling in (secret, quote(secret, safe=""))}
        self._secrets = sorted(spellings, key=len, reverse=True)

    def format(self, record: logging.LogRecord) -> str:
        """The record as text, without secrets."""
        text = super().format(record)
        for secret in self._secrets:
            text = text.replace(secret, REDACTED)
        text = _TOKEN.sub(rf"\1{REDACTED}", text)
        return _PASSWORD.sub(rf"\1{REDACTED}", text)


def configure_logging(level: str, *, secrets: Iterable[str] = ()) -> None:
    """Send records of ``level`` (DEBUG, INFO, WARNING or ERROR) and above to standard error, without secrets.

    Replaces what was configured before. Raises ``ValueError`` for a level that does not exist.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(RedactingFormatter(secrets=secrets))
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    logging.captureWarnings(True)
    # One line a request at INFO, a poll every ten seconds: of use only to somebody who looks for it.
    chatter = logging.NOTSET if logging.getLogger().level <= logging.DEBUG else logging.WARNING
    for name in ("httpx", "httpcore"):
        logging.getLogger(name).setLevel(chatter)
