"""Measures, question sets, and what ``evaluate`` says and returns."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from bot.terminal.evaluate import Answers, run
from retrieval.errors import QuestionSetError
from retrieval.evaluation import Outcome, expectations, measures, refusal, seen, squad
from retrieval.language import Tokenizer
from retrieval.records import Answer, Paragraph, Quote, Sentence, Source

CONTEXT = "  青石镇的人口为三千人，分为四个村。镇长名叫周平，上任两年。"


def squad_file(path: Path, *asked: tuple[str, str]) -> Path:
    entries = [
        {"question": question, "answers": [{"text": text, "answer_start": CONTEXT.index(text)}]}
        for question, text in asked
    ]
    other = {"context": "白水河长四十公里，流经两个县。", "qas": []}
    article = {"title": "青石镇", "paragraphs": [{"context": CONTEXT, "qas": entries}, other]}
    path.write_text(json.dumps({"data": [article]}, ensure_ascii=False), "utf-8")
    return path


def outcome(sentence_rank: int, *, paragraph_rank: int = 1, length: int = 10) -> Outcome:
    return Outcome("问", paragraph_rank, sentence_rank, 0.9, length, "")


def test_measures() -> None:
    outcomes = [outcome(1), outcome(2, length=20), outcome(6), outcome(0, paragraph_rank=0, length=0)]
    assert measures(outcomes) == {
        "paragraph Hit@1": 0.75,
        "paragraph Hit@3": 0.75,
        "paragraph Hit@10": 0.75,
        "sentence Hit@1": 0.25,
        "sentence Hit@3": 0.5,
        "sentence MRR@5": 0.375,
        "typed highlight F1": 0.0,
        "mean characters": 10.0,
    }


def test_what_users_see_at_the_two_thresholds() -> None:
    outcomes = [
        Outcome("问", 1, rank, confidence, 9, "") for rank, confidence in [(1, 0.9), (3, 0.3), (1, 0.2), (0, 0.5)]
    ]
    assert seen(outcomes, [0.9, 0.3, 0.1, 0.1], threshold=0.25, sure_threshold=0.5) == {
        "shown": 0.75,
        "shown as sure": 0.5,
        "shown right first": 0.25,
        "shown right in the first 3": 0.5,
        "unanswerable shown": 0.5,
        "unanswerable shown as sure": 0.25,
    }


def test_any_sentence_of_a_further_right_paragraph_is_right(tmp_path: Path) -> None:
    asked = {"question": "镇长是谁？", "answers": [{"text": "周平", "answer_start": 0}], "also": ["b", "nowhere"]}
    entries = [
        {"id": "a", "context": "周平。他上任两年。", "qas": [asked]},
        {"id": "b", "context": "另一段。", "qas": []},
    ]
    (tmp_path / "set.json").write_text(json.dumps({"data": [{"paragraphs": entries}]}), "utf-8")
    (item,) = squad(tmp_path / "set.json").items
    assert item.answered_by("0", Sentence("周平。", 0, 3))
    assert not item.answered_by("0", Sentence("他上任两年。", 3, 9))
    assert item.answered_by("1", Sentence("另一段。", 0, 4))


def test_refusal_that_is_perfect() -> None:
    assert refusal([0.8, 0.9], [0.1, 0.2]) == {
        "refusal AUROC": 1.0,
        "answered with 90 % refused": 1.0,
        "answered with 95 % refused": 1.0,
    }


def test_refusal_that_is_chance() -> None:
    assert refusal([0.5, 0.5], [0.5, 0.5])["refusal AUROC"] == 0.5


def test_offsets_of_a_context_with_white_space_before_it(tmp_path: Path) -> None:
    questions = squad(squad_file(tmp_path / "set.json", ("镇长是谁？", "周平")))
    ((start, end),) = questions.items[0].spans
    assert questions.documents[0].paragraphs[0].text[start:end] == "周平"


@pytest.mark.parametrize("text", ["", "[]", '{"data": 3}', '{"data": [{"paragraphs": [{}]}]}'])
def test_a_file_that_is_no_question_set(tmp_path: Path, text: str) -> None:
    (tmp_path / "set.json").write_text(text, "utf-8")
    with pytest.raises(QuestionSetError, match=r"set\.json: is not SQuAD"):
        squad(tmp_path / "set.json")


def test_expectations(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("# 说明\n镇长是谁？\t周平\n\n省长是谁？\tNot found\n", "utf-8")
    assert [(line.question, line.expected) for line in expectations(tmp_path / "a.tsv")] == [
        ("镇长是谁？", "周平"),
        ("省长是谁？", None),
    ]


def test_a_line_without_a_tab(tmp_path: Path) -> None:
    (tmp_path / "a.tsv").write_text("镇长是谁？ 周平\n", "utf-8")
    with pytest.raises(QuestionSetError, match="line 1"):
        expectations(tmp_path / "a.tsv")


class Knowing:
    """Knows one answer."""

    def __init__(self, text: str) -> None:
        self._text = text

    async def answer(self, question: str, *, limit: int = 3) -> Answer:
        if "谁" not in question:
            return Answer(question, (), 0.1)
        sentence = Sentence(self._text, 0, len(self._text))
        return Answer(question, (Quote(sentence, Paragraph(1, self._text), Source("a", "a"), 1.0),), 0.9)


@asynccontextmanager
async def knowing(text: str) -> AsyncIterator[Answers]:
    yield Knowing(text)


async def evaluated(*files: Path, tokenizer: Tokenizer, record: Path, answers: str, **options: Any) -> tuple[int, str]:
    output = StringIO()
    status = await run(
        files,
        unanswerable=options.get("unanswerable"),
        tokenizer=tokenizer,
        threshold=0.25,
        sure_threshold=0.5,
        answerer=lambda: knowing(answers),
        record=record,
        as_json=options.get("as_json", False),
        console=Console(file=output, width=100),
    )
    return status, output.getvalue()


async def test_squad_from_end_to_end(tmp_path: Path, tokenizer: Tokenizer) -> None:
    file = squad_file(tmp_path / "set.json", ("青石镇有多少人口？", "三千人"), ("青石镇的镇长叫什么？", "周平"))
    foreign = squad_file(tmp_path / "other.json", ("火星有几颗卫星？", "四个"))
    status, text = await evaluated(
        file,
        tokenizer=tokenizer,
        record=tmp_path / "last.json",
        answers="",
        unanswerable=foreign,
        as_json=True,
    )
    values = json.loads(text)["set.json"]
    assert status == 0
    assert values["sentence Hit@1"] == values["paragraph Hit@1"] == values["refusal AUROC"] == 1


async def test_what_got_worse_is_named_and_told_by_the_status(tmp_path: Path, tokenizer: Tokenizer) -> None:
    file, record = tmp_path / "a.tsv", tmp_path / "last.json"
    file.write_text("镇长是谁？\t周平\n村里有几口井？\tnot found\n", "utf-8")
    good = await evaluated(file, tokenizer=tokenizer, record=record, answers="镇长是周平。")
    bad = await evaluated(file, tokenizer=tokenizer, record=record, answers="镇长是李四。")
    assert [good[0], bad[0]] == [0, 1]
    assert "镇长是谁？ → 镇长是李四。" in bad[1]
    assert "now wrong (1)" in bad[1]


async def test_what_got_better(tmp_path: Path, tokenizer: Tokenizer) -> None:
    file, record = tmp_path / "a.tsv", tmp_path / "last.json"
    file.write_text("镇长是谁？\t周平\n", "utf-8")
    await evaluated(file, tokenizer=tokenizer, record=record, answers="镇长是李四。")
    status, text = await evaluated(file, tokenizer=tokenizer, record=record, answers="镇长是周平。")
    assert status == 0
    assert "now right (1)" in text


async def test_a_record_that_cannot_be_read(tmp_path: Path, tokenizer: Tokenizer) -> None:
    (tmp_path / "last.json").write_text("{", "utf-8")
    (tmp_path / "a.tsv").write_text("镇长是谁？\t周平\n", "utf-8")
    with pytest.raises(QuestionSetError, match="delete it"):
        await evaluated(tmp_path / "a.tsv", tokenizer=tokenizer, record=tmp_path / "last.json", answers="")
