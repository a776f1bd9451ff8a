"""What the documentation shows is what the program does."""

from __future__ import annotations

import doctest
import importlib
import re
import subprocess
import sys
from pathlib import Path

import pytest

from retrieval.language import Tokenizer

ROOT = Path(__file__).parent.parent
SHOWING = [
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
    for package in ("retrieval", "bot")
    for path in sorted((ROOT / package).rglob("*.py"))
    if ">>>" in path.read_text(encoding="utf-8")
]


@pytest.mark.slow
def test_the_picture_is_of_a_conversation_as_it_goes_today(tmp_path: Path) -> None:
    drawn = tmp_path / "conversation.svg"
    subprocess.run([sys.executable, ROOT / "docs" / "picture.py", drawn], check=True)  # noqa: S603
    assert drawn.read_text(encoding="utf-8") == (ROOT / "docs" / "conversation.svg").read_text(encoding="utf-8")


@pytest.mark.slow
def test_the_readme_has_a_row_for_every_command_and_no_other() -> None:
    command = [sys.executable, "-m", "bot", "--help"]
    usage = subprocess.run(command, capture_output=True, text=True, check=True).stdout  # noqa: S603
    rows = re.findall(r"^\| `yuanju (\w+)", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(re.findall(r"^    (\w+) ", usage, re.MULTILINE))


@pytest.mark.parametrize("name", SHOWING)
def test_examples_in_docstrings_are_true(name: str, tokenizer: Tokenizer) -> None:
    results = doctest.testmod(
        importlib.import_module(name), extraglobs={"tokenizer": tokenizer, "cache_folder": tokenizer.cache_folder}
    )
    assert (results.failed, results.attempted > 0) == (0, True)
