"""What a question is about is recognised in a paragraph: its document's title, and the names in the question."""

from __future__ import annotations

import pytest

from retrieval.language import Tokenizer
from retrieval.ranking import topic
from retrieval.ranking.evidence import Evidence
from tests.asking import document, rank


def evidence(tokenizer: Tokenizer, question: str, text: str, title: str = "") -> Evidence:
    """What a text of one sentence says to a question."""
    evidence = rank(tokenizer, question, [document(text, title=title)]).evidence
    assert evidence is not None
    return evidence


@pytest.mark.parametrize(("title", "said"), [("远山塔 (青石镇)", 1), ("近水塔", 0), ("", 0)])
def test_the_question_says_the_title(tokenizer: Tokenizer, title: str, said: int) -> None:
    told = evidence(tokenizer, "远山塔建于哪个朝代？", "石塔建于宋朝。", title)
    assert topic.titled(told).tolist() == [said]


def test_the_share_of_the_names(tokenizer: Tokenizer) -> None:
    both, one, none = (
        float(topic.named(evidence(tokenizer, "工厂哪一年从上海迁往重庆？", text))[0])
        for text in ("工厂从上海迁往重庆。", "工厂从上海迁往江边。", "工厂迁往江边。")
    )
    assert both == 1
    assert 0 < one < 1
    assert none == 0


def test_a_question_without_names(tokenizer: Tokenizer) -> None:
    assert topic.named(evidence(tokenizer, "工厂什么时候搬迁？", "工厂去年搬迁。")).tolist() == [0]
