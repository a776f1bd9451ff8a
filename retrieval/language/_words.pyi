"""A dictionary and the cutting of texts by it in C; ``retrieval.language.dictionary`` says what each does."""

from typing import Any

from numpy.typing import NDArray

def cut(table: NDArray[Any], text: str, total: float, /) -> list[str]: ...
def value(table: NDArray[Any], word: str, /) -> int: ...
