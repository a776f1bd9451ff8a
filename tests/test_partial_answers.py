"""An answer from a part of the documents says so, wherever it is read."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bot.terminal import console
from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.records import Document, Found, Paragraph, Source


class Partly(LocalEngine):
    """An engine of which a part is lost."""

    def found(self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()) -> Found:
        """Find what is left."""
        return replace(super().found(terms, limit=limit, hidden=hidden), partial=True)


@pytest.fixture
async def answerer(tmp_path: Path, tokenizer: Tokenizer) -> Answerer:
    engine = Partly(tmp_path, tokenizer)
    async with engine.update() as update:
        await update.put(Document(Source("a.txt", "题"), (Paragraph(1, "机器人有六个关节。"),)))
        await update.commit()
    return Answerer(engine, tokenizer, threshold=0.5)


@pytest.mark.parametrize("question", ["机器人有几个关节？", "火星上有水吗？"], ids=["found", "not found"])
async def test_the_terminal_says_that_an_answer_is_partial(
    answerer: Answerer, question: str, capsys: pytest.CaptureFixture[str]
) -> None:
    await console.ask([question], answerer.answer, limit=1, as_json_lines=False)
    assert "答案可能不全" in capsys.readouterr().out
    await console.ask([question], answerer.answer, limit=1, as_json_lines=True)
    assert json.loads(capsys.readouterr().out)["partial"] is True
