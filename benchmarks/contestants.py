"""The engines that are measured: each builds an index of paragraphs in a folder, opens it, and searches.

All of them get k1 = 1.2 and b = 0.75, which cannot be changed in tantivy and SQLite.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

K1, B, LIMIT = 1.2, 0.75, 10

Search = Callable[[list[str]], list[tuple[int, float]]]
Paragraphs = Iterable[list[str]]


class Yuanju:
    """Ours: runs, merged into a generation; memory-mapped."""

    @staticmethod
    def build(folder: Path, paragraphs: Paragraphs) -> None:
        import numpy as np

        from retrieval.index.builder import RUN_TERMS
        from retrieval.index.generations import Workplace
        from retrieval.postings.layout import CODES
        from retrieval.postings.merging import merge
        from retrieval.postings.postings import fitted
        from retrieval.postings.runs import Counts, Run

        counts = Counts()
        with Workplace(folder) as workplace:
            runs: list[Run] = []
            for terms in paragraphs:
                counts.add(terms)
                if len(counts) >= RUN_TERMS:
                    runs.append(counts.run().stored(workplace.scratch / str(len(runs))))
            runs.append(counts.run())
            lengths = counts.lengths()
            formula = fitted(lengths, k1=K1, b=B)
            positions = np.arange(len(lengths), dtype=np.int32)
            for name in CODES:
                workplace.append(name, b"")
            for name, part in merge([(run, positions) for run in runs], lengths, formula):
                workplace.append(name, part)
            workplace.publish({"average_length": formula.average_length})

    @staticmethod
    def open(folder: Path) -> Search:
        from retrieval.index import generations
        from retrieval.index.generations import Generation
        from retrieval.postings.formula import Formula
        from retrieval.postings.layout import CODES
        from retrieval.postings.search import PostingsSearch

        generation = generations.newest(folder, Generation)
        assert generation is not None
        arrays = {name: generation.numbers(name, code) for name, code in CODES.items()}
        formula = Formula(K1, B, len(arrays["lengths"]), generation.facts["average_length"])
        search = PostingsSearch(arrays, formula)
        return lambda terms: search.best(terms, limit=LIMIT)


class RankBM25:
    """rank-bm25 as it is: a dictionary for each paragraph."""

    @staticmethod
    def build(folder: Path, paragraphs: Paragraphs) -> None:
        import pickle

        from rank_bm25 import BM25Okapi

        folder.mkdir()
        with (folder / "model").open("wb") as file:
            pickle.dump(BM25Okapi(list(paragraphs), k1=K1, b=B), file)

    @staticmethod
    def open(folder: Path) -> Search:
        import pickle

        import numpy as np

        model = pickle.loads((folder / "model").read_bytes())  # noqa: S301 - our own

        def search(terms: list[str]) -> list[tuple[int, float]]:
            scores = model.get_scores(terms)
            best = np.argsort(scores)[::-1][:LIMIT]
            return [(int(position), float(scores[position])) for position in best]

        return search


class Plain:
    """The simplest thing on postings arrays: add up every posting, then ``argpartition``."""

    @staticmethod
    def build(folder: Path, paragraphs: Paragraphs) -> None:
        import json
        import math
        from array import array
        from collections import Counter

        import numpy as np

        positions: dict[str, array[int]] = {}
        frequencies: dict[str, array[int]] = {}
        lengths = array("i")
        for position, terms in enumerate(paragraphs):
            lengths.append(len(terms))
            for term, frequency in Counter(terms).items():
                positions.setdefault(term, array("i")).append(position)
                frequencies.setdefault(term, array("i")).append(frequency)
        count = len(lengths)
        norms = K1 * (1 - B + B * np.array(lengths) / np.mean(lengths))
        folder.mkdir()
        places, end = {}, 0
        with (folder / "positions").open("wb") as first, (folder / "impacts").open("wb") as second:
            for term in list(positions):
                held = np.array(positions.pop(term))
                often = np.array(frequencies.pop(term))
                idf = math.log1p((count - len(held) + 0.5) / (len(held) + 0.5))
                held.astype(np.int32).tofile(first)
                (idf * often * (K1 + 1) / (often + norms[held])).astype(np.float32).tofile(second)
                places[term] = (end, end + len(held))
                end += len(held)
        (folder / "places").write_text(json.dumps({"count": count, "places": places}))

    @staticmethod
    def open(folder: Path) -> Search:
        import json

        import numpy as np

        described = json.loads((folder / "places").read_text())
        count, places = described["count"], described["places"]
        positions = np.fromfile(folder / "positions", dtype=np.int32)
        impacts = np.fromfile(folder / "impacts", dtype=np.float32)

        def search(terms: list[str]) -> list[tuple[int, float]]:
            scores = np.zeros(count, dtype=np.float32)
            for term in terms:
                start, end = places.get(term, (0, 0))
                scores[positions[start:end]] += impacts[start:end]
            best = np.argpartition(-scores, LIMIT)[:LIMIT]
            best = best[np.lexsort((best, -scores[best]))]
            return [(int(position), float(scores[position])) for position in best]

        return search


class BM25s:
    """bm25s; ``backend`` is ``numpy`` or ``numba``."""

    backend = "numpy"

    @classmethod
    def build(cls, folder: Path, paragraphs: Paragraphs) -> None:
        import bm25s

        model = bm25s.BM25(method="lucene", k1=K1, b=B, backend=cls.backend)
        vocabulary: dict[str, int] = {}
        ids = [[vocabulary.setdefault(term, len(vocabulary)) for term in terms] for terms in paragraphs]
        model.index(bm25s.tokenization.Tokenized(ids=ids, vocab=vocabulary), show_progress=False)
        model.save(str(folder))

    @classmethod
    def open(cls, folder: Path) -> Search:
        import bm25s

        model = bm25s.BM25.load(str(folder))
        model.backend = cls.backend

        def search(terms: list[str]) -> list[tuple[int, float]]:
            found, scores = model.retrieve([terms], k=LIMIT, show_progress=False)
            return list(zip(found[0].tolist(), scores[0].tolist(), strict=True))

        return search


class BM25sNumba(BM25s):
    """bm25s, compiled by numba when it first runs."""

    backend = "numba"


class Tantivy:
    """tantivy, through its Python package; without counting all matches, so that it may prune."""

    @staticmethod
    def build(folder: Path, paragraphs: Paragraphs) -> None:
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("body", stored=False, tokenizer_name="whitespace", index_option="freq")
        schema.add_integer_field("position", stored=True)
        folder.mkdir()
        index = tantivy.Index(schema.build(), path=str(folder))
        writer = index.writer(heap_size=512 << 20)
        for position, terms in enumerate(paragraphs):
            writer.add_document(tantivy.Document(body=" ".join(terms), position=position))
        writer.commit()
        writer.wait_merging_threads()

    @staticmethod
    def open(folder: Path) -> Any:
        import tantivy

        index = tantivy.Index.open(str(folder))
        searcher = index.searcher()

        def search(terms: list[str]) -> Any:
            query = index.parse_query(" ".join(terms), ["body"])
            return searcher.search(query, LIMIT, count=False).hits

        # Its positions are looked up outside of the time that is measured.
        search.named = lambda hits: [(searcher.doc(at)["position"][0], score) for score, at in hits]  # type: ignore[attr-defined]
        return search


class Fts5:
    """SQLite's full text search, without the text."""

    @staticmethod
    def build(folder: Path, paragraphs: Paragraphs) -> None:
        import sqlite3
        from contextlib import closing

        folder.mkdir()
        with closing(sqlite3.connect(folder / "index.sqlite")) as database:
            database.executescript(
                "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
                "CREATE VIRTUAL TABLE paragraphs USING fts5(body, content='', tokenize='ascii');"
            )
            rows = ((position, " ".join(terms)) for position, terms in enumerate(paragraphs))
            database.executemany("INSERT INTO paragraphs (rowid, body) VALUES (?, ?)", rows)
            database.commit()
            database.execute("INSERT INTO paragraphs (paragraphs) VALUES ('optimize')")
            database.commit()

    @staticmethod
    def open(folder: Path) -> Search:
        import sqlite3

        database = sqlite3.connect(folder / "index.sqlite")
        sql = "SELECT rowid, -rank FROM paragraphs WHERE paragraphs MATCH ? ORDER BY rank LIMIT ?"

        def search(terms: list[str]) -> list[tuple[int, float]]:
            return database.execute(sql, (" OR ".join(terms), LIMIT)).fetchall()

        return search


CONTESTANTS: dict[str, Any] = {
    "plain postings": Plain,
    "rank-bm25": RankBM25,
    "SQLite FTS5": Fts5,
    "bm25s NumPy": BM25s,
    "bm25s numba": BM25sNumba,
    "tantivy": Tantivy,
    "Yuanju": Yuanju,
}
