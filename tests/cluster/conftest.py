"""What the tests in a cluster may use."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from retrieval.language import Tokenizer
from tests.cluster.collections import NewEngine


@pytest.fixture
async def new(
    collections: Callable[[Tokenizer], AbstractAsyncContextManager[NewEngine]], tokenizer: Tokenizer
) -> AsyncIterator[NewEngine]:
    async with collections(tokenizer) as made:
        yield made
