"""``sample``: writes two short documents, in Chinese and in English, to try it with."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path

from bot.terminal.screen import said
from retrieval.errors import YuanjuError

FOLDER = Path("sample")
"""Where it is written unless another folder is named."""
QUESTIONS = ("智能终端目标是多少？", "What are the opening hours of the library?")
"""Questions that the documents answer."""


class SampleError(YuanjuError):
    """The sample cannot be written where it is wanted."""


def sample(folder: Path) -> None:
    """Write the documents into a folder that is new or empty, and print what can be done with them.

    Raises ``SampleError`` where there is something in the folder, or it cannot be written.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise SampleError(f"{folder} is not empty: name another folder, yuanju sample FOLDER")
        for document in _documents():
            (folder / document.name).write_bytes(document.read_bytes())
    except OSError as error:
        raise SampleError(f"{folder} cannot be written ({error.strerror}): name another folder") from None
    print(said(f"The sample is in {folder}. Ask it, for example:"))  # noqa: T201
    for question in QUESTIONS:
        print(f'  yuanju ask "{question}" --documents {folder}')  # noqa: T201
    print(f"  yuanju chat --documents {folder}")  # noqa: T201


def _documents() -> Iterator[Traversable]:
    """Return the documents of the package; the Chinese one lies in ``seeds`` of the source, and is packed with them."""
    packed = files("bot") / "sample"
    source = Path(__file__).parents[2] / "seeds"
    for folder in (packed, source) if source.is_dir() else (packed,):
        yield from (document for document in folder.iterdir() if document.is_file())
