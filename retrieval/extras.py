"""What installs an optional part of Yuanju (an *extra* of pyproject.toml) where this one was installed from."""

from __future__ import annotations

import json
import os
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import unquote, urlsplit


def command(extra: str) -> str:
    """Return the command that installs an extra: from the same folder, from the index, or into the image."""
    if "container" in os.environ and find_spec("pip") is None:
        return f"docker build --build-arg EXTRAS=office,{extra} ."
    return pip_install(extra, source=_source(), folder=Path.cwd())


def pip_install(extra: str, *, source: Path | None, folder: Path) -> str:
    """Return the command for somebody in ``folder`` who installed from ``source``, a clone, or else from an index.

    >>> pip_install("ocr", source=None, folder=Path("/home/ann"))
    "pip install 'yuanju[ocr]'"
    >>> pip_install("ocr", source=Path("/srv/yuanju"), folder=Path("/srv/yuanju"))
    "pip install '.[ocr]'"
    >>> pip_install("ocr", source=Path("/srv/yuanju"), folder=Path("/home/ann"))
    "pip install '/srv/yuanju[ocr]'"
    """
    place = "yuanju" if source is None else "." if source == folder else source
    return f"pip install '{place}[{extra}]'"


def _source() -> Path | None:
    """Return the folder that pip installed from; ``None`` where it was an index, or the folder is gone."""
    from importlib.metadata import PackageNotFoundError, distribution

    try:
        noted = distribution("yuanju").read_text("direct_url.json")
    except PackageNotFoundError:  # run from the source, without having been installed
        return None
    url = urlsplit(json.loads(noted)["url"]) if noted else None
    folder = Path(unquote(url.path)) if url and url.scheme == "file" else None
    return folder if folder and folder.is_dir() else None
