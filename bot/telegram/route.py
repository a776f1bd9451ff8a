"""The way to the Bot API: straight, or through the proxy that a setting or the environment names."""

from __future__ import annotations

import os
import ssl
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from ipaddress import ip_address, ip_network
from urllib.parse import unquote, urlsplit

import httpx
from dotenv import dotenv_values

from bot.configuration import ENV_FILE
from bot.settings import Settings
from retrieval.errors import YuanjuError

_PORTS = {"http": 80, "https": 443, "socks5": 1080, "socks5h": 1080}
_ALIASES = {"socks": "socks5"}  # what GNOME and Clash export
_SETTING = "YUANJU_TELEGRAM_PROXY"


class ProxyError(YuanjuError):
    """What is set as a proxy cannot be one; the message names the variable, and no password."""


@dataclass(frozen=True, slots=True)
class Route:
    """How ``server``, a host with its port, is reached; ``source`` is the variable that names the proxy."""

    server: str
    proxy: httpx.Proxy | None = None
    source: str = ""

    @classmethod
    def of(cls, settings: Settings) -> Route:
        """Return the way that is set: the bot's own setting first, then the environment, then ``.env``.

        Raises ``ProxyError``.
        """
        url = urlsplit(str(settings.telegram_api_url))
        server = url.netloc.rpartition("@")[2]
        if settings.telegram_proxy and (own := settings.telegram_proxy.value.strip()):
            return cls(server, _proxy(own, _SETTING), _SETTING)
        variables = _variables({**dotenv_values(ENV_FILE, encoding="utf-8-sig"), **os.environ})
        source = next((name for name in (f"{url.scheme}_proxy", "all_proxy") if name in variables), "")
        if not source or _goes_straight(url.hostname or "", variables.get("no_proxy", "")):
            return cls(server)
        return cls(server, _proxy(variables[source], source.upper()), source.upper())

    @property
    def name(self) -> str:
        """The proxy without user and password; empty where there is none."""
        return str(self.proxy.url) if self.proxy else ""

    def __str__(self) -> str:
        return f"via {self.name} (from {self.source})" if self.proxy else "directly, as no proxy is set"

    def failure(self, error: BaseException) -> str:  # noqa: PLR0911
        """Return what an error of httpx, or of what lies beneath it, means for the operator, in a line."""
        causes = list(_causes(error))
        reason = _reason(causes)
        tls = next((cause for cause in causes if isinstance(cause, ssl.SSLError)), None)
        through = f" through the proxy {self.name}" if self.proxy else ""
        if tls:
            return f"TLS fails{through} ({tls.reason or reason}): something else may answer in its place"
        if isinstance(error, httpx.PoolTimeout):
            return "all connections are busy"
        if not self.proxy:
            return "no answer in time" if isinstance(error, httpx.TimeoutException | TimeoutError) else reason
        match error:
            case httpx.ProxyError():
                return self._refusal(str(error))
            case httpx.ConnectError():
                inside = "; in a container this is the container itself" if _is_loopback(self.proxy.url.host) else ""
                return f"the proxy {self.name} cannot be reached ({reason}){inside}"
            case httpx.ConnectTimeout():
                return f"the proxy {self.name} does not answer"
            case httpx.TimeoutException() | TimeoutError():
                return f"nothing comes back through the proxy {self.name}"
            case httpx.HTTPError():
                return f"the connection{through} fails ({reason})"
            case _:  # what reads a proxy's answers stumbles over others
                return f"the proxy {self.name} does not speak {self.proxy.url.scheme.upper()}"

    def _refusal(self, said: str) -> str:
        assert self.proxy  # noqa: S101
        if "407" in said or "username/password" in said.lower() or "Requested" in said:
            if self.proxy.auth:
                return f"the proxy {self.name} refuses the user or the password in {self.source}"
            return f"the proxy {self.name} wants a user and a password: {self.source}=scheme://user:password@host:port"
        return f"the proxy {self.name} does not lead to {self.server} ({said.rstrip('.')})"


@cache
def trusted() -> ssl.SSLContext:
    """Return the certificates that are trusted, read once: that takes longer than a request."""
    return httpx.create_ssl_context()


def _variables(environment: Mapping[str, str | None]) -> dict[str, str]:
    """Return ``http_proxy`` and the like, of which small letters win, or what Windows and macOS keep elsewhere."""
    named = sorted(name for name in environment if name.lower().endswith("_proxy") and name.lower() != _SETTING.lower())
    known = {name.lower(): (environment[name] or "").strip() for name in named}
    if not any(known.values()):
        known = {f"{scheme}_proxy": url for scheme, url in urllib.request.getproxies().items()}
    return {name: value for name, value in known.items() if value}


def _goes_straight(host: str, exceptions: str) -> bool:
    """Whether a host is this machine, or is among the exceptions as ``no_proxy`` has them: domains and networks.

    >>> [_goes_straight(host, "example.org, 10.0.0.0/8") for host in ("api.example.org", "10.1.2.3", "telegram.org")]
    [True, True, False]
    """
    if _is_loopback(host):
        return True
    for exception in filter(None, map(str.strip, exceptions.split(","))):
        try:
            if ip_address(host) in ip_network(exception, strict=False):
                return True
        except ValueError:  # one of them is a name
            domain = exception.lstrip("*.").lower()
            if exception == "*" or (domain and f".{host.lower()}".endswith(f".{domain}")):
                return True
    return False


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def _proxy(text: str, source: str) -> httpx.Proxy:
    text = text if "://" in text else f"http://{text}"
    begins = text.partition("://")[0].lower()
    scheme = _ALIASES.get(begins, begins)
    if scheme not in _PORTS:
        known = ", ".join(f"{scheme}://" for scheme in _PORTS)
        raise ProxyError(f"{source} names a proxy of an unknown kind; it must begin with one of {known}")
    try:
        parts = urlsplit(text)
        port = parts.port or _PORTS[scheme]
        host = f"[{parts.hostname}]" if ":" in (parts.hostname or "") else parts.hostname
        if not host:
            raise ValueError  # noqa: TRY301
        user, password = unquote(parts.username or ""), unquote(parts.password or "")
        return httpx.Proxy(
            f"{scheme}://{host}:{port}",
            auth=(user, password) if user or password else None,
            ssl_context=trusted() if scheme == "https" else None,
        )
    except (ValueError, httpx.InvalidURL):
        raise ProxyError(
            f"{source} is no address of a proxy; it must look like {scheme}://user:password@host:port, "
            "with /, ?, # and % in a password written as %2F, %3F, %23 and %25"
        ) from None


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        nested = error.exceptions[0] if isinstance(error, BaseExceptionGroup) else None
        error = nested or error.__cause__ or error.__context__


def _reason(causes: list[BaseException]) -> str:
    """Return what the system said, or else the first error's own words, in a line."""
    numbered = next((cause for cause in causes if isinstance(cause, OSError) and cause.errno), None)
    # asyncio puts the address in place of the reason; a name that is not found has a number of its own kind.
    system = numbered and (os.strerror(numbered.errno) if numbered.errno and numbered.errno > 0 else numbered.strerror)
    return " ".join((system or str(causes[0]) or type(causes[0]).__name__).split())
