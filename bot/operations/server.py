"""The bot's own small HTTP server: health for supervisors, metrics for Prometheus, and routes that others add."""

from __future__ import annotations

import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, Self
from urllib.parse import urlsplit

from aiohttp import web
from aiohttp.http_exceptions import HttpProcessingError
from prometheus_client.aiohttp import make_aiohttp_handler

from retrieval.errors import YuanjuError

logger = logging.getLogger(__name__)

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Trouble = Callable[[], str | None]
"""Says what is wrong, in a line without secrets; ``None`` when nothing is."""

HEADER_SECONDS = 10.0
"""How long a client may take for the headers of a request, and a connection stay open without one."""
_STOP_SECONDS = 2.0
REFUSALS_SECONDS = 60.0
"""What is refused is said in one line in so many seconds, with how often."""


class ListenError(YuanjuError):
    """The address in YUANJU_LISTEN cannot be listened on; the message says why and what to do."""


class Refusals:
    """Counts what is refused between two lines in the log."""

    def __init__(self) -> None:
        self._count = 0
        self._due = 0.0

    def note(self) -> int:
        """Note another one; return how many are to be logged now, 0 where it is too early."""
        self._count += 1
        if (now := time.monotonic()) < self._due:
            return 0
        count, self._count, self._due = self._count, 0, now + REFUSALS_SECONDS
        return count


class _Requests(logging.LoggerAdapter[logging.Logger]):
    """aiohttp's log, in which whoever sends no HTTP would write a traceback each time."""

    def __init__(self) -> None:
        super().__init__(logger)
        self._refusals = Refusals()

    def log(self, level: int, msg: object, *args: object, **kwargs: Any) -> None:
        if not isinstance(kwargs.get("exc_info"), HttpProcessingError | ValueError):
            super().log(level, msg, *args, **kwargs)
        elif count := self._refusals.note():
            super().log(logging.WARNING, "%d requests were refused: they are no HTTP", count)


class Web:
    """Listens where ``listen`` says, ``host:port``, while its context is entered.

    ``GET /healthz`` and ``/readyz`` answer 200, or 503 with the line that ``health`` or ``readiness`` gives; what
    ``warning`` says stands behind the ``ok``, for whoever wants to show it in yellow;
    ``/metrics`` is what Prometheus collects. What goes wrong in a route is a plain status 500 to the client and a
    traceback in the log.
    """

    def __init__(
        self,
        listen: str,
        *,
        health: Trouble,
        readiness: Trouble,
        warning: Callable[[], str] = str,
        header_seconds: float = HEADER_SECONDS,
    ) -> None:
        self._listen = listen
        self._routes: dict[str, Handler] = {}
        application = web.Application(middlewares=[_shielded])
        application.router.add_get("/healthz", _verdict_of(health, warning))
        application.router.add_get("/readyz", _verdict_of(readiness, warning))
        application.router.add_get("/metrics", make_aiohttp_handler())
        application.router.add_route("*", "/{path:.*}", self._other)
        # No access log: it would hold the addresses of whoever looks in, and paths that may be secret.
        self._runner = web.AppRunner(
            application,
            access_log=None,
            logger=_Requests(),
            shutdown_timeout=_STOP_SECONDS,
            keepalive_timeout=header_seconds,
        )

    def add_route(self, path: str, handler: Handler) -> None:
        """Register ``handler`` for what is posted to ``path`` (``/telegram``), from now on; also while it listens."""
        self._routes[path] = handler

    def remove_route(self, path: str) -> None:
        """Answer 404 to what is posted to ``path`` from now on."""
        self._routes.pop(path, None)

    @property
    def port(self) -> int:
        """The port it listens on; of use where ``listen`` leaves the choice to the system with port 0."""
        return int(self._runner.addresses[0][1])

    async def __aenter__(self) -> Self:
        """Begin to listen. Raises ``ListenError`` where that is not possible."""
        address = urlsplit(f"//{self._listen}")
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, address.hostname, address.port).start()
        except OSError as error:
            await self._runner.cleanup()
            raise ListenError(
                f"YUANJU_LISTEN={self._listen} cannot be listened on ({error.strerror}): choose another port or address"
            ) from None
        logger.info("Health and metrics are at http://%s/healthz, /readyz and /metrics", self._listen)
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._runner.cleanup()

    async def _other(self, request: web.Request) -> web.StreamResponse:
        handler = self._routes.get(request.path)
        if handler is None or request.method != "POST":
            raise web.HTTPNotFound
        return await handler(request)


def _verdict_of(trouble: Trouble, warning: Callable[[], str]) -> Handler:
    async def verdict(_: web.Request) -> web.Response:
        wrong = trouble()
        fine = f"ok, but: {but}" if (but := warning()) else "ok"
        return web.Response(text=f"{wrong or fine}\n", status=503 if wrong else 200)

    return verdict


@web.middleware
async def _shielded(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Nobody outside gets to see a traceback, not even with asyncio's debug mode on."""
    try:
        return await handler(request)
    except web.HTTPException:
        raise
    except Exception:
        logger.exception("A request could not be answered")
        return web.Response(text="Internal Server Error\n", status=500)
