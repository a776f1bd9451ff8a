"""Whatever is asked of whatever, the ranking answers, deterministically and within its bounds."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import Tokenizer
from retrieval.question import Question
from retrieval.ranking import Ranker
from retrieval.ranking.passages import Passages, prepare
from retrieval.records import Found, Hit, Paragraph, Sentence, Source

GLYPHS = "天地玄黄2025年三十万人由在是的。！？；，、：“”（）《》 abC％㎡ＡÉ哪个多少谁什么时候为怎\n"
TEXT = st.text(st.sampled_from(GLYPHS), min_size=1, max_size=80).map(str.strip).filter(bool)


@pytest.fixture(scope="module")
def ranker(tokenizer: Tokenizer) -> Ranker:
    return Ranker(tokenizer)


@pytest.mark.slow
@given(question=st.text(st.sampled_from(GLYPHS), max_size=30), texts=st.lists(TEXT, min_size=1, max_size=4), title=TEXT)
def test_any_question_to_any_text(
    tokenizer: Tokenizer, ranker: Ranker, question: str, texts: list[str], title: str
) -> None:
    asked = Question.of(question, tokenizer)
    hits = tuple(Hit(Paragraph(1, text), Source(f"{place}.txt", title), place, 1.0) for place, text in enumerate(texts))
    ranking = ranker.rank(asked, Found(hits, len(hits), dict.fromkeys(asked.terms, 1)))
    assert 0 <= ranking.confidence <= 1
    for hit in hits:
        spans = sorted((c.sentence.start, c.sentence.end) for c in ranking.candidates if c.hit is hit)
        assert all(end <= start for (_, end), (start, _) in pairwise(spans))
        assert all(any(start < s.end and s.start < end for start, end in spans) for s in _sentences(hit))
    for candidate in ranking.candidates:
        text = candidate.sentence.text
        assert text == candidate.hit.paragraph.text[candidate.sentence.start : candidate.sentence.end]
        assert all(0 <= start < end <= len(text) for start, end in ranking.highlights(candidate))


def test_a_question_without_a_term(tokenizer: Tokenizer, ranker: Ranker) -> None:
    hit = Hit(Paragraph(1, "0"), Source("0.txt", "0"), 0, 1.0)
    ranking = ranker.rank(Question.of("", tokenizer), Found((hit,), 1, {}))
    assert [candidate.sentence.text for candidate in ranking.candidates] == ["0"]


def _sentences(hit: Hit) -> list[Sentence]:
    prepared = Passages.of([hit], [prepare(hit.paragraph)]).prepared[0]
    return [prepared.sentence(place) for place in range(len(prepared.starts))]
