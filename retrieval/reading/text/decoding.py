"""From bytes to characters: which encoding a text is in, without losing or inventing a character.

Every decoding is strict. What the text declares, what the chardet library finds in the whole of it, and how likely its
characters are in each encoding that fits must agree; where they do not, the reading says so and names the others.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice

from retrieval.errors import UnreadableDocument
from retrieval.reading.content import Raw
from retrieval.reading.limits import too_large
from retrieval.reading.text.likelihood import cost, has_words, uncommon_count


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, the encoding it was decoded with, and what was doubtful about that."""

    text: str
    encoding: str
    remarks: tuple[str, ...] = ()


_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(
    rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w.:-]{2,30})"
    rb"|<\?xml[^>]{0,100}?encoding\s*=\s*[\"']([\w.:-]{2,30})"
    rb"|@charset\s+\"([\w.:-]{2,30})\"",
    re.IGNORECASE,
)
# Codecs in the order in which they are tried: each takes in the ones that people mean by its name. Windows' code page
# comes before its supersets, since it is what wrote the files.
_CODECS = {
    "utf-8": ("utf-8",),
    "gb18030": ("gb18030",),
    "big5": ("cp950", "big5hkscs"),
    "shift_jis": ("cp932", "shift_jis_2004"),
    "euc-jp": ("euc_jp", "euc_jis_2004"),
    "euc-kr": ("cp949",),
    "windows-1252": ("cp1252",),
    "windows-1251": ("cp1251",),
    "utf-16-le": ("utf-16-le",),
    "utf-16-be": ("utf-16-be",),
}
_FAMILY = {
    **dict.fromkeys(("gb2312", "gbk", "gb18030", "cp936", "hz", "x-gbk", "euc-cn", "euc_cn", "gb_2312-80"), "gb18030"),
    **dict.fromkeys(("big5", "cp950", "big5hkscs", "big5-hkscs", "big5-tw", "x-x-big5"), "big5"),
    **dict.fromkeys(
        ("shift_jis", "shift-jis", "sjis", "cp932", "windows-31j", "x-sjis", "shift_jis_2004"), "shift_jis"
    ),
    **dict.fromkeys(("euc-jp", "euc_jp", "eucjp", "x-euc-jp", "euc_jis_2004"), "euc-jp"),
    **dict.fromkeys(("euc-kr", "euc_kr", "cp949", "uhc", "ks_c_5601-1987", "windows-949"), "euc-kr"),
    **dict.fromkeys(("windows-1252", "cp1252", "iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii"), "windows-1252"),
    **dict.fromkeys(("windows-1251", "cp1251"), "windows-1251"),
    **dict.fromkeys(("utf-8", "utf8", "utf_8", "unicode-1-1-utf-8"), "utf-8"),
    **dict.fromkeys(("utf-16", "utf-16le", "utf-16-le", "ucs-2", "unicode"), "utf-16-le"),
    **dict.fromkeys(("utf-16be", "utf-16-be"), "utf-16-be"),
}
_LANGUAGE = {"zh-tw": "big5", "zh-hk": "big5", "zh-hant": "big5", "zh": "gb18030", "ja": "shift_jis", "ko": "euc-kr"}
_DETECTED = ("gb18030", "big5", "cp932", "euc_jis_2004", "cp949", "cp1252", "cp1251")
_CHINESE = frozenset({"gb18030", "big5"})
_FOREIGN = frozenset(_CODECS) - _CHINESE - {"utf-8", "utf-16-le", "utf-16-be"}
# Encodings that fit nearly any bytes, so that fitting proves nothing.
_SINGLE_BYTE = frozenset({"windows-1252", "windows-1251"})
# Nats of evidence. 7 is odds of a thousand to one; the advantages are what is known before a character is seen.
_SURE = 7.0
_SURE_OF_UNCOMMON = 3.0
_ADVANTAGE = {"utf-8": 6.0, "gb18030": 1.0, "utf-16-le": -5.0, "utf-16-be": -7.0}
_DECLARED_ADVANTAGE = 12.0
_LANGUAGE_ADVANTAGE = 7.0
# This many characters of several bytes are not well-formed UTF-8 by accident.
_PROOF_OF_UTF8 = 24
_ASCII_STRETCH = re.compile(rb"([\x01-\x7f]{8})[\x01-\x7f]{32,}([\x01-\x7f]{8})")
_UTF8_SEQUENCE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_MOST_DAMAGE = 0.002  # of the characters
_MULTIBYTE = re.compile(rb"[\xc2-\xf4][\x80-\xbf]+")


def _euro_or_mark(error: UnicodeError) -> tuple[str | bytes, int]:
    """The euro sign for 0x80, where Windows' GBK has it; a replacement character for what fits no character at all."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    is_euro = error.encoding.startswith("gb") and error.object[error.start] == 0x80
    return "€" if is_euro else "\ufffd", error.start + 1 if is_euro else error.end


codecs.register_error("euro_or_mark", _euro_or_mark)


def decode(raw: Raw) -> Decoded:
    """The text of the file, decoded strictly: every byte becomes the character it stands for, or nothing is returned.

    A text that ends in the midst of a character is read up to there, with a remark. Raises ``UnreadableDocument`` when
    no encoding fits, or the one that was set does not, with the line and what to do.
    """
    data = raw.data
    if len(data) > raw.limits.text_bytes:
        raise UnreadableDocument(raw.path, too_large(len(data), "text_bytes", raw.limits.text_bytes))
    if raw.encoding:
        return _as_set(raw, raw.encoding)
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _as_set(raw, encoding)
    if data.isascii() and b"\0" not in data:
        return Decoded(data.decode("ascii"), "utf-8")
    return _detected(raw)


def _as_set(raw: Raw, encoding: str) -> Decoded:
    name = encoding.removesuffix("-sig")
    try:
        return Decoded(raw.data.decode(encoding).removeprefix("\ufeff"), name)
    except UnicodeDecodeError as error:
        if error.start and _is_cut(error):
            return Decoded(raw.data[: error.start].decode(encoding).removeprefix("\ufeff"), name, (_cut_remark(error),))
        reason = f"is not {encoding}, as it is declared to be: {_place(error)}; convert it, or correct documents.toml"
        raise UnreadableDocument(raw.path, reason) from error


def _place(error: UnicodeDecodeError) -> str:
    return f"byte {error.start:,} (0x{error.object[error.start]:02X}) fits no character"


def _line(error: UnicodeDecodeError) -> int:
    return error.object.count(b"\n", 0, error.start) + 1


def _is_cut(error: UnicodeDecodeError) -> bool:
    """Whether the text ends in the midst of a character, and fits up to there."""
    return error.end >= len(error.object) and error.reason.startswith(("unexpected end", "truncated", "incomplete"))


def _cut_remark(error: UnicodeDecodeError) -> str:
    count = len(error.object) - error.start
    left_out = "last byte" if count == 1 else f"last {count} bytes"
    return f"ends in the midst of a character, perhaps cut off: left out the {left_out}, on line {_line(error):,}"


def _detected(raw: Raw) -> Decoded:
    data = raw.data
    readings, errors = _readings(data)
    if "utf-8" not in readings and _is_nearly_utf8(data):
        return _damaged(raw, "utf-8", errors["utf-8"])
    declared = _declared(data)
    if "utf-8" in readings and sum(1 for _ in islice(_MULTIBYTE.finditer(data), _PROOF_OF_UTF8)) == _PROOF_OF_UTF8:
        contradiction = (f"declares {declared} but is utf-8",) if declared not in {None, "utf-8"} else ()
        return Decoded(readings["utf-8"], "utf-8", contradiction)
    verdict = _library_verdict(data) if "utf-8" not in readings else "utf-8"
    if verdict and verdict not in readings:
        readings.update(_strict(data, verdict, errors))
    damaged = {} if "utf-8" in readings else _nearly_chinese(data, _CHINESE - readings.keys())
    if not readings and not damaged:
        family, error = max(errors.items(), key=lambda item: item[1].start)
        raise UnreadableDocument(raw.path, _damage(family, error))
    expected = _family_of_language(raw.language)
    found = _weighed(damaged | readings, declared=declared, verdict=verdict, expected=expected)
    is_damaged = "\ufffd" in damaged.get(found.encoding, "")
    return _damaged(raw, found.encoding, errors[found.encoding]) if is_damaged else found


def _damaged(raw: Raw, family: str, error: UnicodeDecodeError) -> Decoded:
    """The text up to where it was cut off. Raises ``UnreadableDocument`` when it is damaged anywhere else."""
    if not _is_cut(error):
        raise UnreadableDocument(raw.path, _damage(family, error)) from error
    return Decoded(raw.data[: error.start].decode(error.encoding).removeprefix("\ufeff"), family, (_cut_remark(error),))


def _damage(family: str, error: UnicodeDecodeError) -> str:
    return (
        f"is in no encoding that fits all of it; as {family}, line {_line(error):,}, {_place(error)}; "
        "mend that line in an editor (it is damaged, or in another encoding), and save the file as UTF-8"
    )


def _is_nearly_utf8(data: bytes) -> bool:
    """Whether a text that is not UTF-8 throughout is so nearly everywhere, as no other encoding is by accident."""
    sequences = _UTF8_SEQUENCE.findall(data)
    beyond_ascii = len(data) - len(data.translate(None, _BEYOND_ASCII))
    share = sum(map(len, sequences)) / beyond_ascii
    wide = sum(len(sequence) > 2 for sequence in sequences)
    return share >= 0.8 and (wide >= _PROOF_OF_UTF8 or (wide >= 3 and share >= 0.9 - 0.3 / wide))


def _nearly_chinese(data: bytes, families: Iterable[str]) -> dict[str, str]:
    """The text in each of these encodings that fits nearly all of it, a replacement character where it does not."""
    texts = {family: data.decode(_CODECS[family][0], "euro_or_mark") for family in sorted(families)}
    return {family: text for family, text in texts.items() if text.count("\ufffd") <= max(2, _MOST_DAMAGE * len(text))}


def _weighed(readings: dict[str, str], *, declared: str | None, verdict: str, expected: str | None) -> Decoded:
    """The likeliest reading, and in a remark those that are not much less likely or that a witness speaks for."""
    costs = {family: cost(text, family) - _ADVANTAGE.get(family, 0.0) for family, text in readings.items()}
    if declared in costs:
        costs[declared] -= _DECLARED_ADVANTAGE
    if expected in costs:
        costs[expected] -= _LANGUAGE_ADVANTAGE
    best, *others = sorted(costs, key=lambda family: (costs[family], family))
    # Characters that are seldom written say little about the encoding: each asks for more evidence from the rest.
    needed = _SURE + _SURE_OF_UNCOMMON * uncommon_count(readings[best], best)
    doubts = [
        family
        for family in others
        if readings[family] != readings[best]
        and (
            costs[family] - costs[best] < needed
            or (family == verdict and best != declared)
            or family == declared
            or (best in _FOREIGN and family in _CHINESE and best != declared)
        )
    ]
    remarks = _doubt(best, readings, doubts)
    if best in _FOREIGN and best != declared and not remarks:
        remarks = (f"the encoding is doubtful: read as {best}, which nothing declares; set it in documents.toml",)
    return Decoded(readings[best].removeprefix("\ufeff"), best, remarks)


def _readings(data: bytes) -> tuple[dict[str, str], dict[str, UnicodeDecodeError]]:
    """The text in each encoding that fits all of it, and where the others failed."""
    errors: dict[str, UnicodeDecodeError] = {}
    readings: dict[str, str] = {}
    for family in ("utf-8", "gb18030", "big5"):
        readings.update(_strict(data, family, errors))
    if not readings:
        for family in ("windows-1252", "windows-1251"):
            readings.update(_strict(data, family, errors))
    if len(data) % 2 == 0:
        for family in ("utf-16-le", "utf-16-be"):
            readings.update(_strict(data, family, errors))
    return readings, errors


def _strict(data: bytes, family: str, errors: dict[str, UnicodeDecodeError]) -> dict[str, str]:
    for codec in _CODECS[family]:
        try:
            text = data.decode(codec)
        except UnicodeDecodeError as error:
            if family not in errors or errors[family].start < error.start:
                errors[family] = error
        else:
            return {family: text} if family not in _SINGLE_BYTE or has_words(text) else {}
    return {}


def _declared(data: bytes) -> str | None:
    """The encoding that the text itself names in its head."""
    found = _DECLARED.search(data[:4096].replace(b"\0", b""))
    name = next((group for group in found.groups() if group), b"") if found else b""
    return _FAMILY.get(name.decode("ascii", "replace").lower())


def _library_verdict(data: bytes) -> str:
    import chardet  # its models take a while to load, and most texts are UTF-8

    # A long stretch of ASCII says nothing, and would drown what follows it.
    telling = _ASCII_STRETCH.sub(rb"\1\2", data)
    found = chardet.detect(telling, max_bytes=len(telling), include_encodings=_DETECTED, compat_names=False)
    return _FAMILY.get((found["encoding"] or "").lower(), "")


def _family_of_language(language: str | None) -> str | None:
    if not language:
        return None
    language = language.lower().replace("_", "-")
    return _LANGUAGE.get(language) or _LANGUAGE.get("-".join(language.split("-")[:2])) or _LANGUAGE.get(language[:2])


def _doubt(best: str, readings: dict[str, str], alternatives: list[str]) -> tuple[str, ...]:
    if not alternatives:
        return ()
    others = ", ".join(f"{family} ({_sample(readings[family], readings[best])})" for family in alternatives)
    sample = _sample(readings[best], readings[alternatives[0]])
    return (f"the encoding is doubtful: read as {best} ({sample}), it could be {others}; set it in documents.toml",)


def _sample(text: str, other: str) -> str:
    """The first characters in which the text differs from the other, fit to be shown."""
    start = next((at for at, pair in enumerate(zip(text, other, strict=False)) if pair[0] != pair[1]), 0)
    return "".join(character if character.isprintable() else "·" for character in text[start : start + 8])
