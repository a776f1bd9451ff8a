"""The engine for more than one machine: the same terms, the same scores, on an OpenSearch cluster."""

from __future__ import annotations

from retrieval.opensearch.connection import Connection, Credentials
from retrieval.opensearch.engine import OpenSearchEngine

__all__ = [
    "Connection",
    "Credentials",
    "OpenSearchEngine",
]
