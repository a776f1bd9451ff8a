"""One quote for a fact, and contradictions side by side."""

from __future__ import annotations

from retrieval.language import Tokenizer
from retrieval.ranking.folding import Fact, facts
from tests.asking import document, rank

QUESTION = "智慧港口的年产值是多少？"


def paths(found: tuple[Fact, ...]) -> list[list[str]]:
    return [[one.hit.source.path for one in (fact.candidate, *fact.repeated)] for fact in found]


def test_the_same_sentence_in_two_documents_is_one_fact(tokenizer: Tokenizer) -> None:
    text = "智慧港口的年产值达到三百亿元，居全省首位。"
    ranking = rank(tokenizer, QUESTION, [document(text, path="a.txt"), document(text, path="b.txt")])
    assert paths(facts(ranking.candidates, limit=3)) == [["a.txt", "b.txt"]]


def test_near_duplicates_fold(tokenizer: Tokenizer) -> None:
    texts = ["智慧港口的年产值达到300亿元，居全省首位。", "智慧港口的年产值达到300亿元，居全省首位！"]
    ranking = rank(tokenizer, QUESTION, [document(text, path=f"{n}.txt") for n, text in enumerate(texts)])
    assert len(facts(ranking.candidates, limit=3)) == 1


def test_other_numbers_are_shown_both_newest_first(tokenizer: Tokenizer) -> None:
    old = document("智慧港口的年产值达到200亿元，居全省首位。", path="old.txt", date="2020-01-01")
    new = document("智慧港口的年产值达到300亿元，居全省首位。", path="new.txt", date="2024-01-01")
    found = facts(rank(tokenizer, QUESTION, [old, new]).candidates, limit=3)
    assert paths(found) == [["new.txt"], ["old.txt"]]
    assert [fact.disputed for fact in found] == [True, True]


def test_one_document_does_not_contradict_itself(tokenizer: Tokenizer) -> None:
    text = "智慧港口的年产值去年为200亿元，居全省首位。智慧港口的年产值今年为300亿元，居全省首位。"
    found = facts(rank(tokenizer, QUESTION, [document(text)]).candidates, limit=3)
    assert [fact.disputed for fact in found] == [False, False]


def test_nothing_to_fold() -> None:
    assert facts((), limit=3) == ()
