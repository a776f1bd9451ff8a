"""The Bot API server's clock: by this machine's own, which may be wrong, every question could be long past."""

from __future__ import annotations

import logging
import time
from email.utils import parsedate_to_datetime

import httpx

logger = logging.getLogger(__name__)

_WORTH_SAYING_SECONDS = 60.0


class ServerClock:
    """Seconds since 1970, as the server counts them; until it has answered, as this machine does."""

    def __init__(self) -> None:
        self._ahead: float | None = None

    def __call__(self) -> float:
        """What the server's clock shows now."""
        return time.time() + (self._ahead or 0.0)

    async def read(self, response: httpx.Response) -> None:
        """Take the time from an answer; a hook for httpx."""
        try:
            ahead = parsedate_to_datetime(response.headers["Date"]).timestamp() - time.time()
        except (KeyError, ValueError):
            return
        if self._ahead is None and abs(ahead) > _WORTH_SAYING_SECONDS:
            logger.warning("This machine's clock is %.0f seconds off: set it, by NTP for instance", -ahead)
        self._ahead = ahead
