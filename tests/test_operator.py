"""What operators read: English in the code, Chinese in the catalogue, one language at a time."""

from __future__ import annotations

import ast
import re
import tomllib
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest

from bot.rendering.operator import in_language

ROOT = Path(__file__).parent.parent
SAYING = re.compile(r"UnreadableDocument|Finding|\w+Error")
"""What is called with a sentence for the operator."""
ROOMS = (
    "retrieval/reading",
    "retrieval/library",
    "retrieval/index",
    "retrieval/language",
    "retrieval/meaning",
    "bot/terminal",
    "bot/documents",
)
HAN = re.compile(r"[\u4e00-\u9fff]")


def literal(node: ast.expr) -> str | None:
    """A literal with its holes filled in; ``None`` for what is put together in another place."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(str(part.value) if isinstance(part, ast.Constant) else "7" for part in values)
        case _:
            return None


def sentences() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                if not isinstance(node, ast.Call):
                    continue
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                remark = name == "append" and getattr(getattr(node.func, "value", None), "id", "") == "remarks"
                if SAYING.fullmatch(name) or remark:
                    for text in filter(None, map(literal, node.args)):
                        if re.search(r"[a-z]+ [a-z]+", text):
                            yield f"{path.stem}:{node.lineno}", text


def test_every_sentence_for_the_operator_is_in_chinese_too() -> None:
    said = list(sentences())
    assert len(said) > 50
    assert [(place, text) for place, text in said if not HAN.search(in_language(text, "zh"))] == []


def test_holes_of_a_translation_are_those_of_the_sentence() -> None:
    table = tomllib.loads(files("bot.rendering.catalogue").joinpath("operator.zh.toml").read_text("utf-8"))
    for english, chinese in table.items():
        assert set(re.findall(r"\{(\w+)\}", chinese)) <= set(re.findall(r"\{(\w+)\}", english))


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("甲.txt: is empty", "甲.txt：是空的"),
        ("甲.ods: .ods files are not read; save it as .xlsx", "甲.ods：不读 .ods 文件；请另存为 .xlsx"),
        (
            "Documents folder /docs: holds nothing that can be read: a.txt: is empty",
            "文档文件夹 /docs：里面没有读得了的：a.txt：是空的",
        ),
        ("what nobody has translated", "what nobody has translated"),
    ],
)
def test_sentences_within_sentences_are_translated_too(english: str, chinese: str) -> None:
    assert in_language(english, "zh") == chinese
    assert in_language(english, "en") == english
