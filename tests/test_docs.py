"""What the documentation shows is what the program does."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.language import Tokenizer

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
SHOWING = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in ("retrieval", "bot")
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


@pytest.mark.slow
def test_the_pictures_are_of_conversations_as_they_go_today(tmp_path: Path) -> None:
    subprocess.run([sys.executable, "-m", "docs.replies", tmp_path], cwd=ROOT, check=True)  # noqa: S603
    for name in ("conversation.svg", "replies.svg", "replies.md"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_the_readme_has_a_row_for_every_command_and_no_other(name: str) -> None:
    command = [sys.executable, "-m", "bot", "--help"]
    usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    rows = re.findall(r"^\| `yuanju (\w+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(re.findall(r"^    (\w+) ", usage, re.MULTILINE))


def _headings(text: str) -> list[int]:
    """Return the levels of the headings, in order."""
    return [len(marks) for marks in re.findall(r"^(#+) ", _prose(text), re.MULTILINE)]


def _rows(text: str) -> list[int]:
    """Return the columns of each row of a table, in order."""
    return [line.count("|") for line in text.splitlines() if line.startswith("|")]


def _code(text: str) -> list[list[str]]:
    """Return the lines of each block of code, without comments."""
    return [
        [re.sub(r"\s+#.*", "", line) for line in block.splitlines()]
        for block in re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE)
    ]


def _links(text: str) -> list[str]:
    """Return the files that are linked, in order; sections are named in the language of the page."""
    targets = (target.partition("#")[0] for target in LINK.findall(_prose(text)))
    return [target for target in targets if not target.startswith("README")]


def _items(text: str) -> list[int]:
    """Return how many items of lists each section has."""
    return [
        len(re.findall(r"^(?:-|\d\.) ", part, re.MULTILINE)) for part in re.split(r"^#+ ", text, flags=re.MULTILINE)
    ]


def _prose(text: str) -> str:
    return re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE)


@pytest.mark.parametrize("part", [_headings, _rows, _code, _links, _items])
def test_the_readme_says_the_same_in_both_languages(part: Callable[[str], list[object]]) -> None:
    chinese, english = ((ROOT / name).read_text(encoding="utf-8") for name in ("README.md", "README.en.md"))
    assert part(chinese) == part(english)


def test_the_readme_in_english_is_in_english() -> None:
    text = re.sub(
        r"\[中文\]|原句|“智能终端目标是多少？”|\([^)]*\)",
        "",
        _prose((ROOT / "README.en.md").read_text(encoding="utf-8")),
    )
    assert re.findall("[\u4e00-\u9fff]+", text) == []


def _anchors(text: str) -> set[str]:
    """Return what the headings of a page are called in links: in lower case, marks dropped, spaces as hyphens."""
    titles = re.findall(r"^#+ (.*)", _prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in titles}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    lost = []
    for target in LINK.findall(_prose(page.read_text(encoding="utf-8"))):
        if re.match(r"https?://", target):
            continue
        name, _, anchor = target.partition("#")
        file = page.parent / name if name else page
        if not file.exists() or (anchor and anchor not in _anchors(file.read_text(encoding="utf-8"))):
            lost.append(target)
    assert lost == []


def test_the_table_of_contents_has_every_page_once() -> None:
    contents = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = [(ROOT / "docs" / target).resolve() for target in LINK.findall(contents)]
    assert sorted(linked) == sorted(page for page in PAGES if page != ROOT / "docs" / "README.md")


@pytest.mark.parametrize("name", SHOWING)
def test_examples_in_docstrings_are_true(name: str, tokenizer: Tokenizer) -> None:
    results = doctest.testmod(
        importlib.import_module(name), extraglobs={"tokenizer": tokenizer, "cache_folder": tokenizer.cache_folder}
    )
    assert (results.failed, results.attempted > 0) == (0, True)
