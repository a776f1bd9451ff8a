"""The cluster's answers are this machine's, to the place and to the digit, on any number of shards."""

from __future__ import annotations

from pathlib import Path
from random import Random

import pytest

from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.records import Document, Paragraph, Source
from testbed.author import Author
from tests.cluster.collections import NewEngine, put

PARAGRAPHS, QUESTIONS = 10_000, 500


@pytest.fixture(scope="module")
def documents(tokenizer: Tokenizer) -> list[Document]:
    return list(Author(tokenizer, 7).documents(PARAGRAPHS))


@pytest.fixture(scope="module")
def questions(tokenizer: Tokenizer, documents: list[Document]) -> list[list[str]]:
    author, random = Author(tokenizer, 8), Random(9)
    asked = (author.question(random.choice(random.choice(documents).paragraphs).text) for _ in range(QUESTIONS))
    return [tokenizer.terms(question) for question in asked]


@pytest.mark.cluster
@pytest.mark.timeout(600)
@pytest.mark.parametrize("shards", [1, 3])
async def test_the_best_ten_and_their_scores_are_the_same(
    new: NewEngine,
    tokenizer: Tokenizer,
    documents: list[Document],
    questions: list[list[str]],
    tmp_path: Path,
    shards: int,
) -> None:
    local, there = LocalEngine(tmp_path, tokenizer), new(shards=shards)
    await put(local, *documents)
    await put(there, *documents)
    same = places = 0
    worst = 0.0
    for terms in questions:
        here, found = await local.search(terms, limit=10), await there.search(terms, limit=10)
        assert (found.frequencies, found.paragraph_count) == (here.frequencies, here.paragraph_count)
        assert len(found.hits) == len(here.hits)
        for one, other in zip(here.hits, found.hits, strict=True):
            places += 1
            same += (one.source, one.paragraph) == (other.source, other.paragraph)
            worst = max(worst, abs(one.score - other.score))
    assert same >= 0.99 * places
    assert worst <= 1e-4
    local.close()


@pytest.mark.cluster
@pytest.mark.parametrize("shards", [1, 3])
async def test_they_are_the_same_after_documents_have_come_and_gone(
    new: NewEngine, tokenizer: Tokenizer, documents: list[Document], tmp_path: Path, shards: int
) -> None:
    local, there = LocalEngine(tmp_path, tokenizer), new(shards=shards)
    first, later = documents[:20], documents[20:25]
    for engine in (local, there):
        await put(engine, *first)
        async with engine.update() as update:
            for gone in first[:5]:
                await update.remove(gone.source.path)
            for changed, other in zip(first[5:10], documents[30:35], strict=True):
                await update.put(Document(changed.source, other.paragraphs[:3]))
            for one in later:
                await update.put(one)
            await update.commit()
    for one in (*first, *later):
        terms = tokenizer.terms(one.paragraphs[1].text[:15])
        here, found = await local.search(terms, limit=10), await there.search(terms, limit=10)
        assert [(hit.source, hit.paragraph) for hit in here.hits] == [(hit.source, hit.paragraph) for hit in found.hits]
        assert [hit.score for hit in found.hits] == pytest.approx([hit.score for hit in here.hits], abs=1e-4)
        assert found.frequencies == here.frequencies
    local.close()


@pytest.mark.cluster
async def test_paragraphs_that_score_alike_come_in_the_order_of_the_collection(
    new: NewEngine, tokenizer: Tokenizer
) -> None:
    there = new(shards=3)
    paragraphs = tuple(Paragraph(number, "同样的一句话。") for number in range(1, 41))
    await put(there, *[Document(Source(f"{name}.txt", "题"), paragraphs) for name in ("乙", "甲", "b")])
    hits = (await there.search(tokenizer.terms("同样的话"), limit=90)).hits
    expected = [(f"{name}.txt", number) for name in sorted(("乙", "甲", "b")) for number in range(1, 41)]
    assert [(hit.source.path, hit.paragraph.number) for hit in hits] == expected[:90]


@pytest.mark.cluster
async def test_odd_texts_survive(new: NewEngine, tokenizer: Tokenizer) -> None:
    there = new()
    long = "x" * 5000
    texts = ("——", long, "𠮷野家", "半个字\ud800没了", 'a "b" \\ \n c\0d', "＃" * 300)
    paragraphs = tuple(Paragraph(number, text) for number, text in enumerate(texts, 1))
    await put(there, *[Document(Source("a.txt", "——"), paragraphs)])
    assert (await there.search(["没有"], limit=1)).paragraph_count == len(texts)
    for term, expected in ((long, long), ("𠮷", "𠮷野家"), ("没了", "半个字?没了"), ("b", 'a "b" \\ \n c\0d')):
        (hit,) = (await there.search([term], limit=3)).hits
        assert hit.paragraph.text == expected
