from collections.abc import Iterable

def listed(folder: str, /) -> Iterable[tuple[str, str | None]]:
    """Return the names in a folder, each with its stamp where it is an ordinary file: its size and time of change.

    Raises ``OSError``.
    """
