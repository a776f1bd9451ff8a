"""The measures in C; ``retrieval.ranking.compiled`` says what each does."""

from typing import Any

from numpy.typing import NDArray

Buffer = NDArray[Any]

def find(text: Buffer, codes: Buffer, firsts: Buffer, counts: Buffer, /) -> bytes: ...
def count(places: Buffer, firsts: Buffer, starts: Buffer, counts: Buffer, /) -> None: ...
def share(held: Buffer, weights: Buffer, members: Buffer, share: Buffer, /) -> None: ...
def held(counts: Buffer, place: Buffer, bits: Buffer, holding: Buffer, /) -> None: ...
def shares(
    held: Buffer,
    hit: Buffer,
    counting: Buffer,
    kind: Buffer,
    absolute: Buffer,
    weights: Buffer,
    hits: int,
    members: Buffer,
    shares: Buffer,
    /,
) -> None: ...
def cover(places: Buffer, firsts: Buffer, lengths: Buffer, before: Buffer, /) -> None: ...
def clauses(
    places: Buffer,
    firsts: Buffer,
    starts: Buffer,
    weights: Buffer,
    members: Buffer,
    begins: Buffer,
    ends: Buffer,
    share: Buffer,
    /,
) -> None: ...
def subsequences(
    places: Buffer,
    firsts: Buffer,
    letters: Buffer,
    masks: Buffer,
    length: int,
    begins: Buffer,
    ends: Buffer,
    lengths: Buffer,
    /,
) -> None: ...
def skipping(
    places: Buffer,
    firsts: Buffer,
    lefts: Buffer,
    rights: Buffer,
    weights: Buffer,
    apart: int,
    begins: Buffer,
    ends: Buffer,
    held: Buffer,
    /,
) -> None: ...
def closeness(
    places: Buffer,
    firsts: Buffer,
    lengths: Buffer,
    weights: Buffer,
    fading: Buffer,
    spots: Buffer,
    rows: Buffer,
    begins: Buffer,
    ends: Buffer,
    close: Buffer,
    /,
) -> None: ...
def leaves(
    feature: Buffer,
    rank: Buffer,
    lost: Buffer,
    cuts: Buffer,
    firsts: Buffer,
    values: Buffer,
    trees: int,
    table: Buffer,
    sums: Buffer,
    /,
) -> None: ...
