"""The engine for more than one machine: the same terms, the same scores, on an OpenSearch cluster."""

from __future__ import annotations

from retrieval.engines.opensearch.connection import Connection, Credentials
from retrieval.engines.opensearch.engine import OpenSearchEngine

__all__ = [
    "Connection",
    "Credentials",
    "OpenSearchEngine",
]
