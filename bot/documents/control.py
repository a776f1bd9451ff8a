"""The files of the documents folder that are no documents: they say how the others are read, and asked."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

from retrieval.errors import YuanjuError
from retrieval.language.lexicon import Lexicon
from retrieval.library import NO_DOCUMENTS
from retrieval.reading import declared
from retrieval.reading.finding import DECLARATIONS_NAME

CONTROL_FILES = NO_DOCUMENTS | {DECLARATIONS_NAME}


def trouble(folder: Path, name: str, content: bytes) -> str | None:
    """Return what is wrong with a control file that is to come into ``folder``, as a clause; ``None`` if nothing is."""
    with tempfile.TemporaryDirectory() as place:
        for other in CONTROL_FILES:
            if other != name and (folder / other).is_file():
                shutil.copy(folder / other, place)
        Path(place, name).write_bytes(content)
        try:
            Lexicon.read(Path(place))
            declared(Path(place))
        except YuanjuError as error:
            return str(getattr(error, "reason", error))
    return None
