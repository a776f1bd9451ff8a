"""Normalisation keeps its offsets, and terms are what they are said to be."""

from __future__ import annotations

from itertools import islice, pairwise
from unicodedata import normalize

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language import Bags, Tokenizer, bags, characters, normalise, pairs
from retrieval.language.tokenizer import normal_form
from retrieval.simplified import simplified

CHINESE = st.text(
    st.one_of(st.sampled_from("一二三十百千万亿〇年月元個國東產億％㎡Ａé１２３,。 \n"), st.characters(codec="utf-8")),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("ＣＰＵ與５Ｇ手機", "cpu与5g手机"),
        ("二〇二五年", "2025年"),
        ("七千億元", "7000亿元"),
        ("三十五人", "35人"),
        ("千方百计", "千方百计"),
        ("百亿级", "百亿级"),
        ("Café", "cafe"),
    ],
)
def test_normal_form(text: str, normal: str) -> None:
    assert normalise(text).text == normal


def test_a_chinese_character_is_its_own_simplified_form_or_has_one() -> None:
    usual = [chr(codepoint) for codepoint in range(0x4E00, 0xA000)]
    expected = [simplified().get(one, normalize("NFKC", one).lower()) for one in usual]
    assert normalise("\n".join(usual)).text == "\n".join(expected)


@given(CHINESE)
def test_every_span_comes_from_somewhere(text: str) -> None:
    normal = normalise(text)
    for start in range(len(normal.text)):
        left, right = normal.original(start, start + 1)
        assert 0 <= left < right <= len(text)


@given(CHINESE)
def test_the_whole_comes_from_the_whole(text: str) -> None:
    normal = normalise(text)
    if normal.text:
        assert normal.original(0, len(normal.text))[1] == len(text)


@given(CHINESE)
def test_normal_form_is_that_with_offsets(text: str) -> None:
    assert normal_form(text) == normalise(text).text


@given(CHINESE)
def test_offsets_rise(text: str) -> None:
    normal = normalise(text)
    offsets = range(len(text) + 1) if normal.offsets is None else normal.offsets
    assert list(offsets) == sorted(offsets)
    assert len(offsets) == len(normal.text) + 1


def test_terms_are_words_characters_and_pairs(tokenizer: Tokenizer) -> None:
    assert tokenizer.terms("智能终端5G") == ["智能", "终端", "5g", "智", "能", "终", "端", "智能", "能终", "终端"]


@given(st.lists(st.text("天地玄黄", max_size=5)), st.sampled_from(["，", "a", "5", " \n"]))
def test_pairs_are_of_characters_that_stand_side_by_side(runs: list[str], between: str) -> None:
    text = between.join(runs)
    assert characters(text) == [character for run in runs for character in run]
    assert pairs(text) == [left + right for run in runs for left, right in pairwise(run)]


def test_numbers_keep_their_decimals_and_lose_their_commas(tokenizer: Tokenizer) -> None:
    assert [token.text for token in tokenizer.words("1.5和2,000")] == ["1.5", "和", "2000"]


@given(st.lists(CHINESE | st.text(max_size=8), max_size=6), st.sampled_from([(), ("国", "cafe")]))
def test_bags_hold_the_terms_of_each_text(tokenizer: Tokenizer, texts: list[str], stop: tuple[str, ...]) -> None:
    own = Tokenizer(tokenizer.cache_folder)
    own.adopt((), stop)
    found = bags(own, texts)
    numbers = iter(found.numbers.tolist())
    for text, length in zip(texts, found.lengths.tolist(), strict=True):
        assert sorted(found.vocabulary[number] for number in islice(numbers, length)) == sorted(own.terms(text))
    assert not list(numbers)


@given(st.lists(st.lists(st.integers(0, 5), max_size=4), min_size=1, max_size=5), st.data())
def test_poured_bags_hold_what_their_members_held(contents: list[list[int]], data: st.DataObject) -> None:
    members = st.lists(st.integers(0, len(contents) - 1), min_size=2, max_size=2)
    together = data.draw(st.lists(members, max_size=5))
    lengths = np.array([len(content) for content in contents], dtype=np.int32)
    bag = Bags([], np.array([number for content in contents for number in content], dtype=np.uint32), lengths)
    poured = bag.poured(np.array(together, dtype=np.int64).reshape(-1, 2))
    assert poured.lengths.tolist() == [sum(len(contents[place]) for place in row) for row in together]
    assert poured.numbers.tolist() == [number for row in together for place in row for number in contents[place]]
