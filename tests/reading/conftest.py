from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from retrieval.reading import read
from retrieval.records import Document


@pytest.fixture
def read_one(tmp_path: Path) -> Callable[..., Document]:
    """Writes a file into a folder of its own and reads it as one document."""

    def write_and_read(content: str | bytes, name: str = "document.txt") -> Document:
        place = tmp_path / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content if isinstance(content, bytes) else content.encode())
        (document,) = read(tmp_path, name).documents
        return document

    return write_and_read
