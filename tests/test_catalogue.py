"""Both languages say the same things, with the same variables, as the code asks for them and Telegram takes them."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import get_args

import pytest
from fluent.runtime import FluentBundle
from fluent.syntax import FluentParser, FluentSerializer, visitor
from fluent.syntax import ast as ftl
from opencc import OpenCC

from bot.conversation.commands import Command
from bot.language import LANGUAGES, Language, language_in, language_of, operator_language
from bot.rendering import catalogue
from bot.rendering.catalogue import Html, phrases, sources
from bot.reply import say
from testbed.telegram_markup import parse_html

HAN = re.compile("[\u4e00-\u9fff]")
BOT = Path(catalogue.__file__).parents[2]

# Longest texts that Telegram takes where it shows no markup, in characters.
LIMITS = {
    "bot-description": 512,
    "bot-short-description": 120,
    "command-": 256,
    "button-": 40,
    "inline-start": 64,
    **dict.fromkeys(("vote-", "out-of-date", "not-your-button", "not-for-this-chat", "no-more", "reload-busy"), 200),
}


class _Variables(visitor.Visitor):
    """Collects the names of the variables in a message."""

    def __init__(self) -> None:
        self.names: set[str] = set()

    def visit_VariableReference(self, node: ftl.VariableReference) -> None:  # noqa: N802
        self.names.add(node.id.name)


@cache
def resource(language: Language) -> ftl.Resource:
    return FluentParser().parse("".join(sources(language).values()))


@cache
def variables(language: Language) -> dict[str, frozenset[str]]:
    """The variables of every message."""
    found = {}
    for entry in resource(language).body:
        if isinstance(entry, ftl.Message):
            collector = _Variables()
            collector.visit(entry)
            found[entry.id.name] = frozenset(collector.names)
    return found


def trees() -> Iterator[ast.AST]:
    for path in sorted(BOT.rglob("*.py")):
        yield ast.parse(path.read_text(encoding="utf-8"), str(path))


def calls() -> Iterator[tuple[str, frozenset[str] | None]]:
    """``(key, names of arguments)`` of every phrase that is asked for; no names where they are unpacked."""
    for tree in trees():
        says = any(isinstance(node, ast.ImportFrom) and node.module == "bot.reply" for node in ast.walk(tree))
        for node in ast.walk(tree):
            match node:
                case ast.Call(ast.Name("say"), [ast.Constant(str())]) if not says:
                    pass  # a function of that module's own
                case ast.Call(
                    ast.Attribute(attr="html" | "text") | ast.Name("say"), [ast.Constant(str() as key)], keywords
                ):
                    names = [keyword.arg for keyword in keywords]
                    yield key, None if None in names else frozenset(name for name in names if name)


def arguments(key: str) -> dict[str, str | int]:
    return {
        name: 3 if name in {"count", "seconds", "days", "number", "paragraphs"} else "<&>"
        for name in variables("zh")[key]
    }


KEYS = sorted(variables("zh"))


def test_every_language_has_a_file() -> None:
    assert (
        {path.stem for path in (BOT / "rendering/catalogue").glob("*.ftl")} == set(get_args(Language)) == set(LANGUAGES)
    )


@pytest.mark.slow
def test_the_traditional_file_is_up_to_date() -> None:
    command = [sys.executable, "-m", "docs.traditional", "--check"]
    done = subprocess.run(command, cwd=BOT.parent, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout.strip()) == (0, "")


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_holds_nothing_that_is_no_message_and_none_twice(language: Language) -> None:
    body = FluentParser().parse((BOT / f"rendering/catalogue/{language}.ftl").read_text("utf-8")).body
    junk = [FluentSerializer().serialize_entry(entry) for entry in body if isinstance(entry, ftl.Junk)]
    twice = [
        name
        for name, times in Counter(entry.id.name for entry in body if isinstance(entry, ftl.Message)).items()
        if times > 1
    ]
    assert (junk, twice) == ([], [])


def test_both_languages_have_the_same_messages_with_the_same_variables() -> None:
    assert variables("zh") == variables("zh-hant") == variables("en")


def test_what_the_code_asks_for_exists_with_these_variables() -> None:
    known = variables("zh")
    wrong = [(key, names) for key, names in calls() if key not in known or names not in {None, known[key]}]
    assert wrong == []


def test_every_message_is_asked_for() -> None:
    written = {
        node.value
        for tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert set(KEYS) - written == {f"command-{command.value}" for command in Command}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_can_be_said(language: Language) -> None:
    for key in KEYS:
        text, _ = parse_html(phrases(language).html(key, **arguments(key)))
        assert text.strip(), key
        assert text.count("<&>") >= sum(value == "<&>" for value in arguments(key).values()), key
        assert not set(text) & {"{", "}"}, key


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_message_is_what_fluent_makes_of_the_whole_file(language: Language) -> None:
    bundle = FluentBundle([language], use_isolating=False)
    bundle.add_resource(resource(language))
    expected = {}
    for key in KEYS:
        pattern = bundle.get_message(key).value
        assert pattern
        expected[key] = bundle.format_pattern(pattern, arguments(key))
    assert {key: (phrases(language).text(key, **arguments(key)), []) for key in KEYS} == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("prefix", "limit"), LIMITS.items())
def test_what_telegram_shows_as_it_is_has_no_markup_and_fits(language: Language, prefix: str, limit: int) -> None:
    shown = {
        key: phrases(language).text(key, **dict.fromkeys(arguments(key), "")) for key in KEYS if key.startswith(prefix)
    }
    assert shown
    assert {key: text for key, text in shown.items() if set(text) & {"<", "&"} or len(text) > limit} == {}


def test_chinese_is_written_in_chinese_and_english_in_english() -> None:
    for key in KEYS:
        english = phrases("en").text(key, **arguments(key))
        chinese = phrases("zh").text(key, **arguments(key))
        assert HAN.search(chinese) or not any(map(str.isalpha, english)), key
        assert key.startswith("help") or not HAN.search(english), key


def test_traditional_sentences_have_no_simplified_characters_left() -> None:
    to_simplified, to_traditional = OpenCC("t2s").convert, OpenCC("s2t").convert
    both = set("只里后台面干才游注准谷云几系表范致郁余复征签发采斗杠群")  # which traditional texts have too
    for key in KEYS:
        text = phrases("zh-hant").text(key, **arguments(key))
        left = {one for one in text if to_simplified(one) == one != to_traditional(one)} - both
        assert not left, (key, left)


def test_traditional_sentences_are_in_the_words_of_taiwan_and_hong_kong_where_they_were_corrected() -> None:
    text = phrases("zh-hant").text
    assert text("folder-read-only") == "資料夾是唯讀的"
    assert text("term", term="x") == "「x」"


@pytest.mark.parametrize(
    ("text", "otherwise", "language"),
    [
        ("年假几天？", "en", "zh"),
        ("年假幾天？", "zh", "zh-hant"),
        ("目標是什麼？@bot", "zh", "zh-hant"),
        ("台灣的后里區在哪裡", "zh", "zh-hant"),
        ("人口", "zh-hant", "zh-hant"),
        ("人口", "en", "zh"),
        ("How many days?", "zh", "en"),
        ("GDP", "zh", "zh"),
        ("GDP", "en", "en"),
    ],
)
def test_in_a_group_the_language_is_that_of_the_question(text: str, otherwise: Language, language: Language) -> None:
    assert language_in(text, otherwise) == language


@pytest.mark.attack
def test_text_is_escaped_in_messages_and_markup_is_not() -> None:
    html = phrases("zh").html
    assert html("removed", name="<b>&") == "已移除 &lt;b&gt;&amp;。"
    assert html("removed", name=Html("<b>x</b>")) == "已移除 <b>x</b>。"
    assert html("removed", name=html("cancelled")) == "已移除 已取消。。"


def test_a_sentence_may_stand_in_a_sentence() -> None:
    inner = say("removed", name="<b>")
    outer = say("removed", name=inner)
    assert phrases("zh").html(outer) == phrases("zh").html("removed", name=inner) == "已移除 已移除 &lt;b&gt;。。"
    assert phrases("en").text(outer) == "Removed Removed <b>.."


def test_text_is_not_escaped_where_telegram_shows_it_as_it_is() -> None:
    assert phrases("zh").text("removed", name="<b>&") == "已移除 <b>&。"


def test_text_may_be_long_and_look_like_a_variable() -> None:
    long = "{ $name }\ue000name\ue001" * 1000
    assert phrases("en").text("removed", name=long) == f"Removed {long}."


def test_numbers_choose_the_plural_and_are_written_as_the_language_does() -> None:
    text = phrases("en").text
    assert text("sources-title", count=1, page=1, pages=1) == "<b>One document</b> (page 1 of 1)"
    assert text("sources-title", count=1234, page=1, pages=62) == "<b>1,234 documents</b> (page 1 of 62)"


def test_a_mistake_is_an_error() -> None:
    with pytest.raises(KeyError):
        phrases("zh").text("no-such-message")
    with pytest.raises(ValueError, match="removed"):
        phrases("zh").text("removed")


@pytest.mark.parametrize(
    ("code", "language"),
    [
        ("zh", "zh"),
        ("zh-hans", "zh"),
        ("zh-hant", "zh-hant"),
        ("ZH-TW", "zh-hant"),
        (None, "zh"),
        ("", "zh"),
        ("en", "en"),
        ("de", "en"),
        ("zha", "en"),
    ],
)
def test_the_language_is_the_persons_own(code: str | None, language: Language) -> None:
    assert language_of(code) == language


def test_variables_have_plain_names() -> None:
    assert {letter for names in variables("zh").values() for name in names for letter in name} <= {
        *string.ascii_lowercase,
        *string.digits,
        "_",
    }


@pytest.mark.parametrize(
    ("environment", "language"),
    [
        ({}, "zh"),
        ({"LANG": "zh_CN.UTF-8", "YUANJU_LANGUAGE": "en"}, "en"),
        ({"LANG": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LANG": "en_US.UTF-8", "LC_ALL": "zh_CN.UTF-8"}, "zh"),
        ({"LANG": "de_DE", "LC_ALL": ""}, "en"),
    ],
)
def test_the_language_of_a_terminal_is_the_systems(environment: dict[str, str], language: Language) -> None:
    assert operator_language(environment) == language
