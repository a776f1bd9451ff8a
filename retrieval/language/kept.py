"""What takes long to make and never changes: made once, and kept as a JSON file for the next start."""

from __future__ import annotations

import contextlib
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from retrieval.sharing import share

Value = TypeVar("Value")


def kept(path: Path, make: Callable[[], Value]) -> Value:
    """Return what the file holds; where there is none or it is damaged, make it and keep it.

    ``make`` must give what JSON gives back as it was. Where nothing can be written, it is made again next time.
    """
    with contextlib.suppress(OSError, ValueError):
        value: Value = json.loads(path.read_text("utf-8"))
        return value
    made = make()
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        share(path.parent)
        # Under another name first: others may be reading, and this process may be killed.
        with tempfile.NamedTemporaryFile("w", dir=path.parent, encoding="utf-8", delete=False) as file:
            json.dump(made, file, ensure_ascii=False)
        share(Path(file.name))
        Path(file.name).replace(path)
    return made
