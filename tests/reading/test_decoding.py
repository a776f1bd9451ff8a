from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.errors import UnreadableDocument
from retrieval.reading.content import Raw
from retrieval.reading.limits import Limits
from retrieval.reading.text.decoding import Decoded, decode
from retrieval.records import Document

Read = Callable[..., Document]

SIMPLIFIED = "近期，上海出台了促进绿色低碳产业发展、培育“元宇宙”新赛道三个行动方案。"
TRADITIONAL = "近期，臺北市政府舉行記者會，介紹三個行動方案的相關情況，並回答記者提問。"
HEAD = "Plain ASCII stands at the head of this file, line after line.\n" * 70


def decoded(data: bytes, *, encoding: str | None = None, language: str | None = None) -> Decoded:
    return decode(Raw(path="a.txt", data=data, limits=Limits(), encoding=encoding, language=language))


@pytest.mark.parametrize("head", ["", HEAD], ids=["", "ascii-head"])
@pytest.mark.parametrize(
    ("codec", "text", "name"),
    [
        ("utf-8", SIMPLIFIED, "utf-8"),
        ("utf-8-sig", SIMPLIFIED, "utf-8"),
        ("utf-16", SIMPLIFIED, "utf-16"),
        ("utf-16-le", SIMPLIFIED, "utf-16-le"),
        ("utf-16-be", SIMPLIFIED, "utf-16-be"),
        ("utf-32", SIMPLIFIED, "utf-32"),
        ("gbk", SIMPLIFIED, "gb18030"),
        ("gb18030", SIMPLIFIED + "𠀀㐀", "gb18030"),
        ("big5", TRADITIONAL, "big5"),
        ("cp950", TRADITIONAL + "喬治‧布希", "big5"),
        ("big5hkscs", TRADITIONAL + "咁㗎", "big5"),
    ],
)
def test_encoding_is_found_without_a_doubt(codec: str, text: str, name: str, head: str) -> None:
    assert decoded((head + text).encode(codec)) == Decoded(head + text, name)


@pytest.mark.parametrize("text", ["café", "© 2022 Yuanju", "10 ± 2 m²", "It’s naïve — “yes”", "中国", "plain ASCII"])
def test_utf8_of_few_characters_is_found_without_a_doubt(text: str) -> None:
    assert decoded(text.encode()) == Decoded(text, "utf-8")


@pytest.mark.parametrize(("text", "other"), [("茅台", "utf-8"), ("联通", "big5"), ("中国", "big5")])
def test_text_too_short_to_tell_is_called_doubtful_with_the_alternatives(text: str, other: str) -> None:
    found = decoded(text.encode("gbk"))
    (remark,) = found.remarks
    assert remark.startswith(f"the encoding is doubtful: read as gb18030 ({text}), it could be ")
    assert f"{other} (" in remark
    assert remark.endswith("set it in documents.toml")


@pytest.mark.parametrize(
    ("declared", "codec", "text"),
    [("gb2312", "gbk", "中国"), ("big5", "big5", "台灣"), ("GBK", "gbk", "朱镕基"), ("shift_jis", "cp932", "日本語")],
)
def test_declaration_in_the_text_settles_a_short_one(declared: str, codec: str, text: str) -> None:
    html = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">{text}'
    assert decoded(html.encode(codec)).text == html
    assert decoded(html.encode(codec)).remarks == ()


def test_declaration_that_is_wrong_is_not_believed() -> None:
    html = f'<meta charset="gb2312">{SIMPLIFIED}'
    assert decoded(html.encode()) == Decoded(html, "utf-8", ("declares gb18030 but is utf-8",))
    html = f'<meta charset="utf-8">{SIMPLIFIED}'
    assert decoded(html.encode("gbk")) == Decoded(html, "gb18030")


def test_language_speaks_for_its_encoding() -> None:
    assert decoded("中文".encode("big5"), language="zh-TW").encoding == "big5"


def test_encoding_that_was_set_is_used() -> None:
    assert decoded("中国".encode("gbk"), encoding="gb18030") == Decoded("中国", "gb18030")


def test_encoding_that_was_set_and_does_not_fit_is_an_error() -> None:
    with pytest.raises(UnreadableDocument, match=r"is not utf-8, as it is declared to be: byte 0 \(0xD6\)"):
        decoded("中国".encode("gbk"), encoding="utf-8")


def test_text_in_no_encoding_is_an_error_with_the_place() -> None:
    data = SIMPLIFIED.encode() + b"\xff\xff" + SIMPLIFIED.encode() + b"\x80"
    with pytest.raises(UnreadableDocument, match=r"is in no encoding that fits all of it; as .*, byte \d+ \(0x"):
        decoded(data)


LINES = {"utf-8": SIMPLIFIED, "gbk": SIMPLIFIED, "big5": TRADITIONAL}
NAMES = {"utf-8": "utf-8", "gbk": "gb18030", "big5": "big5"}


@pytest.mark.parametrize("codec", LINES)
@pytest.mark.parametrize("cut", range(1, 14))
def test_text_that_was_cut_off_is_read_up_to_the_cut(codec: str, cut: int) -> None:
    text = f"{LINES[codec]}\n" * 4
    found = decoded(text.encode(codec)[:-cut])
    assert found.encoding == NAMES[codec]
    assert text.startswith(found.text)
    assert len(text) - len(found.text) <= cut
    whole = found.text.encode(codec) == text.encode(codec)[:-cut]
    assert [remark.partition(",")[0] for remark in found.remarks] == (
        [] if whole else ["ends in the midst of a character"]
    )


def test_marked_text_that_was_cut_off_is_read_up_to_the_cut() -> None:
    remark = "ends in the midst of a character, perhaps cut off: left out the last byte, on line 1"
    assert decoded("中国人".encode("utf-16")[:-1]) == Decoded("中国", "utf-16", (remark,))


@pytest.mark.parametrize("codec", LINES)
@pytest.mark.parametrize("byte", [b"\xff", b"\xff\xff"])
def test_damaged_line_is_named_with_what_to_do(codec: str, byte: bytes) -> None:
    line = f"{LINES[codec]}\n".encode(codec)
    place = 2 * len(line) + 3 * len("近".encode(codec))
    data = line * 5
    with pytest.raises(UnreadableDocument) as refused:
        decoded(data[:place] + byte + data[place:])
    assert f"as {NAMES[codec]}, line 3, byte " in str(refused.value)
    assert str(refused.value).endswith("(it is damaged, or in another encoding), and save the file as UTF-8")


def test_byte_that_shifts_all_that_follows_is_not_read_as_another_encoding() -> None:
    data = (f"{TRADITIONAL}\n" * 3).encode("big5")
    with pytest.raises(UnreadableDocument, match=r"as big5, line \d, byte \d"):
        decoded(data[:60] + b"\x80" + data[61:])


def test_line_in_another_encoding_is_named() -> None:
    with pytest.raises(UnreadableDocument, match=r"as utf-8, line 6, byte \d"):
        decoded(f"{SIMPLIFIED}\n".encode() * 5 + "补充：钥匙编号见附件。".encode("gbk"))


def test_euro_sign_of_windows_is_read() -> None:
    text = "门票每张35€，当日有效，凭票入场，不得转让。"
    assert decoded(text.encode("gbk", "replace").replace(b"?", b"\x80")) == Decoded(text, "gb18030")


def test_text_larger_than_the_limit_is_an_error() -> None:
    raw = Raw(path="a.txt", data=b"a" * 2_000_000, limits=Limits(text_bytes=1_000_000))
    with pytest.raises(UnreadableDocument, match=r"too large \(2 MiB; the limit text_bytes is 1 MiB\)"):
        decode(raw)


@given(st.binary(max_size=300))
def test_any_bytes_are_decoded_strictly_or_refused(data: bytes) -> None:
    try:
        found = decoded(data)
    except UnreadableDocument:
        return
    stands_there = any("\ufffd".encode(codec) in data for codec in ("utf-8", "gb18030", "utf-16-le", "utf-16-be"))
    assert stands_there or "\ufffd" not in found.text
    found.text.encode()


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=1, max_size=60))
def test_any_ideographs_in_utf8_are_read_exactly(text: str) -> None:
    assert decoded(text.encode()).text == text


@pytest.mark.parametrize(
    ("text", "encoding", "family"),
    [
        ("Die Straße „Am Brückenkopf“ ist für Fußgänger gesperrt.", "cp1252", "windows-1252"),
        ("Où est la clé ? Les élèves l’ont rendue à l’été.", "cp1252", "windows-1252"),
        ("The café’s “naïve” résumé costs £5 at 20 °C. © 2020", "cp1252", "windows-1252"),
        ("Библиотека открыта каждый день. Читатели могут взять три книги на две недели.", "cp1251", "windows-1251"),
    ],
)
def test_western_and_cyrillic_texts_are_told_apart_by_words_of_one_script(
    text: str, encoding: str, family: str
) -> None:
    found = decoded(text.encode(encoding))
    assert (found.text, found.encoding) == (text, family)
    assert "the encoding is doubtful" in found.remarks[0]
