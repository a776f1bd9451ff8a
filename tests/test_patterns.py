"""No regular expression of the package takes more than linear time, whatever text it is given."""

from __future__ import annotations

import ast
import importlib
import importlib.util
import pkgutil
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import FrameType, ModuleType

import pytest

import bot
import retrieval

SIZE, SMALL = 100_000, 5_000
SECONDS = 1.0
"""Of the processor, for one pattern and 100,000 characters: linear ones take a hundredth, quadratic ones a minute."""
QUICK = SECONDS * (SMALL / SIZE) ** 2
"""What takes less with few characters does not take too long with all, even if it grows with their square."""

# What patterns repeat, and what they look for in vain at the end.
UNITS = (
    " ", "\n", " \n", "\t", "\u3000", "a", "A", "1", "一", "的", "é", "a ", "一 ", "1 ",
    "Aa", "、", "。", "，", "：", ";", "'", '"', "#", "-", "=", "*", "_", "~", "|", "`", "<",
    ">", "<a", "<a>", "</", "<!--", "<!-- -->", "[", "]", "![", "[](", "[[", "(", ")",
    "（", "）", "“", "”", "《", "{", "{%", "%", "&", "&#", "@", "a@a", "/", "\\", "$", ":",
    ".", "a.", "1.", "1、", "1:", "1-", "1,", "a-", "第", "第一", "第1", "一、", "（一", "（一）",
    "十", "年", "1年", "1月", "http://", "\u200b", "吗", "==", "- ", "+",
)  # fmt: skip
ENDS = ("", "\0")
TEXTS = {
    unit: [(long[-SMALL:], long) for end in ENDS for long in (unit * (SIZE // len(unit)) + end,)] for unit in UNITS
}
"""For each unit, short and long texts that repeat it."""


def _modules(package: ModuleType) -> Iterator[str]:
    for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if not module.name.endswith("__main__"):
            yield module.name


def _source(module: str) -> str:
    spec = importlib.util.find_spec(module)
    place = Path(spec.origin) if spec and spec.origin else None
    return place.read_text(encoding="utf-8") if place and place.suffix == ".py" else ""


MODULES = {name: _source(name) for package in (retrieval, bot) for name in _modules(package)}
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

    def look(name: str, value: object, ways: set[str], depth: int = 0) -> None:
        if isinstance(value, re.Pattern) and isinstance(value.pattern, str):
            found[name] = value, ways
        elif isinstance(value, tuple | list | dict) and depth < 3:
            for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
                look(f"{name}[{key}]", inner, ways, depth + 1)

    for name, value in vars(importlib.import_module(module)).items():
        look(name, value, _ways(module, name))
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


def is_slow(pattern: re.Pattern[str], short: str, long: str, *, at_start: bool) -> bool:
    """Whether the pattern takes too long for the long text; the short one is tried first."""

    def use(text: str) -> None:
        if at_start:
            pattern.match(text)
            pattern.fullmatch(text)
        else:
            for _ in pattern.finditer(text):
                pass

    try:
        with processor_seconds(SECONDS):
            begun = time.thread_time()
            use(short)
            if time.thread_time() - begun < QUICK:
                return False
        with processor_seconds(SECONDS):
            use(long)
    except TooSlowError:
        return True
    return False


def slow_units(pattern: re.Pattern[str], *, at_start: bool) -> list[str]:
    """The texts that take the pattern too long, by what they repeat."""
    return [unit for unit, texts in TEXTS.items() if any(is_slow(pattern, *pair, at_start=at_start) for pair in texts)]


@pytest.mark.timeout(900)  # of the clock; what counts is the processor's time
@pytest.mark.parametrize(
    "module", [name for name, source in MODULES.items() if re.search(r"^import re$", source, re.M)]
)
def test_patterns_take_linear_time(module: str) -> None:
    slow = {
        name: units
        for name, (pattern, ways) in patterns(module).items()
        if (units := slow_units(pattern, at_start=bool(ways) and ways <= AT_START))
    }
    assert slow == {}


@pytest.mark.parametrize("pattern", [r"(?:<!--.*?-->\s*)*<p", r"a+b", r"(a|a)*$", r"\s+$"])
def test_slow_pattern_would_be_found(pattern: str) -> None:
    assert slow_units(re.compile(pattern, re.DOTALL), at_start=False)
