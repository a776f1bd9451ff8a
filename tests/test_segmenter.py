"""rjieba cuts as jieba does, with and without words of the operator's own."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.language import Tokenizer, characters, normalise, pairs, segmenter
from retrieval.language.dictionary import dictionary

OWN = (("智能终端产", 100_000), ("业规", 7), ("二级响应", 100_000))
WORDS = [word for word, *_ in segmenter.dictionary_lines() if re.fullmatch("[一-鿕]+", word)]
runs = st.lists(
    st.sampled_from(
        [
            *"智能终端产业规模的一是在不了有和人这〇㐀㒨豈𠀀龥龦丨",
            "研究生命起源",
            "南京市长江大桥",
            "机器人",
            "二级响应",
        ]
    )
    | st.sampled_from(WORDS)
    | st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF),
    min_size=1,
    max_size=30,
).map("".join)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("segmenter")


@cache
def plain(folder: Path, words: segmenter.Words) -> segmenter.Cut:
    """jieba itself, made once: it copies its dictionary to add words."""
    return segmenter.plain(folder, words)


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(run=runs, words=st.sampled_from([(), OWN]))
def test_the_compiled_segmenter_cuts_as_jieba_does(folder: Path, run: str, words: segmenter.Words) -> None:
    expected = plain(folder, words)(run)
    assert segmenter.segmenter(folder, words)(run) == expected
    assert "".join(expected) == run


@pytest.mark.slow
@settings(max_examples=150, deadline=None)
@given(run=runs)
def test_looking_words_up_cuts_as_jieba_does(folder: Path, run: str) -> None:
    cut = plain(folder, ())
    known = re.findall("[\u4e00-\u9fd5]+", run)
    assert [dictionary(folder).cut(part) for part in known] == [cut(part) for part in known]


@pytest.mark.slow
def test_frequencies_are_those_of_jieba(folder: Path) -> None:
    jieba, ours = segmenter.jieba_tokenizer(folder), dictionary(folder)
    assert ours.total == jieba.total
    for word in ("智能", "的", "火星人类", "南京市", "龦"):
        assert ours.frequency(word) == jieba.FREQ.get(word, 0)


def test_words_that_are_adopted_are_kept_whole_and_stop_words_passed_over(folder: Path) -> None:
    tokenizer = Tokenizer(folder)
    before = [token.text for token in tokenizer.words("智能终端产业的规模")]
    tokenizer.adopt((("智能终端产业", 100_000),), {"的"})
    assert [token.text for token in tokenizer.words("智能终端产业的规模")] == ["智能终端产业", "规模"]
    tokenizer.adopt((), ())
    assert [token.text for token in tokenizer.words("智能终端产业的规模")] == before


@given(text=st.text("智能终端产业的规模cpu5g０，。 1,000.5\n", max_size=40), stop=st.sampled_from([(), ("的", "cpu")]))
def test_the_bag_of_terms_holds_words_characters_and_pairs(
    tokenizer: Tokenizer, text: str, stop: tuple[str, ...]
) -> None:
    own = Tokenizer(tokenizer.cache_folder)
    own.adopt((), stop)
    normal = normalise(text).text
    words = [token.text for token in own.words(normal)]
    assert own.terms(text) == words + characters(normal) + pairs(normal)
