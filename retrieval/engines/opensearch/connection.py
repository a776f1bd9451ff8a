"""The way to a cluster: the official client, with who asks, whom to trust, and errors in plain words."""

from __future__ import annotations

import asyncio
import ssl
import time
from collections.abc import Callable, Coroutine, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import opensearchpy
from opensearchpy.helpers.errors import BulkIndexError, ScanError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

from retrieval.errors import EngineError

SECONDS = 5
"""How long a question may take in all."""
HEDGE_SECONDS = 2
"""When other copies are asked beside the one that has not answered."""
HEDGED = 8
"""Requests that may be hedged at once: a cluster that is slow because of its load gets no more of it."""
GROUPS = 4
_BRIEF_SECONDS = 0.5
AVOIDED_SECONDS = 30
"""For how long a node that stood still is asked last."""
PATIENCE = 60
"""How long it may take for a change."""
OPENING = 30
"""How long a shard may take to be opened, in seconds."""
RETRIES = 3
CONNECTIONS = 32


@dataclass(frozen=True, slots=True)
class Credentials:
    """Who asks: a user with a password, or an API key, or what AWS's own tools find, for a region. Never shown."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    api_key: str | None = field(default=None, repr=False)
    aws_region: str | None = None

    @classmethod
    def of(cls, text: str, *, aws_region: str | None = None) -> Credentials:
        """Return those of ``user:password`` or of an API key, which has no colon; a password may have some.

        >>> Credentials.of("ann:a:b").user, Credentials.of("ann:a:b").password, Credentials.of("a2V5").api_key
        ('ann', 'a:b', 'a2V5')
        """
        user, colon, password = text.partition(":")
        if colon:
            return cls(user=user, password=password, aws_region=aws_region)
        return cls(api_key=text or None, aws_region=aws_region)


@dataclass(frozen=True, slots=True)
class Connection:
    """Where a cluster is: the URLs of some of its nodes, of which any that answers will do.

    ``authority`` is a file with the certificates to trust in place of the system's; ``verify`` tells whether the
    nodes' certificates are checked at all.
    """

    urls: tuple[str, ...]
    credentials: Credentials = Credentials()
    authority: Path | None = None
    verify: bool = True

    @property
    def place(self) -> str:
        """The addresses, as they may be shown."""
        return ", ".join(self.urls)

    def client(self) -> opensearchpy.AsyncOpenSearch:
        """Return the official client.

        Raises ``EngineError`` if the certificates or AWS's tools are not there.
        """
        return opensearchpy.AsyncOpenSearch(
            list(self.urls),
            transport_class=_Transport,
            http_auth=self._authentication(),
            headers=self._headers(),
            ssl_context=self._tls() if any(urlsplit(url).scheme == "https" for url in self.urls) else None,
            timeout=PATIENCE,
            max_retries=RETRIES,
            retry_on_timeout=True,
            maxsize=CONNECTIONS,
            # Only this class of the client's takes a signer.
            connection_class=opensearchpy.AsyncHttpConnection if self.credentials.aws_region else None,
        )

    def _authentication(self) -> Any:
        known = self.credentials
        if known.aws_region:
            try:
                from botocore.session import Session
            except ImportError as error:
                raise EngineError(self.place, "signing for AWS needs botocore: pip install botocore") from error
            found = Session().get_credentials()
            if found is None:
                raise EngineError(self.place, "no AWS credentials in the environment, a profile or the instance's role")
            return opensearchpy.AWSV4SignerAsyncAuth(found, known.aws_region)
        return (known.user, known.password or "") if known.user else None

    def _headers(self) -> dict[str, str] | None:
        return {"Authorization": f"ApiKey {self.credentials.api_key}"} if self.credentials.api_key else None

    def _tls(self) -> ssl.SSLContext:
        try:
            context = ssl.create_default_context(cafile=self.authority)
        except OSError as error:
            raise EngineError(self.place, f"the certificates in {self.authority} cannot be read ({error})") from error
        if not self.verify:
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context

    @contextmanager
    def plainly(self) -> Iterator[None]:
        """Turn the client's errors into ``EngineError``."""
        try:
            yield
        except (opensearchpy.OpenSearchException, BulkIndexError, ScanError) as error:
            away = isinstance(error, opensearchpy.ConnectionError) and not isinstance(error, opensearchpy.SSLError)
            raise EngineError(self.place, _reason(error), passing=away) from error


class _Transport(opensearchpy.AsyncTransport):
    """The client's own, which waits for a shard that is just being opened, and for no node that stands still.

    Nodes learn of a change of the cluster one after another: what the first one has opened, another refuses for some
    milliseconds still, and the client asks all of them again without a pause.

    A node that stands still keeps its connections, and the others ask it for its shards: what is part of a question,
    which its ``request_timeout`` tells, is asked anew after a while, by each half of several ways to leave nodes out
    (https://research.google/pubs/the-tail-at-scale/). What answers first counts.
    """

    _hedged = 0
    _avoiding = ("", 0.0)

    async def perform_request(
        self, method: str, url: str, params: Mapping[str, Any] | None = None, *args: Any, **options: Any
    ) -> Any:
        """See ``opensearchpy.AsyncTransport``."""
        ask = partial(self._ask, method, url, args, options)
        if not params or params.get("request_timeout") != SECONDS:
            return await ask(params)
        preference, until = self._avoiding
        if until > time.monotonic():
            params = _preferring(url, params, preference)
        first = asyncio.create_task(ask(params))
        try:
            done, _ = await asyncio.wait({first}, timeout=HEDGE_SECONDS)
            if done or self._hedged >= HEDGED:
                return await first
            self._hedged += 1
            try:
                return await self._first(first, ask, url, params)
            finally:
                self._hedged -= 1
        finally:
            first.cancel()

    async def _ask(
        self, method: str, url: str, args: Any, options: Mapping[str, Any], params: Mapping[str, Any] | None
    ) -> Any:
        again = AsyncRetrying(
            retry=retry_if_exception(_opening),
            wait=wait_random_exponential(0.05, max=1),
            stop=stop_after_delay(OPENING),
            reraise=True,
        )

        async def once() -> Any:
            own = dict(params) if params else params  # the client takes out of them what is its own
            return await super(_Transport, self).perform_request(method, url, own, *args, **options)

        return await again(once)

    async def _first(
        self,
        first: asyncio.Task[Any],
        ask: Callable[[Mapping[str, Any]], Coroutine[Any, Any, Any]],
        url: str,
        params: Mapping[str, Any],
    ) -> Any:
        """Return what comes first: the answer that is waited for, or one to the same of other nodes."""
        ways = await self._ways()
        # The nodes are asked in turns: once more in another order, so that each way goes by two of them.
        tasks = {asyncio.create_task(ask(_preferring(url, params, way))): way for way in (*ways, *ways[1:], *ways[:1])}
        waiting: set[asyncio.Task[Any]] = {first, *tasks}
        try:
            while True:
                done, waiting = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
                for task in done:
                    if task.exception() is None:
                        if way := tasks.get(task):
                            self._avoiding = (way, time.monotonic() + AVOIDED_SECONDS)
                        return task.result()
                if not waiting:
                    return first.result()
        finally:
            for task in waiting:
                task.cancel()
            await asyncio.gather(*waiting, return_exceptions=True)

    async def _ways(self) -> list[str]:
        """Return ways to leave some nodes out: in each, the others are preferred. An empty one is to ask any."""
        nodes: list[str] = []
        with suppress(opensearchpy.OpenSearchException):  # whoever asks may not be allowed to know
            # One that stands still is noticed by this, and asked last by the client from then on.
            told = await self._ask(
                "GET", "/_cluster/state/nodes", (), {}, {"local": "true", "request_timeout": _BRIEF_SECONDS}
            )
            nodes = sorted(told["nodes"])
        groups = [nodes[number::GROUPS] for number in range(min(GROUPS, len(nodes)))]
        ways = [",".join(node for node in nodes if node not in group) for group in groups]
        return [way for way in ways if way] or [""]


def _preferring(url: str, params: Mapping[str, Any], nodes: str) -> Mapping[str, Any]:
    """Return the parameters of a request that is to be answered by certain nodes, as far as they can."""
    if url.endswith(("/_search", "/_mtermvectors")):
        return {**params, "preference": f"_prefer_nodes:{nodes}"} if nodes else params
    return params  # what each node knows of the cluster itself


def _opening(error: BaseException) -> bool:
    return isinstance(error, opensearchpy.TransportError) and error.error == "no_shard_available_action_exception"


def _reason(error: Exception) -> str:
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate is not trusted; name the authority's file with YUANJU_ENGINE_AUTHORITY"
    match error:
        case BulkIndexError():
            said = _refusal([_cause(item) for item in error.errors])
        case opensearchpy.ConnectionTimeout():
            said = "no answer in time; is the cluster overloaded?"
        case opensearchpy.ConnectionError():
            said = "cannot be reached; does it run, and is YUANJU_ENGINE right?"
        case opensearchpy.AuthenticationException():
            said = "does not know who asks; set YUANJU_ENGINE_CREDENTIALS or YUANJU_ENGINE_AWS_REGION"
        case opensearchpy.TransportError():
            said = _refusal([_detail(error)])
        case _:
            said = f"gave an answer that cannot be used ({error})"
    return said


def _refusal(causes: Sequence[str]) -> str:
    """Return why something was refused, from what the cluster says."""
    said = next(iter(causes), "")
    if "disk usage exceeded" in said or "read-only" in said:
        return f"takes no changes, since its disks are full; make room, the last index goes on answering ({said})"
    if "cluster_block" in said or "blocked" in said:
        return f"takes no changes ({said})"
    if "rejected_execution" in said or "429" in said:
        return f"is overloaded and goes on refusing; try again later ({said})"
    if "security_exception" in said or "no permissions" in said:
        return f"who asks may not do this there; give the role that docs/scale.md names ({said})"
    return f"refuses ({said})"


def _cause(item: dict[str, Any]) -> str:
    ((_, told),) = item.items()
    error = told.get("error", told.get("exception", ""))
    return f"{error.get('type')}: {error.get('reason')}" if isinstance(error, dict) else str(error)


def _detail(error: opensearchpy.TransportError) -> str:
    return f"{error.status_code} {error.error}: {_root(error.info)}".rstrip(": ")


def _root(info: Any) -> str:
    if not isinstance(info, dict) or not isinstance(info.get("error"), dict):
        return ""
    causes = info["error"].get("root_cause") or [info["error"]]
    return str(causes[0].get("reason", ""))
