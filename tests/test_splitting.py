"""Sentences, joined, are the paragraph; and they end where a sentence ends."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.language.splitting import sentences

TEXT = st.text(st.sampled_from("天地玄黄宇宙洪荒ab1.。！？!?；;，,：:“”「」『』（）()《》…\n \t"), max_size=400)


@given(TEXT)
def test_lossless(text: str) -> None:
    assert "".join(sentence.text for sentence in sentences(text)) == text


@given(TEXT)
def test_offsets(text: str) -> None:
    assert all(sentence.text == text[sentence.start : sentence.end] for sentence in sentences(text))


@given(TEXT)
def test_none_is_empty(text: str) -> None:
    assert all(sentence.text for sentence in sentences(text))


def texts(text: str) -> list[str]:
    return [sentence.text for sentence in sentences(text)]


FIRST, SECOND = "这是一个足够长的完整句子，后面还有话", "另外一个句子也写得足够长，不会被合并"


@pytest.mark.parametrize("mark", ["。", "！", "？", "?", "!", "……。", "。”", "！』"])
def test_ends_after(mark: str) -> None:
    assert texts(f"{FIRST}{mark}{SECOND}") == [f"{FIRST}{mark}", SECOND]


@pytest.mark.parametrize(
    "text",
    [
        "到2025年，产业总规模突破1.5万亿元人民币大关，同比增长3.2%以上",
        "他说：“这件事情我们早就知道了。现在说什么都已经太晚了。”",
        "这部作品（很多人没有读过它。其实应该读一读。）在当时引起了很大的轰动",
        "The quick brown fox e.g. this one jumps over the lazy dog named J. Smith today",
        "这座小教堂的设计者是J. Smith和建筑师St. Helen，两人当时都住在城里",
    ],
)
def test_does_not_end_within(text: str) -> None:
    assert texts(text) == [text]


def test_a_line_break_ends_even_a_fragment() -> None:
    assert texts("标题\n正文") == ["标题\n", "正文"]


def test_a_short_sentence_is_a_sentence() -> None:
    assert texts(f"{FIRST}。短句。{SECOND}。") == [f"{FIRST}。", "短句。", f"{SECOND}。"]


def test_a_piece_without_a_word_stays_with_its_neighbour() -> None:
    assert texts(f"「{FIRST}。 」{SECOND}。") == [f"「{FIRST}。 」", f"{SECOND}。"]


def test_long_sentences_are_cut_at_semicolons() -> None:
    clause = "推动传统企业智能化战略转型，大力吸引新势力和科技公司在本地布局总部，培育新兴龙头企业"
    assert texts(f"{clause}；{clause}；{clause}。") == [f"{clause}；", f"{clause}；", f"{clause}。"]
