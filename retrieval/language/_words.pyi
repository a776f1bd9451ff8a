"""A dictionary, the cutting of texts by it, and their folding in C; where each is used says what it does."""

from typing import Any

from numpy.typing import NDArray
from typing_extensions import Buffer

def cut(table: NDArray[Any], text: str, total: float, /) -> list[str]: ...
def fold(text: str, table: Buffer, /) -> str | None:
    """Return a text with the characters of a table of 32-bit code points; ``None`` where one of the text has a 0."""

def value(table: NDArray[Any], word: str, /) -> int: ...
def numbered(table: NDArray[Any], text: str, total: float, /) -> tuple[list[str], bytes, bytes]: ...
