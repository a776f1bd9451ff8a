"""The command ``index``: which files it looks at, and what it reports of them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from bot.terminal import indexing
from retrieval.engines.local import LocalEngine
from retrieval.errors import DocumentsFolderError
from retrieval.language import Tokenizer
from retrieval.library import EVERYWHERE, Library
from testbed.reading import kept_readers

pytestmark = pytest.mark.slow

FOLDER = Path("documents")


def test_paths_are_places_in_the_folder_however_they_are_written() -> None:
    assert indexing.places(FOLDER, ["./制度//新.md", "a.txt/"]) == {"制度/新.md", "a.txt"}
    assert indexing.places(FOLDER, []) == indexing.places(FOLDER, ["a.txt", "."]) == EVERYWHERE


@pytest.mark.parametrize("path", ["../a.txt", "制度/../../a.txt", "/etc/hostname"])
def test_a_path_out_of_the_folder_is_an_error_that_names_it(path: str) -> None:
    with pytest.raises(DocumentsFolderError, match="does not lie in it"):
        indexing.places(FOLDER, [path])


async def test_a_brief_report_leaves_out_what_has_not_changed(
    tmp_path: Path, tokenizer: Tokenizer, capsys: pytest.CaptureFixture[str]
) -> None:
    folder = tmp_path / "documents"
    folder.mkdir()
    (folder / "a.txt").write_text("手环。", encoding="utf-8")
    library = Library(folder, LocalEngine(tmp_path / "index", tokenizer), readers=kept_readers)
    await library.refresh()
    (folder / "b.txt").write_text("机床。", encoding="utf-8")
    (folder / "c.txt").write_bytes(b"")
    (folder / "d.exe").write_bytes(b"")
    assert not await indexing.index(library, EVERYWHERE, as_json_lines=True, brief=True)
    *files, last = map(json.loads, capsys.readouterr().out.splitlines())
    assert [(file["path"], file["status"]) for file in files] == [("b.txt", "added"), ("c.txt", "unreadable")]
    assert (last["document_count"], last["files"]["unchanged"], last["files"]["skipped"]) == (2, 1, 1)
