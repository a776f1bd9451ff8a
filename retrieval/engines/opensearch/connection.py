"""The way to a cluster: the official client, with who asks, whom to trust, and errors in plain words."""

from __future__ import annotations

import ssl
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import opensearchpy
from opensearchpy.helpers.errors import BulkIndexError, ScanError
from tenacity import AsyncRetrying, retry_if_exception, stop_after_delay, wait_random_exponential

from retrieval.errors import EngineError

SECONDS = 10
"""How long a node may take for a question before another one is asked."""
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
            raise EngineError(self.place, _reason(error)) from error


class _Transport(opensearchpy.AsyncTransport):
    """The client's own, which waits for a shard that is just being opened.

    Nodes learn of a change of the cluster one after another: what the first one has opened, another refuses for some
    milliseconds still, and the client asks all of them again without a pause.
    """

    async def perform_request(self, *args: Any, **options: Any) -> Any:
        again = AsyncRetrying(
            retry=retry_if_exception(_opening),
            wait=wait_random_exponential(0.05, max=1),
            stop=stop_after_delay(OPENING),
            reraise=True,
        )
        return await again(super().perform_request, *args, **options)


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
            said = "does not know who asks; set YUANJU_ENGINE_USER and YUANJU_ENGINE_PASSWORD, or another credential"
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
