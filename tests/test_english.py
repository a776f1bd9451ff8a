"""Documents in English are asked in English: its function words are no content, and endings don't matter."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import Tokenizer
from retrieval.language.english import stem
from retrieval.question import Question
from retrieval.ranking.passages import occurrences
from tests.asking import document, rank

HANDBOOK = document(
    "Every employee receives 25 days of annual leave, and interns receive 12.\n"
    "The library opens at 8:30 am and closes at 9 pm on weekdays.\n"
    "Travel expenses are approved by the head of the department.\n"
    "Visitors park in the garage behind the main building.\n"
    "The server was restarted because its memory was exhausted.\n"
    "Passwords are reset on the account page: click Forgot password and follow the link in the email.\n"
    "The policy on remote work was adopted in March 2021.\n"
    "Parental leave is a period of up to sixteen weeks away from work after the birth of a child.",
    title="Handbook",
)


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("How many days of annual leave do employees get?", "25 days"),
        ("how many days of leave does an intern receive", "interns receive 12"),
        ("When does the library open?", "8:30"),
        ("Could you tell me when the libraries close, please?", "9 pm"),
        ("Who approves travel expenses?", "head of the department"),
        ("who approved my travel expense", "head of the department"),
        ("Where can visitors park?", "garage"),
        ("Why was the server restarted?", "memory was exhausted"),
        ("How do I reset my password?", "Forgot password"),
        ("When was the remote work policy adopted?", "March 2021"),
        ("What is parental leave?", "sixteen weeks"),
        ("annual leave有几天", "25 days"),
        ("library几点开门", "8:30"),
    ],
)
def test_the_sentence_that_answers_comes_first(tokenizer: Tokenizer, question: str, answer: str) -> None:
    assert answer in rank(tokenizer, question, [HANDBOOK]).candidates[0].sentence.text


def test_question_without_chinese_characters_is_judged_by_its_words(tokenizer: Tokenizer) -> None:
    found = rank(tokenizer, "expenses approved head department", [HANDBOOK]).confidence
    assert found > 0.25 > rank(tokenizer, "spaceship launch window orbit", [HANDBOOK]).confidence


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("Who approves travel expenses?", "person"),
        ("When does it open?", "time"),
        ("What year was it founded?", "year"),
        ("How long is the notice period?", "duration"),
        ("How many people work here?", "number"),
        ("Where is the car park?", "place"),
        ("Which country is it in?", "country"),
        ("Why was it stopped?", "reason"),
        ("How do I get a badge?", "manner"),
        ("What does VPN mean?", "definition"),
        ("Is parking free?", "other"),
        ("SQL的when语句怎么写", "manner"),
        ("WHO是什么组织", "which"),
        ("how to的翻译是什么", "which"),
    ],
)
def test_words_that_ask_tell_the_kind(tokenizer: Tokenizer, text: str, kind: str) -> None:
    assert Question.of(text, tokenizer).kind.name == kind


def test_function_words_are_no_terms(tokenizer: Tokenizer) -> None:
    assert Question.of("What is the price of a ticket?", tokenizer).words == ("price", "ticket")


@pytest.mark.parametrize("text", ["WHO是什么", "IT部门在哪", "the who 是谁"])
def test_a_few_english_words_among_chinese_ones_are_names(tokenizer: Tokenizer, text: str) -> None:
    assert text.lower().split("是")[0].split("部")[0].split()[-1] in Question.of(text, tokenizer).words


def test_what_is_missing_is_spelt_in_full(tokenizer: Tokenizer) -> None:
    assert rank(tokenizer, "How many parking batteries do employees get?", [HANDBOOK]).missing == ("batteries",)


@pytest.mark.parametrize(
    "words", ["policy policies", "employee employees", "approve approved approving approves", "city cities"]
)
def test_endings_are_folded(tokenizer: Tokenizer, words: str) -> None:
    assert len(set(tokenizer.terms(words))) == 1


@pytest.mark.parametrize("word", ["gps", "aws", "5g", "ios", "b2b", "智能"])
def test_abbreviations_stay(word: str) -> None:
    assert stem(word) == word


WORDS = ["policy", "policies", "polices", "police", "dify", "employees", "employee", "running", "run"]


@given(st.lists(st.sampled_from(WORDS)))
def test_a_word_stands_where_one_of_its_stem_does(words: list[str]) -> None:
    text = " ".join(words)
    for word in set(words):
        alike = [at for at, one in _placed(words) if stem(one) == stem(word)]
        assert occurrences(text, stem(word)) == alike


@given(st.text(alphabet="abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12))
def test_every_word_begins_with_the_root_of_its_stem_or_is_found_by_itself(word: str) -> None:
    assert occurrences(word, word) == [0]


def _placed(words: list[str]) -> list[tuple[int, str]]:
    places, at = [], 0
    for word in words:
        places.append((at, word))
        at += len(word) + 1
    return places
