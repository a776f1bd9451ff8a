"""The right sentence comes first, for one reason at a time."""

from __future__ import annotations

import gc
from weakref import ref

import pytest

from retrieval.language import Tokenizer
from retrieval.language.synonyms import Synonyms
from retrieval.ranking import Ranking
from retrieval.ranking.features import NAMES
from tests.asking import document, rank

TOWER = document(
    "远山塔是一座位于江边的石塔，远近闻名的景点之一。它的高度为六十二米，共有九层。据记载，这座塔由工匠李默主持修建。"
    "塔身在1921年的洪水中受损，后来几经修缮。现在每年接待大约三万名游客，门票二十元。\n"
    "本市的桥梁很多，其中江桥最长，达到一千二百米。建桥的时候用去了大量石料。",
    title="远山塔",
)


def first(ranking: Ranking) -> str:
    return ranking.candidates[0].sentence.text


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("远山塔有多高？", "高度为六十二米"),
        ("远山塔是谁修建的？", "李默"),
        ("远山塔什么时候受损？", "1921年"),
        ("远山塔每年有多少游客？", "三万名"),
        ("远山塔在哪里？", "江边"),
        ("江桥有多长？", "一千二百米"),
    ],
)
def test_first_sentence(tokenizer: Tokenizer, question: str, expected: str) -> None:
    assert expected in first(rank(tokenizer, question, [TOWER]))


def test_scores_are_probabilities_and_fall(tokenizer: Tokenizer) -> None:
    scores = [candidate.score for candidate in rank(tokenizer, "远山塔有多高？", [TOWER]).candidates]
    assert scores == sorted(scores, reverse=True)
    assert sum(scores) == pytest.approx(1)


def test_every_candidate_has_its_features(tokenizer: Tokenizer) -> None:
    candidates = rank(tokenizer, "远山塔有多高？", [TOWER]).candidates
    assert {len(candidate.features) for candidate in candidates} == {len(NAMES)}


def test_what_is_made_for_a_question_goes_with_its_answer(tokenizer: Tokenizer) -> None:
    gc.disable()  # which would have to look for it, as long as the other questions wait
    try:
        ranking = rank(tokenizer, "远山塔有多高？", [TOWER])
        assert ranking.evidence is not None
        ranking.highlights(ranking.candidates[0])
        evidence = ref(ranking.evidence)
        del ranking
        assert evidence() is None
    finally:
        gc.enable()


def test_ties_in_the_order_of_the_collection(tokenizer: Tokenizer) -> None:
    twins = [document("江桥的长度为一千米，建成多年。", path=f"{name}.txt") for name in "ab"]
    paths = [candidate.hit.source.path for candidate in rank(tokenizer, "江桥的长度是多少？", twins).candidates]
    assert paths == ["a.txt", "b.txt"]


def test_traditional_characters_and_full_width(tokenizer: Tokenizer) -> None:
    assert "高度为六十二米" in first(rank(tokenizer, "遠山塔的高度是多少？？", [TOWER]))


def test_another_word_for_the_same_relation(tokenizer: Tokenizer) -> None:
    text = document(
        "张远出生于河边的小镇，家中世代务农。张远在外地求学多年，结识了许多朋友。张远卒于1882年，享年七十岁。"
    )
    assert "1882年" in first(rank(tokenizer, "张远哪一年去世？", [text]))


def test_synonyms_find_and_rank(tokenizer: Tokenizer) -> None:
    texts = [
        document("本校开设绘画与书法两门选修课，每周各两节。", path="a.txt"),
        document("本校的云顶项目今年投入使用，耗资三百万元。", path="b.txt"),
    ]
    synonyms = Synonyms.of(["YD 云顶项目"])
    assert "云顶项目" in first(rank(tokenizer, "YD耗资多少？", texts, synonyms=synonyms))


def test_nothing_in_common_is_no_candidate(tokenizer: Tokenizer) -> None:
    ranking = rank(tokenizer, "zyxwv", [TOWER])
    assert ranking.candidates == ()
    assert ranking.confidence == 0
    assert ranking.missing == ("zyxwv",)


def test_highlights_lie_in_the_sentence(tokenizer: Tokenizer) -> None:
    ranking = rank(tokenizer, "远山塔有多高？", [TOWER])
    spans = [(*span, len(one.sentence.text)) for one in ranking.candidates for span in ranking.highlights(one)]
    assert spans
    for start, end, length in spans:
        assert 0 <= start < end <= length
