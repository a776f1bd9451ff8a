"""What answers promise: they stand in their documents, at their offsets, and honest silence otherwise."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.language.synonyms import Synonyms
from retrieval.library import Library
from retrieval.records import Answer, Document, Found, Paragraph, Source
from testbed.reading import kept_readers
from tests.conftest import SEEDS


@pytest.fixture(scope="module")
def engine(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalEngine]:
    """Holds the documents that the project ships."""
    engine = LocalEngine(tmp_path_factory.mktemp("seeds"), tokenizer)
    asyncio.run(Library(SEEDS, engine, readers=kept_readers).refresh())
    yield engine
    engine.close()


@pytest.fixture(scope="module")
def seeds(engine: LocalEngine, tokenizer: Tokenizer) -> Answerer:
    return Answerer(engine, tokenizer, threshold=0.5)


def stands_in_its_document(answer: Answer, documents: dict[str, Document]) -> bool:
    for quote in answer.quotes:
        paragraph = documents[quote.source.path].paragraphs[quote.paragraph.number - 1]
        assert quote.paragraph == paragraph
        assert quote.sentence.text == paragraph.text[quote.sentence.start : quote.sentence.end]
        assert quote.sentence.text.strip()
        end = 0
        for start, stop in quote.highlights:
            assert end <= start < stop <= len(quote.sentence.text)
            end = stop
    return True


class Counted(LocalEngine):
    """Counts what it is asked."""

    searches = 0

    def found(self, terms: Sequence[str], *, limit: int, hidden: frozenset[str] = frozenset()) -> Found:
        self.searches += 1
        return super().found(terms, limit=limit, hidden=hidden)


@pytest.mark.parametrize(("unchanging", "searches"), [(True, 2), (False, 4)])
async def test_an_unchanging_engine_is_asked_once_for_the_same_and_whoever_sees_less_anew(
    tokenizer: Tokenizer, tmp_path: Path, unchanging: bool, searches: int
) -> None:
    engine = Counted(tmp_path, tokenizer)
    async with engine.update() as update:
        await update.put(Document(Source("甲/产量.txt", "产量"), (Paragraph(1, "甲厂的产量是三十吨。"),)))
        await update.commit()
    answerer = Answerer(engine, tokenizer, threshold=0, unchanging=unchanging)
    question, hidden = "甲厂的产量是多少？", frozenset({"甲"})
    seen = [await answerer.answer(question, hidden=those) for those in (frozenset(), frozenset(), hidden, hidden)]
    assert [len(answer.quotes) for answer in seen] == [1, 1, 0, 0]
    assert engine.searches == searches


letters = st.text(
    alphabet="智能終端目标是七〇２０２５年，。！？；「」（）“” \n㎡ＣＰＵabc1.5%", min_size=1, max_size=160
)
paragraphs = st.lists(letters.map(str.strip).filter(bool), min_size=1, max_size=4)


@pytest.mark.slow
@given(collection=st.lists(paragraphs, min_size=1, max_size=3), question=letters, limit=st.integers(1, 6))
def test_every_answer_stands_in_its_document_at_its_offsets(
    tokenizer: Tokenizer, collection: list[list[str]], question: str, limit: int
) -> None:
    documents = {
        f"{number}.txt": Document(
            Source(f"{number}.txt", "题目"), tuple(Paragraph(place, text) for place, text in enumerate(texts, 1))
        )
        for number, texts in enumerate(collection)
    }

    async def ask() -> Answer:
        with tempfile.TemporaryDirectory() as folder:
            engine = LocalEngine(Path(folder), tokenizer)
            async with engine.update() as update:
                for document in documents.values():
                    await update.put(document)
                await update.commit()
            answer = await Answerer(engine, tokenizer, threshold=0).answer(question, limit=limit)
            engine.close()
            return answer

    answer = asyncio.run(ask())
    assert stands_in_its_document(answer, documents)
    assert len(answer.quotes) <= limit
    assert 0 <= answer.confidence <= 1
    assert all(0 <= quote.score <= 1 for quote in answer.quotes)


async def test_the_seed_documents_target_is_the_one_of_smart_terminals(seeds: Answerer) -> None:
    best = (await seeds.answer("智能终端目标是多少？")).quotes[0]
    assert "产业规模突破7000亿元" in best.sentence.text
    assert (best.source.author, best.source.date, best.paragraph.number) == ("新浪财经", "2022-07-08", 3)


async def test_a_question_that_shares_nothing_is_not_answered_and_nothing_is_near(seeds: Answerer) -> None:
    answer = await seeds.answer("北京天气怎么样")
    assert (answer.answered, answer.quotes) == (False, ())
    assert answer.missing
    assert await seeds.nearest("北京天气怎么样", limit=3) == ()


async def test_what_is_near_comes_from_different_places(seeds: Answerer) -> None:
    near = await seeds.nearest("智能终端目标是多少？", limit=3)
    assert len(near) == len({(quote.source.path, quote.paragraph.section) for quote in near}) > 0


@pytest.mark.parametrize("question", ["", "？？？", "😀", "的", "吗" * 3000, "\x00", "请问"])
async def test_what_is_no_question_is_not_answered(seeds: Answerer, question: str) -> None:
    assert not (await seeds.answer(question)).answered


async def test_a_threshold_of_0_never_refuses_what_was_found(
    seeds: Answerer, engine: LocalEngine, tokenizer: Tokenizer
) -> None:
    refused = await seeds.answer("深圳的智能终端目标是多少")
    assert not refused.answered
    lenient = Answerer(engine, tokenizer, threshold=0)
    assert (await lenient.answer("深圳的智能终端目标是多少")).answered


@pytest.mark.parametrize(
    ("threshold", "sure_threshold", "certainty"), [(0, 0, "sure"), (0, 1, "maybe"), (1, 1, "none"), (1, 0, "none")]
)
async def test_the_two_thresholds_make_three_outcomes(
    engine: LocalEngine, tokenizer: Tokenizer, threshold: float, sure_threshold: float, certainty: str
) -> None:
    answerer = Answerer(engine, tokenizer, threshold=threshold, sure_threshold=sure_threshold)
    answer = await answerer.answer("智能终端目标是多少？")
    assert 0 < answer.confidence < 1
    assert answer.certainty == certainty
    assert answer.answered == bool(answer.quotes) == (certainty != "none")


@pytest.fixture
async def library(tokenizer: Tokenizer, tmp_path: Path) -> AsyncIterator[LocalEngine]:
    """Three documents: two say the same of the forklift, the third contradicts them, with the newest date."""
    texts = {
        "a.txt": ("2022-01-01", "仓库里叉车的最高限速是每小时5公里。"),
        "b.txt": ("2021-01-01", "仓库里叉车的最高限速是每小时5公里！"),
        "c.txt": ("2024-01-01", "仓库里叉车的最高限速是每小时8公里。"),
    }
    engine = LocalEngine(tmp_path / "index", tokenizer)
    async with engine.update() as update:
        for path, (date, text) in texts.items():
            await update.put(Document(Source(path, path, date=date), (Paragraph(1, text),)))
        await update.commit()
    yield engine
    engine.close()


async def test_what_two_documents_say_is_one_quote_and_a_contradiction_stands_beside_it_newest_first(
    library: LocalEngine, tokenizer: Tokenizer
) -> None:
    answer = await Answerer(library, tokenizer, threshold=0).answer("叉车的最高限速是多少？")
    newest, older = answer.quotes
    assert (newest.source.path, newest.also, newest.disputed) == ("c.txt", (), True)
    assert ({older.source.path, *(source.path for source in older.also)}, older.disputed) == ({"a.txt", "b.txt"}, True)


async def test_a_synonym_finds_what_the_question_does_not_name(library: LocalEngine, tokenizer: Tokenizer) -> None:
    answerer = Answerer(library, tokenizer, threshold=0)
    before = await answerer.answer("铲车的最高限速是多少？")
    answerer.synonyms = Synonyms.of(["铲车 叉车"])
    answer = await answerer.answer("铲车的最高限速是多少？")
    assert (answer.certainty, answer.synonyms) == ("sure", (("铲车", "叉车"),))
    assert answer.confidence > before.confidence
