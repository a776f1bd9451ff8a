"""Where the index is, told with little more than the standard library: ``health`` has no time for all the settings."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

DOCUMENTS = Path("seeds")
"""The folder with the documents, unless another is set."""

_PLAIN = r"""[^\s'"#$\\`]*"""


def index_folder(index: Path | None, documents: Path) -> Path:
    """Where the index is: as set, or else one folder for each documents folder, so that two never mix."""
    if index is not None:
        return index
    from platformdirs import user_cache_path

    name = hashlib.sha256(str(documents.resolve()).encode()).hexdigest()[:16]
    return user_cache_path("yuanju") / name


def told(arguments: Sequence[str], environment: Mapping[str, str], env_file: Path) -> Path | None:
    """Where the index is by these flags, this environment and this ``.env``, in that order.

    ``None`` where they say it in a way that only ``Settings`` understands.
    """
    match list(arguments):
        case ["--index", flag] if flag:
            return Path(flag)
        case []:
            pass
        case _:
            return None
    try:
        lines = env_file.read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        lines = []
    except (OSError, ValueError):
        return None
    set_to: dict[str, str] = {}
    for name in ("YUANJU_INDEX", "YUANJU_DOCUMENTS"):
        values = [value for known, value in environment.items() if known.upper() == name and value]
        mentions = [line for line in lines if name in line.upper() and not line.lstrip().startswith("#")]
        plain = [found[1] for line in mentions if (found := re.fullmatch(rf"{name}=({_PLAIN})", line))]
        if len(values) > 1 or (not values and (len(mentions) > 1 or len(plain) < len(mentions))):
            return None
        set_to[name] = next(iter(values or plain), "")
    index, documents = set_to["YUANJU_INDEX"], set_to["YUANJU_DOCUMENTS"]
    return index_folder(Path(index) if index else None, Path(documents) if documents else DOCUMENTS)
