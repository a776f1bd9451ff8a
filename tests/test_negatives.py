"""Questions without an answer, made of ones that have one: each differs in the one thing that it is named after."""

from __future__ import annotations

from random import Random

import pytest

from retrieval.language import Tokenizer
from retrieval.question import Question
from retrieval.ranking.entities import Names
from retrieval.records import Found, Hit, Paragraph, Source
from training.material import Asked, Collection
from training.negatives import Swapper, chat, without_paragraphs, without_sentences

TEXT = "青石镇在1998年修了15座桥。镇长周平主持了上海的展览。"


@pytest.fixture
def swapper(tokenizer: Tokenizer) -> Swapper:
    names = {"ns": ["上海", "兰州"]}
    return Swapper(tokenizer, Names(tokenizer), ["食堂"], names, ["白水县"], TEXT, Random(1))


def variants(swapper: Swapper, tokenizer: Tokenizer, question: str, title: str = "") -> dict[str, str]:
    return dict(swapper.variants(Question.of(question, tokenizer), TEXT, title))


def test_another_year_that_the_text_has_not(swapper: Swapper, tokenizer: Tokenizer) -> None:
    swapped = variants(swapper, tokenizer, "1998年修了什么？")["year"]
    assert swapped.endswith("年修了什么?")
    assert 1973 <= int(swapped[:4]) <= 2023
    assert swapped[:4] not in TEXT


def test_another_number_that_is_near(swapper: Swapper, tokenizer: Tokenizer) -> None:
    swapped = variants(swapper, tokenizer, "15座桥是谁修的？")["number"]
    number = int(swapped.removesuffix("座桥是谁修的?"))
    assert 12 <= number <= 18
    assert number != 15


def test_another_name_of_the_same_kind(swapper: Swapper, tokenizer: Tokenizer) -> None:
    assert variants(swapper, tokenizer, "上海的展览是谁主持的？")["name"] == "兰州的展览是谁主持的?"


def test_the_name_in_the_title_gives_way_to_a_foreign_one(swapper: Swapper, tokenizer: Tokenizer) -> None:
    swapped = variants(swapper, tokenizer, "青石镇修桥花了多少钱？", title="青石镇 (甲省)")["name"]
    assert swapped == "白水县修桥花了多少钱?"


def test_what_the_text_does_not_have_is_not_swapped(swapper: Swapper, tokenizer: Tokenizer) -> None:
    assert not {"year", "number", "name"} & variants(swapper, tokenizer, "2003年在重庆有几座？").keys()


@pytest.fixture
def found() -> tuple[Found, Collection, Asked]:
    """A paragraph that answers, and one that does not."""
    hits = tuple(
        Hit(Paragraph(1, text), Source(str(number), ""), number, 2.0 - number)
        for number, text in enumerate((TEXT, "白水县也有桥。"))
    )
    asked = Asked("修了几座桥？", {0: ((9, 12),)})
    return Found(hits, 2, {"桥": 2, "周平": 1}), Collection((), (asked,), {("0", 1): 0, ("1", 1): 1}), asked


def test_without_its_paragraphs_neither_they_nor_their_terms_are_found(
    found: tuple[Found, Collection, Asked], tokenizer: Tokenizer
) -> None:
    left = without_paragraphs(*found, tokenizer)
    assert [hit.source.path for hit in left.hits] == ["1"]
    assert (left.paragraph_count, left.frequencies) == (1, {"桥": 1, "周平": 0})


def test_without_its_sentences_the_rest_of_the_paragraph_stays(found: tuple[Found, Collection, Asked]) -> None:
    left = without_sentences(*found)
    assert left
    assert [hit.paragraph.text for hit in left.hits] == ["镇长周平主持了上海的展览。", "白水县也有桥。"]


def test_nothing_is_left_of_a_paragraph_that_only_answers(found: tuple[Found, Collection, Asked]) -> None:
    everything, collection, _ = found
    assert without_sentences(everything, collection, Asked("", {0: ((9, 12), (20, 21))})) is None


def test_small_talk_and_questions_about_now() -> None:
    assert len(chat()["chat"]) >= 60
    now = [line.format(name="青石镇") for line in chat()["now"]]
    assert len(now) >= 50
    assert any("青石镇" in line for line in now)
    assert [line for line in now if "{" in line] == []
