"""Timing the stages of answering from outside: what only indexes need not load what answers."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Literal

Timed = Callable[[Literal["tokenise", "search", "rank", "encode", "refresh"]], AbstractContextManager[None]]
"""Returns what a stage of answering, or bringing the documents up to date, is done inside of, to be timed."""


def untimed(_: str) -> AbstractContextManager[None]:
    """Time nothing."""
    return nullcontext()
