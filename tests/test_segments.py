"""An index of segments answers as one that is made anew: every score to the last bit, every tie, every frequency."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.engines.local import LocalEngine
from retrieval.index.builder import due
from retrieval.index.remains import balance
from retrieval.index.segments import Size
from retrieval.language import Tokenizer
from retrieval.postings.bm25 import PostingsBM25
from retrieval.postings.collection import Collection, Part
from retrieval.postings.formula import Formula
from retrieval.postings.search import COMPILED, PostingsSearch
from retrieval.records import Document, Found, Paragraph, Source

Texts = tuple[str, ...]


def packed(flags: list[bool]) -> bytes:
    return np.packbits(np.array(flags, np.bool_), bitorder="little").tobytes()


@pytest.mark.slow
@pytest.mark.parametrize("compiled", [pytest.param(True, marks=pytest.mark.skipif(not COMPILED, reason="none")), False])
@settings(max_examples=settings.default.max_examples // 2)  # type: ignore[union-attr]
@given(
    seed=st.integers(0, 2**32 - 1),
    counts=st.lists(st.integers(0, 150), min_size=1, max_size=4),
    rate=st.sampled_from([0, 0.1, 0.6]),
    query=st.lists(st.integers(0, 62), min_size=1, max_size=9),
    limit=st.integers(1, 30),
    b=st.sampled_from([0, 0.5, 1]),
)
def test_parts_are_searched_as_one_collection(
    compiled: bool, seed: int, counts: list[int], rate: float, query: list[int], limit: int, b: float
) -> None:
    random = np.random.default_rng(seed)
    # Of parts with paragraphs of other lengths, averages and so all bounds differ.
    corpora = [
        [[str(term) for term in random.zipf(1.3, random.integers(0, length)) % 60] for _ in range(count)]
        for count, length in zip(counts, random.integers(1, 60, len(counts)).tolist(), strict=True)
    ]
    order = random.permutation(sum(counts)).tolist()
    places: dict[tuple[int, int], int] = {}
    models, deleted = [], []
    for number, corpus in enumerate(corpora):
        models.append(PostingsBM25(corpus, b=b))
        deleted.append(random.random(len(corpus)) < rate)
        ranks = sorted(order.pop() for _ in corpus)
        places.update({(number, position): rank for position, rank in enumerate(ranks)})
    live = sorted(
        (rank, number, position) for (number, position), rank in places.items() if not deleted[number][position]
    )
    whole = PostingsBM25([corpora[number][position] for _, number, position in live], b=b)
    formula = Formula(whole.k1, b, whole.corpus_size, whole.avgdl)
    keys, taken = balance([one.postings.withdrawn(gone) for one, gone in zip(models, deleted, strict=True)], [])
    collection = Collection(
        [
            Part(
                PostingsSearch(model.postings.arrays, model.postings.formula, formula, compiled=compiled),
                packed((~gone).tolist()) if gone.any() else None,
                (keys if number == 0 else keys[:0]).data,
                (taken if number == 0 else taken[:0]).astype(np.uint32).data,
            )
            for number, (model, gone) in enumerate(zip(models, deleted, strict=True))
        ]
    )
    asked = [str(term) for term in query]
    frequencies = collection.frequencies(asked)
    assert frequencies == {term: whole.postings.frequency(term) for term in asked}
    found = collection.best(asked, frequencies, limit=limit, order=places.__getitem__)
    expected = whole.search(asked, limit=limit)
    assert found == [(live[position][1:], score) for position, score in expected]
    # And to somebody who may see only some of it.
    seen = [random.random(len(corpus)) < 0.5 for corpus in corpora]
    views = collection.views([packed(flags.tolist()) for flags in seen])
    among = packed([bool(seen[number][position]) for _, number, position in live])
    visible = {term: whole.postings.frequency(term, among=whole.postings.terms_in(among)) for term in asked}
    assert collection.frequencies(asked, views=views) == visible
    found = collection.best(asked, visible, limit=limit, order=places.__getitem__, views=views)
    expected = whole.search([term for term in asked if visible[term]], limit=limit, among=among)
    assert found == [(live[position][1:], score) for position, score in expected]


def document(path: str, texts: Texts) -> Document:
    paragraphs = tuple(Paragraph(number, text) for number, text in enumerate(texts, 1))
    return Document(Source(path, f"题{len(path)}"), paragraphs)


async def change(engine: LocalEngine, changes: Mapping[str, Texts | None]) -> None:
    async with engine.update() as update:
        for path, texts in changes.items():
            await (update.remove(path) if texts is None else update.put(document(path, texts)))
        await update.commit({path: "" if texts is None else "|".join(texts) for path, texts in changes.items()})


async def interrupted(engine: LocalEngine, changes: Mapping[str, Texts | None]) -> None:
    """Begin as ``change`` does, and leave without a commit."""
    async with engine.update() as update:
        for path, texts in changes.items():
            await (update.remove(path) if texts is None else update.put(document(path, texts)))


async def answers(engine: LocalEngine) -> list[object]:
    given: list[object] = [
        dict(sorted((await engine.manifest() or {}).items())),
        await engine.holding(["机器人", "甲"]),
    ]
    for hidden in (frozenset[str](), frozenset({"a"}), frozenset({"b/2.txt", "c"})):
        for terms in (["机器", "机器人", "甲"], ["乙", "家居", "乙", "没有"], ["智能", "能终", "题"]):
            for limit in (1, 4, 100):
                found: Found = await engine.search(terms, limit=limit, hidden=hidden)
                given.append(found)
    return given


def content(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in max(folder.glob("generation-*")).iterdir()}


paths = st.sampled_from([f"{folder}/{number}.txt" for folder in "abc" for number in range(4)])
contents = st.lists(st.text("智能终端机器人家居甲乙", max_size=25), max_size=3).map(tuple)
histories = st.lists(
    st.tuples(
        st.dictionaries(paths, st.none() | contents, max_size=5),
        st.sampled_from(["change", "change", "change", "interrupted", "compact", "reopen"]),
    ),
    min_size=1,
    max_size=7,
)


@pytest.mark.slow
@settings(max_examples=settings.default.max_examples // 4)  # type: ignore[union-attr]
@given(history=histories, little=st.sampled_from([0, 0, 60, 300]))
def test_whatever_its_history_an_index_answers_as_one_made_anew(
    tokenizer: Tokenizer, history: list[tuple[dict[str, Texts | None], str]], little: int
) -> None:
    async def follow(folder: Path) -> None:
        engine = LocalEngine(folder / "one", tokenizer, little=little)
        collection: dict[str, Texts] = {}
        for changes, what in history:
            if what == "interrupted":
                await interrupted(engine, changes)
                continue
            await change(engine, changes)
            for path, texts in changes.items():
                collection.pop(path, None)
                if texts is not None:
                    collection[path] = texts
            if what == "compact":
                await engine.compact()
            elif what == "reopen":
                engine = LocalEngine(folder / "one", tokenizer, little=little)
        if not any(folder.glob("one/generation-*")):
            return
        fresh = LocalEngine(folder / "fresh", tokenizer)
        await change(fresh, collection)
        expected = await answers(fresh)
        assert await answers(engine) == expected
        assert engine.damage() == []
        await engine.compact()
        assert await answers(engine) == expected
        assert content(folder / "one") == content(folder / "fresh")

    with TemporaryDirectory() as folder:
        asyncio.run(follow(Path(folder)))


@pytest.fixture
def new(tmp_path: Path, tokenizer: Tokenizer) -> Callable[[], LocalEngine]:
    return lambda: LocalEngine(tmp_path, tokenizer, little=0)


def files(folder: Path) -> dict[str, int]:
    """Return the files of the newest generation, and which they are on the disk."""
    return {path.name: path.stat().st_ino for path in max(folder.glob("generation-*")).iterdir()}


async def test_a_change_leaves_the_files_of_what_has_not_changed_as_they_are(
    tmp_path: Path, new: Callable[[], LocalEngine]
) -> None:
    engine = new()
    await change(engine, {f"{number:02}.txt": ("机器人" * 20,) * 3 for number in range(20)})
    before = files(tmp_path)
    await change(engine, {"07.txt": ("家居",)})
    after = files(tmp_path)
    marked = {"0.deleted", "0.live", "generation.json"}
    assert {name for name, file in before.items() if after[name] != file} == marked
    assert {name.partition(".")[0] for name in after} == {"0", "1", "generation"}
    await change(engine, {f"{number:02}.txt": None for number in range(10)})
    assert {name.partition(".")[0] for name in files(tmp_path)} == {"0", "generation"}  # half of it was deleted


async def test_an_index_is_whole_where_files_cannot_be_linked(tmp_path: Path, new: Callable[[], LocalEngine]) -> None:
    engine = new()
    await change(engine, {f"{number:02}.txt": ("机器人" * 20,) * 3 for number in range(20)})
    expected = content(tmp_path)["0.keys"]
    newest = max(tmp_path.glob("generation-*"))
    for path in newest.iterdir():  # as if another process had published and swept meanwhile
        path.unlink()
    await change(engine, {"07.txt": ("家居",)})
    assert content(tmp_path)["0.keys"] == expected
    assert engine.damage() == []


@pytest.mark.parametrize(
    ("terms", "deleted", "first"),
    [
        ([], [], None),
        ([1000], [0], None),
        ([1000], [124], None),
        ([1000], [125], 0),
        ([1000, 124], [0, 0], None),
        ([1000, 125], [0, 0], 0),
        ([1000, 100, 12], [0, 0, 0], None),
        ([1000, 100, 13], [0, 0, 0], 1),
        ([1000, 100, 13], [0, 0, 13], 1),
        ([1000, 100, 12], [0, 0, 2], 2),
        ([1000, 0], [0, 0], None),
    ],
)
def test_segments_are_merged_when_an_eighth_is_behind_or_deleted(
    terms: list[int], deleted: list[int], first: int | None
) -> None:
    assert due([Size(1, some, gone, 1.0) for some, gone in zip(terms, deleted, strict=True)]) == first
