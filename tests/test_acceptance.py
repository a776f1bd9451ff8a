"""The documents that the project ships, asked as people ask: what must be right, and what must be refused."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest

from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.evaluation import Expectation, expectations
from retrieval.language import Tokenizer
from retrieval.library import Library
from retrieval.records import Answer
from testbed.reading import kept_readers
from tests.conftest import SEEDS

LINES = expectations(Path(__file__).parent / "acceptance.tsv")
SMALL_TALK = [line.question for line in expectations(Path(__file__).parent / "small_talk.tsv")]
ANSWERABLE = [line for line in LINES if line.expected is not None]
UNANSWERABLE = [line for line in LINES if line.expected is None]


@pytest.fixture(scope="module")
def answers(tokenizer: Tokenizer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Answer]]:
    engine = LocalEngine(tmp_path_factory.mktemp("seeds"), tokenizer)

    async def ask_all() -> dict[str, Answer]:
        await Library(SEEDS, engine, readers=kept_readers).refresh()
        answerer = Answerer(engine, tokenizer, threshold=0.25)
        questions = [*(line.question for line in LINES), *SMALL_TALK]
        return {question: await answerer.answer(question, limit=3) for question in questions}

    yield asyncio.run(ask_all())
    engine.close()


def ranks(answers: dict[str, Answer], line: Expectation) -> list[int]:
    quotes = answers[line.question].quotes
    return [rank for rank, quote in enumerate(quotes, start=1) if str(line.expected) in quote.sentence.text]


def test_there_are_enough_questions() -> None:
    assert len(ANSWERABLE) >= 45
    assert len(UNANSWERABLE) >= 20


def test_all_but_one_right_at_rank_1(answers: dict[str, Answer]) -> None:
    wrong = [line.question for line in ANSWERABLE if 1 not in ranks(answers, line)]
    assert len(wrong) <= 1, wrong


def test_all_but_one_in_the_first_three(answers: dict[str, Answer]) -> None:
    wrong = [line.question for line in ANSWERABLE if not ranks(answers, line)]
    assert len(wrong) <= 1, wrong


def test_nine_in_ten_unanswerable_are_not_surely_answered(answers: dict[str, Answer]) -> None:
    answered = [line.question for line in UNANSWERABLE if answers[line.question].certainty == "sure"]
    assert len(answered) <= len(UNANSWERABLE) // 10, answered


@pytest.mark.parametrize("question", ["深圳的智能终端目标是多少", "2030年的目标是多少", "北京天气怎么样"])
def test_not_surely_answered(answers: dict[str, Answer], question: str) -> None:
    assert answers[question].certainty != "sure"


def test_small_talk_is_not_found(answers: dict[str, Answer]) -> None:
    shown = [question for question in SMALL_TALK if answers[question].answered]
    assert len(shown) <= len(SMALL_TALK) // 20, shown
