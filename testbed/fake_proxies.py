"""Proxies on loopback, for tests: HTTP (``CONNECT`` and absolute URLs) and SOCKS5, with or without a password or TLS.

Whatever host they are asked for, they lead to ``target``, a URL of this machine::

    async with FakeBotAPI() as api, SocksProxy(api.url, user="ann", password="secret") as proxy:
        ...  # proxy.url is socks5://ann:secret@127.0.0.1:PORT
        assert proxy.asked == ["api.telegram.org:443"]
"""

from __future__ import annotations

import asyncio
import base64
import contextlib
import ssl
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit


class Refused(Exception):  # noqa: N818
    """The proxy leads nowhere; what it has to say has been said."""


class FakeProxy:
    """A proxy. ``asked`` are the hosts and ports that it has been asked for."""

    scheme = ""

    def __init__(self, target: str, *, user: str = "", password: str = "", tls: ssl.SSLContext | None = None) -> None:
        self._target = urlsplit(target)
        self._user = user
        self._password = password
        self._tls = tls
        self._connections: set[asyncio.Task[None]] = set()
        self.asked: list[str] = []

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", 0, ssl=self._tls)
        self.address = "{}:{}".format(*self._server.sockets[0].getsockname()[:2])
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)

    @property
    def url(self) -> str:
        login = f"{quote(self._user)}:{quote(self._password, safe='')}@" if self._user else ""
        return f"{self.scheme}{'s' if self._tls else ''}://{login}{self.address}"

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(self._serve(reader, writer))
        self._connections.add(task)
        task.add_done_callback(self._connections.discard)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(Refused, OSError, asyncio.IncompleteReadError):
            try:
                first = await self._greet(reader, writer)
                assert self._target.hostname
                inner_reader, inner_writer = await asyncio.open_connection(self._target.hostname, self._target.port)
                try:
                    inner_writer.write(first)
                    async with asyncio.TaskGroup() as group:
                        group.create_task(_pump(reader, inner_writer))
                        group.create_task(_pump(inner_reader, writer))
                finally:
                    inner_writer.close()
            finally:
                writer.close()

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        """What has been read already and is for the target. Raises ``Refused``."""
        raise NotImplementedError


class HTTPProxy(FakeProxy):
    """With ``status`` it answers whatever is asked of it with a page."""

    scheme = "http"

    def __init__(self, target: str, *, status: str = "", **others: object) -> None:
        super().__init__(target, **others)  # type: ignore[arg-type]
        self._status = status

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        head = await reader.readuntil(b"\r\n\r\n")
        method, url, _ = head.split(b"\r\n")[0].decode().split(" ")
        host = url if method == "CONNECT" else urlsplit(url).netloc
        self.asked.append(host)
        login = base64.b64encode(f"{self._user}:{self._password}".encode())
        status = self._status
        if self._user and b"proxy-authorization: basic " + login.lower() not in head.lower():
            status = "407 Proxy Authentication Required"
        if status:
            page = b"<html>Welcome to our hotel</html>"
            lines = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(page)}\r\n\r\n"
            writer.write(lines.encode() + page)
            await writer.drain()
            raise Refused
        if method != "CONNECT":
            return head
        writer.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
        return b""


class SocksProxy(FakeProxy):
    """SOCKS5 (RFC 1928, RFC 1929)."""

    scheme = "socks5"

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        _, count = await reader.readexactly(2)
        methods = await reader.readexactly(count)
        wanted = 2 if self._user else 0
        if wanted not in methods:
            writer.write(b"\x05\xff")
            raise Refused
        writer.write(bytes([5, wanted]))
        if self._user:
            user, password = [await self._text(reader, skipped=skipped) for skipped in (1, 0)]
            fine = (user, password) == (self._user, self._password)
            writer.write(bytes([1, 0 if fine else 1]))
            if not fine:
                raise Refused
        _, _, _, kind = await reader.readexactly(4)
        host = await self._text(reader, skipped=0) if kind == 3 else ".".join(map(str, await reader.readexactly(4)))
        port = int.from_bytes(await reader.readexactly(2))
        self.asked.append(f"{host}:{port}")
        writer.write(b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00")
        return b""

    async def _text(self, reader: asyncio.StreamReader, *, skipped: int) -> str:
        await reader.readexactly(skipped)
        (length,) = await reader.readexactly(1)
        return (await reader.readexactly(length)).decode()


class SilentProxy(FakeProxy):
    """Takes connections and never says a word."""

    scheme = "socks5"

    async def _greet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bytes:
        while await reader.read(4096):
            pass
        raise Refused


async def _pump(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65536):
        writer.write(data)
        await writer.drain()
    writer.close()
