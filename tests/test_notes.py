"""Notes are found where they lie as they would be among all of them, whatever later texts say and take back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.notes import Notes, format_notes

KEYS = st.text("a/b\n字", max_size=3)
TEXTS = st.lists(st.dictionaries(KEYS, KEYS, max_size=6), max_size=3)


@given(texts=TEXTS, first=KEYS, last=KEYS, content=st.text("ab\n字", min_size=1, max_size=2))
def test_a_few_notes_are_found_as_among_all(texts: list[dict[str, str]], first: str, last: str, content: str) -> None:
    merged: dict[str, str] = {}
    for text in texts:
        merged |= text
    standing = {key: note for key, note in merged.items() if note}
    notes = Notes(*(format_notes(text).encode() for text in texts))
    assert notes.between(first, last) == {key: note for key, note in standing.items() if first <= key < last}
    assert notes.holding(content) == {key: note for key, note in standing.items() if content in note}
    assert dict(notes) == standing
