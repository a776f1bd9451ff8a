"""Processes that read for one test after the other, since each start of one takes a fifth of a second."""

from __future__ import annotations

import atexit
from functools import cache
from types import TracebackType

from retrieval.reading import Limits
from retrieval.reading.process import PageRead
from retrieval.reading.readers import Readers


class _Kept(Readers):
    """Readers that outlive ``async with``."""

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        pass


@cache
def _kept() -> Readers:
    kept = _Kept()
    atexit.register(kept._close)
    return kept


def kept_readers(*, limits: Limits = Limits(), page_read: PageRead = lambda *_: None) -> Readers:  # noqa: B008 - frozen
    """Return readers as ``Library`` and ``LiveIndex`` make them, with those processes where the limits are the usual.

    Nobody is told of pages that have been recognised.
    """
    return _kept() if limits == Limits() else Readers(limits=limits, page_read=page_read)
