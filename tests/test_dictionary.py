"""Texts are cut as jieba does, with and without words of the operator's own, in C and in Python."""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from copy import copy
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from jieba import Tokenizer

from retrieval import language
from retrieval.language import characters, normalise, pairs
from retrieval.language.dictionary import COMPILED, Dictionary, Words, dictionary, dictionary_lines

if COMPILED:
    from retrieval.language import _words

OWN = (("智能终端产", 100_000), ("业规", 7), ("二级响应", 100_000))
KNOWN = re.compile("[\u4e00-\u9fd5]+")
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
    | st.deferred(lambda: st.sampled_from([word for word, *_ in dictionary_lines() if KNOWN.fullmatch(word)]))
    | st.characters(min_codepoint=0x3400, max_codepoint=0x9FFF),
    min_size=1,
    max_size=30,
).map("".join)


@cache
def jieba_cut(words: Words) -> Callable[[str], list[str]]:
    """jieba itself, with words added."""
    tokenizer = copy(_jieba())
    tokenizer.FREQ = dict(tokenizer.FREQ)
    for word, frequency in words:
        tokenizer.add_word(word, frequency)
    return lambda run: list(tokenizer.cut(run, HMM=False))


@cache
def _jieba() -> Tokenizer:
    tokenizer = Tokenizer()
    tokenizer.initialize()
    return tokenizer


@cache
def ours(dictionaries: Path, words: Words, compiled: bool) -> Dictionary:
    made = dictionary(dictionaries)
    made = Dictionary(made.table, made.total, compiled=compiled)
    return made.extended(words) if words else made


@pytest.mark.slow
@given(run=runs, words=st.sampled_from([(), OWN]), compiled=st.sampled_from(sorted({COMPILED, False})))
def test_texts_are_cut_as_jieba_does(dictionaries: Path, run: str, words: Words, compiled: bool) -> None:
    cut = jieba_cut(words)
    expected = [
        word for part in re.split("([\u4e00-\u9fd5]+)", run) for word in (cut(part) if KNOWN.match(part) else part)
    ]
    own = ours(dictionaries, words, compiled)
    assert own.cut(run) == expected
    assert "".join(expected) == run
    distinct, numbers, starts = own.numbered(run)
    assert [distinct[number] for number in numbers] == expected
    assert [run[start:].startswith(word) for start, word in zip(starts, expected, strict=True)] == [True] * len(
        expected
    )
    assert sorted(distinct) == sorted(set(expected))


@pytest.mark.slow
@pytest.mark.parametrize("compiled", sorted({COMPILED, False}))
def test_frequencies_and_parts_are_those_of_jieba(dictionaries: Path, compiled: bool) -> None:
    own = ours(dictionaries, (), compiled)
    lines = tuple(dictionary_lines())
    known = {word: (frequency, part[:2]) for word, frequency, part in lines[:: 1 if compiled else 100]}
    assert {word: (own.frequency(word), own.part(word)) for word in known} == known
    assert own.total == sum(frequency for _, frequency, _ in lines)
    for unknown in ("", "智能终", "火星人类", "龦"):
        assert (own.frequency(unknown), own.part(unknown)) == (0, "")


@pytest.mark.parametrize("shape", [(3, 2), (0, 2), (4, 3)])
def test_what_is_no_table_is_refused(shape: tuple[int, int]) -> None:
    if COMPILED:
        with pytest.raises(ValueError, match="no table of words"):
            Dictionary(np.zeros(shape, dtype=np.uint64), 1).cut("字")


def test_words_that_are_adopted_are_kept_whole_and_stop_words_passed_over(dictionaries: Path) -> None:
    tokenizer = language.Tokenizer(dictionaries)
    before = [token.text for token in tokenizer.words("智能终端产业的规模")]
    tokenizer.adopt((("智能终端产业", 100_000),), {"的"})
    assert [token.text for token in tokenizer.words("智能终端产业的规模")] == ["智能终端产业", "规模"]
    tokenizer.adopt((), ())
    assert [token.text for token in tokenizer.words("智能终端产业的规模")] == before


@given(text=st.text("智能终端产业的规模cpu5g０，。 1,000.5\n", max_size=40), stop=st.sampled_from([(), ("的", "cpu")]))
def test_the_bag_of_terms_holds_words_characters_and_pairs(
    tokenizer: language.Tokenizer, text: str, stop: tuple[str, ...]
) -> None:
    own = language.Tokenizer(tokenizer.cache_folder)
    own.adopt((), stop)
    normal = normalise(text).text
    words = [token.text for token in own.words(normal)]
    assert own.terms(text) == words + characters(normal) + pairs(normal)


@pytest.mark.skipif(not COMPILED, reason="there was no compiler")
@given(text=st.text(st.sampled_from("a，b\0\ud800\ufeffＡ𠀀")), known=st.sets(st.sampled_from("a，b\0\ud800\ufeffＡ")))
def test_a_text_is_folded_where_all_of_its_characters_are_known(text: str, known: set[str]) -> None:
    table = array("I", bytes(4 << 16))
    for character in known:
        table[ord(character)] = 0x10000 + ord(character)
    folded = "".join(chr(0x10000 + ord(character)) for character in text) if set(text) <= known else None
    assert _words.fold(text, table) == folded
