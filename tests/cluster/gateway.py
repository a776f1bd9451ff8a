"""A gate before a cluster, as operators have one: TLS, who may come in, and requests turned away when it is told to."""

from __future__ import annotations

import ssl
from base64 import b64encode
from types import TracebackType
from typing import Self

import aiohttp
from aiohttp import web

USER, PASSWORD, API_KEY = "yuanju", "geheim und lang", "c2NobMO8c3NlbA=="


class Gateway:
    """Forwards to ``cluster`` what comes with the right credentials; ``refusals`` are answered first, in their order.

    A refusal is the path's ending that it is for, a status and a body.
    """

    def __init__(self, cluster: str, context: ssl.SSLContext | None = None) -> None:
        self.refusals: list[tuple[str, int, object]] = []
        self.headers: list[str] = []
        self._cluster = cluster
        self._context = context

    async def __aenter__(self) -> Self:
        self._session = aiohttp.ClientSession()
        application = web.Application(client_max_size=1 << 28)
        application.router.add_route("*", "/{path:.*}", self._forward)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0, ssl_context=self._context)
        await site.start()
        port = self._runner.addresses[0][1]
        self.url = f"{'https' if self._context else 'http'}://localhost:{port}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._runner.cleanup()
        await self._session.close()

    async def _forward(self, request: web.Request) -> web.Response:
        authorization = request.headers.get("Authorization", "")
        self.headers.append(authorization)
        basic = "Basic " + b64encode(f"{USER}:{PASSWORD}".encode()).decode()
        if self._context and authorization not in (basic, f"ApiKey {API_KEY}"):
            return web.Response(status=401, text="Unauthorized")
        for refusal in self.refusals:
            if request.path.endswith(refusal[0]):
                self.refusals.remove(refusal)
                return web.json_response(refusal[2], status=refusal[1])
        async with self._session.request(
            request.method,
            self._cluster + request.path_qs,
            data=await request.read(),
            headers={"Content-Type": request.headers.get("Content-Type", "application/json")},
        ) as answer:
            return web.Response(
                status=answer.status,
                body=await answer.read(),
                headers={"Content-Type": answer.headers.get("Content-Type", "application/json")},
            )
