"""How the files of a folder differ from what is known of them: which are to be read, and which are gone."""

from __future__ import annotations

import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import compress, repeat
from operator import not_
from pathlib import Path, PurePosixPath

from retrieval import reading
from retrieval.index.notes import Notes
from retrieval.language import synonyms
from retrieval.language.lexicon import NAMES
from retrieval.library.manifest import Entry, entries_at

NO_DOCUMENTS = NAMES | {synonyms.FILE_NAME}
"""Files of the documents folder that say how to read and to ask the others."""

_RECENT_SECONDS = 3600
"""How near a file's time of change may be to now, before or after, for it to be looked at twice.

Much more than files are given to rest, since the clock of a file server may differ from this machine's.
"""
_LOOKED_FOR = 20
"""Contents up to which the files that have them are looked for one by one."""


@dataclass(frozen=True, slots=True)
class Difference:
    """The ``stale`` files, which are new or look changed, and the paths that are ``gone``, in order.

    ``growth`` is how many files more there are.
    """

    stale: tuple[reading.File, ...]
    gone: tuple[str, ...]
    growth: int


def compare(
    listing: reading.Listing, known: Mapping[str, str], *, places: Collection[str], touched: Collection[str]
) -> Difference:
    """Compare a listing of the files at some places with the entries of a manifest there.

    What holds one of the documents that were ``touched`` is stale, too.
    """
    stamps = dict(listing.stamps)
    for name in NO_DOCUMENTS:
        stamps.pop(name, None)
    # Of a hundred thousand files hardly any has changed: no line of Python is run for each.
    unchanged = map(str.startswith, map(known.get, stamps, repeat("")), stamps.values())
    stale = set(compress(stamps, map(not_, unchanged)))
    if touched:
        stale.update(path for path in stamps if holds(known.get(path, ""), touched))
    missing = [path for path in _within(known, places) if path not in stamps]
    # What cannot be reached for the moment may well be there.
    unreached = {
        "" if one.path == PurePosixPath() else str(one.path)
        for one in listing.skipped
        if one.reason.startswith(reading.UNREACHED)
    }
    gone = set(missing).difference(_within(missing, unreached))
    return Difference(
        stale=tuple(reading.File.of(path, stamps[path]) for path in sorted(stale, key=reading.by_parts)),
        gone=tuple(sorted(gone)),
        growth=sum(path not in known for path in stale) - len(gone),
    )


def with_same(places: Collection[str], notes: Notes) -> set[str]:
    """Return places, and the files that were the same as one there: perhaps links to it, of which nobody tells."""
    contents = {Entry(text).sha256 for text in entries_at(places, notes).values()} - {""}
    if len(contents) > _LOOKED_FOR:
        found = {path: text for path, text in notes.all.items() if path}
    else:
        found = {path: text for content in contents for path, text in notes.holding(content).items()}
    return {*places, *(path for path, text in found.items() if Entry(text).sha256 in contents)}


def _within(paths: Iterable[str], places: Collection[str]) -> Iterable[str]:
    """Return the paths that are one of these places or lie in one; of the folder itself, an empty one, all."""
    if "" in places:
        return paths
    folders = tuple(place and f"{place}/" for place in places)
    return [path for path in paths if path in places or path.startswith(folders)]


def holds(text: str, paths: Collection[str]) -> bool:
    """Return whether one of the documents of an entry, of which this is the text, has one of these paths."""
    return bool(text) and any(document.path in paths for document in Entry(text).documents)


def rest(file: reading.File, *, seconds: float) -> float:
    """Return how long to wait before a file is looked at again, and is whole if it is the same.

    That is what is left of ``seconds`` since it was last changed, or all of them where its time of change does not
    tell; a file that was last changed long ago is taken as it is.
    """
    age = time.time() - file.mtime_ns / 1e9
    if abs(age) >= _RECENT_SECONDS:
        return 0
    return seconds - age if 0 <= age <= seconds else seconds


def same(folder: Path, file: reading.File) -> bool:
    """Return whether a file is as it was when it was listed."""
    try:
        status = (folder / file.path).stat()
    except FileNotFoundError:
        return False  # renamed or deleted meanwhile
    except OSError:
        return True  # reading it will say why
    return (status.st_size, status.st_mtime_ns) == (file.size, file.mtime_ns)
