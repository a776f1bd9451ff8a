"""What the documentation shows is what the program does."""

from __future__ import annotations

import doctest
import importlib
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from bot import commands
from docs import replies
from retrieval.language import Tokenizer

ROOT = Path(__file__).parent.parent
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)\s]+)\)")
PLACE = re.compile(r"`([\w./-]+(?:/|\.(?:c|ftl|py|toml|tsv)))`")
FOLDERS = [ROOT / name for name in ("benchmarks", "bot", "docs", "retrieval", "testbed", "tests", "training")]
SHOWING = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in ("retrieval", "bot")
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


async def test_the_pictures_are_of_conversations_as_they_go_today(tmp_path: Path, tokenizer: Tokenizer) -> None:
    await replies.write(tmp_path, Tokenizer(tokenizer.cache_folder))
    for name in ("conversation.svg", "replies.svg", "replies.md"):
        assert (tmp_path / name).read_text(encoding="utf-8") == (ROOT / "docs" / name).read_text(encoding="utf-8")


@pytest.mark.slow
@pytest.mark.parametrize("name", ["README.md", "README.en.md"])
def test_the_readme_has_a_row_for_every_command_and_no_other(name: str) -> None:
    command = [sys.executable, "-m", "bot", "--help"]
    usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    rows = re.findall(r"^\| `yuanju (\w+)", (ROOT / name).read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(re.findall(r"^    (\w+) ", usage, re.MULTILINE))


@pytest.mark.parametrize("name", ["CONTRIBUTING.md", "docs/architecture.md"])
def test_places_that_a_newcomer_is_sent_to_are_there(name: str) -> None:
    there = {f"/{path.relative_to(ROOT)}" for folder in FOLDERS for path in (folder, *folder.rglob("*"))}
    there |= {f"/{path.name}" for path in ROOT.iterdir()}
    told = PLACE.findall((ROOT / name).read_text(encoding="utf-8"))
    assert told
    missing = [place for place in told if not any(path.endswith(f"/{place.rstrip('/')}") for path in there)]
    assert not missing


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


def _shown(text: str) -> Iterator[tuple[list[str], bool]]:
    """Return the words of each command that is shown, and whether it is whole, as in a block, or only named."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", text, re.DOTALL | re.MULTILINE) + re.findall(r"^    (\S.*)$", text, re.M)
    lines = [(re.sub(r"\s+#.*", "", line), True) for block in blocks for line in block.splitlines()]
    named = [(span, False) for span in re.findall(r"`((?:\.venv/bin/)?yuanju [^`]+|make [^`]+)`", _prose(text))]
    for line, whole in [*lines, *named]:
        for part in re.split(r"&&|\||<|>", line.replace("$(date +%F)", "today")):
            command = re.sub(r"^(\w+=\S+ +|\.venv/bin/)+", "", part.strip())
            if re.match(r"(yuanju|make) ", command) and not re.search("COMMAND|命令", command):
                yield shlex.split(command), whole


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_commands_that_are_shown_can_be_given(page: Path) -> None:
    targets = set(re.findall(r"^([\w.-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    unknown = []
    for words, whole in _shown(page.read_text(encoding="utf-8")):
        if words[0] == "make":
            unknown += [words] * (not {*words[1:]} & (targets | {"-C"}))
        elif whole:
            commands.parser("en").parse_args(words[1:])
        else:
            unknown += [words] * (words[1] not in commands.COMMANDS)
    assert unknown == []


def test_the_table_of_contents_has_every_page_once() -> None:
    contents = (ROOT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = [(ROOT / "docs" / target).resolve() for target in LINK.findall(contents)]
    assert sorted(linked) == sorted(page for page in PAGES if page != ROOT / "docs" / "README.md")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_test_that_is_named_is_there(page: Path) -> None:
    named = re.findall(r"`(test_\w+\.py)::(test_\w+)`", page.read_text(encoding="utf-8"))
    assert [name for file, name in named if f"def {name}(" not in (ROOT / "tests" / file).read_text("utf-8")] == []


@pytest.mark.parametrize("name", SHOWING)
def test_examples_in_docstrings_are_true(name: str, tokenizer: Tokenizer) -> None:
    results = doctest.testmod(
        importlib.import_module(name), extraglobs={"tokenizer": tokenizer, "cache_folder": tokenizer.cache_folder}
    )
    assert (results.failed, results.attempted > 0) == (0, True)
