"""No regular expression of the package takes more than linear time, whatever text it is given."""

from __future__ import annotations

import ast
import importlib
import re
import signal
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType

import pytest

import bot
import retrieval
from bot.rendering.operator import _pattern as _pattern_of_reasons
from bot.telegram.addressing import _name_pattern
from retrieval.question.nouns import form
from retrieval.reading.declarations import _pattern

pytestmark = pytest.mark.attack

SIZES = (1_500, 6_000, 100_000)
SECONDS = 1.0
"""Of the processor, for one pattern and 100,000 characters: linear ones take a hundredth, quadratic ones a minute."""
QUICK = SECONDS * (SIZES[0] / SIZES[-1]) ** 2
"""What takes less with few characters does not take too long with all, even if it grows with their square."""
GROWTH = 8
"""Four times the characters take a linear pattern four times as long, a quadratic one sixteen times."""

# What patterns repeat, and what they look for in vain at the end.
UNITS = (
    " ", "\n", " \n", "\t", "\u3000", "a", "A", "1", "一", "的", "é", "a ", "一 ", "1 ",
    "Aa", "、", "。", "，", "：", ";", "'", '"', "#", "-", "=", "*", "_", "~", "|", "`", "<",
    ">", "<a", "<a>", "</", "<!--", "<!-- -->", "[", "]", "![", "[](", "[[", "(", ")",
    "（", "）", "“", "”", "《", "{", "{%", "%", "&", "&#", "@", "a@a", "/", "\\", "$", ":",
    ".", "a.", "1.", "1、", "1:", "1-", "1,", "a-", "第", "第一", "第1", "一、", "（一", "（一）",
    "十", "年", "1年", "1月", "http://", "\u200b", "吗", "==", "- ", "+",
)  # fmt: skip
TEXTS = {unit: [long[-size:] for size in SIZES] for unit in UNITS for long in (unit * (SIZES[-1] // len(unit)) + "\0",)}
"""For each unit, texts of each size that repeat it."""


def _sources(package: ModuleType) -> Iterator[tuple[str, str]]:
    """The names of a package's modules with their sources; nothing is imported, which takes a second."""
    for folder in package.__path__:
        for file in sorted(Path(folder).rglob("*.py")):
            parts = file.relative_to(Path(folder).parent).with_suffix("").parts
            if parts[-1] != "__main__":
                yield ".".join(parts).removesuffix(".__init__"), file.read_text(encoding="utf-8")


MODULES = {name: source for package in (retrieval, bot) for name, source in _sources(package)}
AT_START = {"match", "fullmatch"}


@cache
def _ways(module: str, name: str) -> set[str]:
    """The methods by which a pattern of this name is used: in its module, or where that is imported."""
    calls = re.compile(rf"\b{re.escape(name)}\.(match|fullmatch|search|findall|finditer|sub|subn|split)\b")
    places = [MODULES[module]] if name.startswith("_") else MODULES.values()
    return {way for source in places for way in calls.findall(source)}


def patterns(module: str) -> dict[str, tuple[re.Pattern[str], set[str]]]:
    """The patterns of a module, compiled under a name or in a table or written where they are used, and their uses."""
    found: dict[str, tuple[re.Pattern[str], set[str]]] = {}

    def look(name: str, value: object, place: str = "", depth: int = 0) -> None:
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            found[f"{name}{place}"] = value, _ways(module, name)
        elif isinstance(value, tuple | list | dict) and depth < 3:
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                look(name, inner, f"{place}[{key}]", depth + 1)

    for name, value in vars(importlib.import_module(module)).items():
        look(name, value)
    for node in ast.walk(ast.parse(MODULES[module])):
        match node:
            case ast.Call(ast.Attribute(ast.Name("re"), way), [ast.Constant(str(written)), *_]) if way != "compile":
                found[f"line {node.lineno}"] = re.compile(written), {way}
    return found


class TooSlowError(Exception):
    pass


@contextmanager
def processor_seconds(seconds: float) -> Iterator[None]:
    """Stop what takes longer: patterns look for signals while they search."""

    def stop(_: int, __: FrameType | None) -> None:
        raise TooSlowError

    before = signal.signal(signal.SIGVTALRM, stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def is_slow(pattern: re.Pattern[str], texts: Sequence[str], *, at_start: bool) -> bool:
    """Whether the pattern takes too long for the longest text, as its growth over the shorter ones says."""

    def use(text: str) -> float:
        begun = time.thread_time()
        with processor_seconds(SECONDS):
            if at_start:
                pattern.match(text)
                pattern.fullmatch(text)
            else:
                for _ in pattern.finditer(text):
                    pass
        return time.thread_time() - begun

    short, longer, longest = texts
    try:
        first = use(short)
        if first < QUICK or use(longer) < GROWTH * first:
            return False
        use(longest)
    except TooSlowError:
        return True
    return False


def slow_units(pattern: re.Pattern[str], *, at_start: bool) -> Iterator[str]:
    """Yield the texts that take the pattern too long, by what they repeat."""
    for unit, texts in TEXTS.items():
        if is_slow(pattern, texts, at_start=at_start):
            yield unit


@pytest.mark.parametrize(
    "module", [name for name, source in MODULES.items() if re.search(r"^import re$", source, re.M)]
)
def test_patterns_take_linear_time(module: str) -> None:
    slow = {
        name: units
        for name, (pattern, ways) in patterns(module).items()
        if (units := list(slow_units(pattern, at_start=bool(ways) and ways <= AT_START)))
    }
    assert slow == {}


MADE: dict[str, tuple[Callable[[], Iterable[re.Pattern[str] | None]], bool]] = {
    "bot.rendering.operator._pattern": (lambda: [_pattern_of_reasons("is {} bytes (the limit {})")], True),
    "bot.telegram.addressing._name_pattern": (lambda: [_name_pattern("abc_bot")], False),
    "retrieval.question.nouns.form": (lambda: map(form, ("语言", "城市", "职业")), False),
    "retrieval.reading.declarations._pattern": (lambda: [_pattern("**/a/*.txt"), _pattern("*.md")], True),
}
"""What makes patterns that texts are searched with: how samples are made, and whether they are tried at starts only."""
BOUNDED = frozenset((
    "retrieval.question.kinds", "retrieval.question.question", "retrieval.question.following_up",
    "retrieval.question.subjects", "retrieval.engines.opensearch.layout", "retrieval.language.tokenizer",
))  # fmt: skip
"""Modules whose functions look through a question, a sentence, a name or a character, which are of bounded length."""


def test_every_pattern_that_is_made_has_a_sample() -> None:
    found = {
        f"{module}.{function.name}"
        for module, source in MODULES.items()
        if module not in BOUNDED
        for function in ast.walk(ast.parse(source))
        if isinstance(function, ast.FunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.Call) and ast.unparse(node.func).startswith("re.") and node.func.attr != "escape"  # type: ignore[attr-defined]
        if node.args and not isinstance(node.args[0], ast.Constant)
    }
    assert found == MADE.keys()


@pytest.mark.parametrize("function", MADE)
def test_patterns_that_are_made_take_linear_time(function: str) -> None:
    make, at_start = MADE[function]
    made = filter(None, make())
    assert {one.pattern: units for one in made if (units := list(slow_units(one, at_start=at_start)))} == {}


@pytest.mark.parametrize("pattern", [r"(?:<!--.*?-->\s*)*<p", r"a+b", r"(a|a)*$", r"\s+$"])
def test_slow_pattern_would_be_found(pattern: str) -> None:
    assert any(slow_units(re.compile(pattern, re.DOTALL), at_start=False))
