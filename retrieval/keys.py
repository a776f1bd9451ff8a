"""The key of a term: the number by which files on disk know it."""

from __future__ import annotations

from functools import lru_cache
from hashlib import blake2b


@lru_cache(maxsize=1 << 14)
def term_key(term: str) -> int:
    """Return the 64 bits by which an index knows a term; numbers can be searched on disk as they lie.

    Among ten million terms two share a key with a probability of 3 in a million; their postings would be one.
    """
    return int.from_bytes(blake2b(term.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "little")
