"""What every test may use."""

from __future__ import annotations

from pathlib import Path

import pytest

from retrieval.tokens import Tokenizer

SEEDS = Path(__file__).parent.parent / "seeds"


@pytest.fixture(scope="session")
def tokenizer(tmp_path_factory: pytest.TempPathFactory) -> Tokenizer:
    """A tokenizer whose dictionary is compiled once for all tests."""
    return Tokenizer(tmp_path_factory.mktemp("jieba"))
