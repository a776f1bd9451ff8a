"""Notes as text: each key and its note, in order of the keys, with a zero behind both, which stands in neither."""

from __future__ import annotations

from collections.abc import Mapping


def standing(notes: dict[str, str]) -> dict[str, str]:
    """Return notes without those that have been taken back, as an empty one is, which are deleted."""
    for key in [key for key, note in notes.items() if not note]:  # few, of what may be a hundred thousand
        del notes[key]
    return notes


def revised(notes: Mapping[str, str], changes: Mapping[str, str]) -> dict[str, str]:
    """Return notes with changes, of which an empty one takes a note back."""
    return standing({**notes, **changes})


def format_notes(notes: Mapping[str, str]) -> str:
    """Return notes as text."""
    return "".join([f"{key}\0{notes[key]}\0" for key in sorted(notes)])


def parse_notes(text: str) -> dict[str, str]:
    """Return the notes in a text."""
    fields = text.split("\0")
    return dict(zip(fields[0:-1:2], fields[1::2], strict=True))
