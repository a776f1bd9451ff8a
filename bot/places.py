"""Where the index is, found with the standard library alone: ``health`` has no time for all the settings."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path

DOCUMENTS = Path("seeds")
"""The folder with the documents, unless another is set."""


def index_folder(index: Path | None, documents: Path) -> Path:
    """Return where the index is: as set, or else one folder for each documents folder, so that two never mix."""
    if index is not None:
        return index
    from platformdirs import user_cache_path

    return user_cache_path("yuanju") / _digest(str(documents.resolve()))


def note_served(index: Path, environment: Mapping[str, str]) -> None:
    """Write down which index is served from here, for ``served``."""
    note = _note(environment)
    with contextlib.suppress(OSError):  # then health takes the longer way through the settings
        note.parent.mkdir(parents=True, exist_ok=True)
        note.write_text(str(index.resolve()), encoding="utf-8")


def served(arguments: Sequence[str], environment: Mapping[str, str]) -> Path | None:
    """Return the index that these flags of ``health`` name, or that is or was last served from here.

    ``None`` where only ``Settings`` can tell.
    """
    match list(arguments):
        case ["--index", flag] if flag:
            return Path(flag)
        case []:
            with contextlib.suppress(OSError, UnicodeDecodeError):
                return Path(_note(environment).read_text(encoding="utf-8"))
    return None


def _note(environment: Mapping[str, str]) -> Path:
    """Return the file for a bot of this working folder, in which its ``.env`` lies, and of these variables."""
    state = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    configured = (environment.get(name, "") for name in ("YUANJU_INDEX", "YUANJU_DOCUMENTS"))
    key = "\0".join([str(Path.cwd()), *configured])
    return Path(state) / "yuanju" / f"served-{_digest(key)}"


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).hexdigest()[:16]
