"""Asks a few texts a question, through the engine and the ranker that answer for real."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from retrieval.engines.local import LocalEngine
from retrieval.engines.protocol import fill
from retrieval.language import Tokenizer
from retrieval.language.synonyms import Synonyms
from retrieval.question import Question
from retrieval.ranking import SEARCHED, Ranker, Ranking
from retrieval.records import Document, Paragraph, Source


def document(text: str, *, path: str = "a.txt", title: str = "", date: str | None = None) -> Document:
    """A document with a paragraph for each line of ``text``."""
    lines = enumerate(text.splitlines(), start=1)
    return Document(Source(path, title, date=date), tuple(Paragraph(number, line) for number, line in lines))


def rank(
    tokenizer: Tokenizer, question: str, documents: Sequence[Document], *, synonyms: Synonyms | None = None
) -> Ranking:
    """Rank the sentences of some documents for a question."""
    return asyncio.run(_rank(tokenizer, question, documents, synonyms))


async def _rank(
    tokenizer: Tokenizer, question: str, documents: Sequence[Document], synonyms: Synonyms | None
) -> Ranking:
    with TemporaryDirectory() as folder:
        engine = LocalEngine(Path(folder), tokenizer)
        try:
            await fill(engine, documents)
            asked = Question.of(question, tokenizer, synonyms)
            found = await engine.search(asked.terms, limit=SEARCHED)
            return Ranker(tokenizer).rank(asked, found)
        finally:
            engine.close()


def highlighted(ranking: Ranking) -> list[str]:
    """What is highlighted in the best sentence."""
    best = ranking.candidates[0]
    return [best.sentence.text[start:end] for start, end in ranking.highlights(best)]
