"""Measures what people wait for, beside what peers take on the same texts; writes the table of docs/performance.md.

    python -m benchmarks.performance                                1,000 paragraphs, two minutes
    python -m benchmarks.performance --paragraphs 1000 100000       an hour; the page has both

Everything is processor time, of a process of its own for each engine and step; of several rounds the least counts.
The texts are those of ``testbed.author``. Peers get jieba's words, as its documentation cuts them; SQLite its trigrams.
Needs bm25s and tantivy, as ``make benchmark`` does; what is not installed is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN, END = "<!-- measured: written by benchmarks/performance.py -->", "<!-- measured: end -->"
QUESTIONS, WARM_UP, LIMIT, ROUNDS = 40, 30, 10, 2
REPEATED = 5
"""How often all questions are asked to tell how many are answered a second."""

Ask = Callable[[str], Any]


class Yuanju:
    """Ours, the whole answer: sentences, confidence, highlights, what several documents say."""

    @staticmethod
    def build(folder: Path, texts: Sequence[str]) -> None:
        from retrieval.engines.protocol import fill
        from retrieval.records import Document, Paragraph, Source

        def document(first: int) -> Document:
            some = tuple(Paragraph(place, text) for place, text in enumerate(texts[first : first + 20], 1))
            return Document(Source(f"{first}.txt", f"第{first}篇"), some)

        asyncio.run(fill(_engine(folder), map(document, range(0, len(texts), 20))))

    @staticmethod
    def open(folder: Path) -> Ask:
        from retrieval.answering import Answerer

        answerer = Answerer(_engine(folder), _tokenizer(folder), threshold=0.5)
        loop = asyncio.new_event_loop()
        return lambda question: loop.run_until_complete(answerer.answer(question))


class YuanjuSearch(Yuanju):
    """Ours, the search alone: the best paragraphs."""

    @staticmethod
    def open(folder: Path) -> Ask:
        engine, tokenizer, loop = _engine(folder), _tokenizer(folder), asyncio.new_event_loop()
        return lambda question: loop.run_until_complete(engine.search(tokenizer.terms(question), limit=LIMIT))


class RankBM25:
    """jieba and rank-bm25, as one writes it down first."""

    @staticmethod
    def build(folder: Path, texts: Sequence[str]) -> None:
        import pickle

        import jieba
        from rank_bm25 import BM25Okapi

        (folder / "model").write_bytes(pickle.dumps((BM25Okapi([jieba.lcut(text) for text in texts]), texts)))

    @staticmethod
    def open(folder: Path) -> Ask:
        import pickle

        import jieba

        model, texts = pickle.loads((folder / "model").read_bytes())  # noqa: S301 - our own
        return lambda question: model.get_top_n(jieba.lcut(question), texts, LIMIT)


class BM25s:
    """jieba and bm25s."""

    @staticmethod
    def build(folder: Path, texts: Sequence[str]) -> None:
        import bm25s
        import jieba

        model = bm25s.BM25()
        model.index([jieba.lcut(text) for text in texts], show_progress=False)
        model.save(str(folder / "model"), corpus=list(texts))

    @staticmethod
    def open(folder: Path) -> Ask:
        import bm25s
        import jieba

        model = bm25s.BM25.load(str(folder / "model"), load_corpus=True, mmap=True)
        return lambda question: model.retrieve([jieba.lcut(question)], k=LIMIT, show_progress=False)


class Tantivy:
    """jieba and tantivy."""

    @staticmethod
    def build(folder: Path, texts: Sequence[str]) -> None:
        import jieba
        import tantivy

        schema = tantivy.SchemaBuilder()
        schema.add_text_field("words", stored=False, tokenizer_name="whitespace", index_option="freq")
        schema.add_text_field("text", stored=True, tokenizer_name="raw", index_option="basic")
        (folder / "model").mkdir()
        index = tantivy.Index(schema.build(), path=str(folder / "model"))
        writer = index.writer(heap_size=256 << 20, num_threads=1)
        for text in texts:
            writer.add_document(tantivy.Document(words=" ".join(jieba.lcut(text)), text=text[:10]))
        writer.commit()
        writer.wait_merging_threads()

    @staticmethod
    def open(folder: Path) -> Ask:
        import jieba
        import tantivy

        index = tantivy.Index.open(str(folder / "model"))
        searcher, schema = index.searcher(), index.schema

        def ask(question: str) -> Any:
            words = [
                (tantivy.Occur.Should, tantivy.Query.term_query(schema, "words", word))
                for word in dict.fromkeys(jieba.lcut(question))
            ]
            hits = searcher.search(tantivy.Query.boolean_query(words), LIMIT, count=False).hits
            return [searcher.doc(at) for _, at in hits]

        return ask


class Fts5:
    """SQLite's full text search, by its trigrams."""

    @staticmethod
    def build(folder: Path, texts: Sequence[str]) -> None:
        import sqlite3

        database = sqlite3.connect(folder / "model")
        database.execute("CREATE VIRTUAL TABLE paragraphs USING fts5(body, tokenize='trigram')")
        database.executemany("INSERT INTO paragraphs VALUES (?)", ((text,) for text in texts))
        database.commit()
        database.close()

    @staticmethod
    def open(folder: Path) -> Ask:
        import sqlite3

        database = sqlite3.connect(folder / "model")
        sql = "SELECT body FROM paragraphs WHERE paragraphs MATCH ? ORDER BY rank LIMIT ?"

        def ask(question: str) -> Any:
            trigrams = [question[place : place + 3] for place in range(len(question) - 2)]
            return database.execute(sql, (" OR ".join(f'"{one}"' for one in trigrams), LIMIT)).fetchall()

        return ask


ENGINES: dict[str, Any] = {
    "Yuanju, the answer": Yuanju,
    "Yuanju, its search": YuanjuSearch,
    "jieba + rank-bm25": RankBM25,
    "jieba + bm25s": BM25s,
    "jieba + tantivy": Tantivy,
    "SQLite FTS5, trigrams": Fts5,
}
NEEDED = {"jieba + bm25s": "bm25s", "jieba + tantivy": "tantivy"}


def _tokenizer(folder: Path) -> Any:
    from retrieval.language import Tokenizer

    return Tokenizer(folder.parent / "dictionaries")


def _engine(folder: Path) -> Any:
    from retrieval.engines.local import LocalEngine

    return LocalEngine(folder / "index", _tokenizer(folder))


def step(name: str, what: str, folder: Path) -> dict[str, float]:
    """Do one step in this process and return its processor time in seconds: that of the start included, for asking."""
    engine = ENGINES[name]
    if what == "build":
        texts = json.loads((folder.parent / "texts.json").read_text("utf-8"))
        before = time.process_time()
        engine.build(folder, texts)
        return {"build": time.process_time() - before}
    questions = json.loads((folder.parent / "questions.json").read_text("utf-8"))
    ask = engine.open(folder)
    ask(questions[0])
    started = time.process_time()
    for question in questions[1:WARM_UP]:  # what is loaded at first use is no part of a further question
        ask(question)
    taken = []
    for question in questions[WARM_UP:]:
        before = time.process_time()
        ask(question)
        taken.append(time.process_time() - before)
    return {"start": started, "question": sum(taken) / len(taken)}


def throughput(folder: Path, threads: int) -> float:
    """Return how many questions a second this process answers, so many at a time."""
    from retrieval.answering import Answerer

    questions = json.loads((folder.parent / "questions.json").read_text("utf-8"))
    answerer = Answerer(_engine(folder), _tokenizer(folder), threshold=0.5)

    async def all_of_them() -> float:
        asyncio.get_running_loop().set_default_executor(ThreadPoolExecutor(threads))
        slots = asyncio.Semaphore(threads)

        async def one(question: str) -> None:
            async with slots:
                await answerer.answer(question)

        await one(questions[0])
        asked = questions * REPEATED
        before = time.perf_counter()
        await asyncio.gather(*map(one, asked))
        return len(asked) / (time.perf_counter() - before)

    return asyncio.run(all_of_them())


def _child(*arguments: object) -> Any:
    command = [sys.executable, "-m", "benchmarks.performance", *map(str, arguments)]
    return json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, check=True, text=True).stdout)


def measured(count: int, folder: Path) -> dict[str, dict[str, float]]:
    """Return the figures of each engine on so many paragraphs."""
    from testbed.author import Author

    author = Author(_tokenizer(folder / "any"), 1)
    texts = [author.paragraph() for _ in range(count)]
    (folder / "texts.json").write_text(json.dumps(texts), "utf-8")
    questions = [author.question(text) for text in texts[:: max(count // (QUESTIONS + WARM_UP), 1)]]
    (folder / "questions.json").write_text(json.dumps(questions), "utf-8")
    names = [name for name in ENGINES if name not in NEEDED or find_spec(NEEDED[name])]
    figures: dict[str, dict[str, float]] = {}
    for name in names:
        own = folder / str(list(ENGINES).index(name))
        own.mkdir()
        figures[name] = _child("--step", name, "build", own)
    for _ in range(ROUNDS):
        for name in names:
            for figure, seconds in _child("--step", name, "ask", folder / str(list(ENGINES).index(name))).items():
                figures[name][figure] = min(seconds, figures[name].get(figure, seconds))
    one, two = (_child("--throughput", threads, folder / "0") for threads in (1, 2))
    with ThreadPoolExecutor(2) as threads:
        processes = sum(threads.map(lambda _: _child("--throughput", 1, folder / "0"), range(2)))
    figures["Yuanju, the answer"] |= {"one": one, "two": two, "processes": processes}
    return figures


def table(figures: dict[int, dict[str, dict[str, float]]]) -> str:
    """Return the table, and the line below it, in Markdown."""
    lines = [
        f"Load while it was measured: {os.getloadavg()[0]:.0f} on {os.cpu_count()} processors.",
        "",
        "| paragraphs | engine | index, s | start and first answer, s | a further question, ms |",
        "|---:|---|---:|---:|---:|",
    ]
    for count, engines in figures.items():
        lines += [
            f"| {count:,} | {name} | {one['build']:.2f} | {one['start']:.2f} | {1000 * one['question']:.2f} |"
            for name, one in engines.items()
        ]
    lines.append("")
    for count, engines in figures.items():
        ours = engines["Yuanju, the answer"]
        lines.append(
            f"Answers a second over {count:,} paragraphs, by the clock: {ours['one']:.0f} one at a time, "
            f"{ours['two']:.0f} with two at a time in one process ({ours['two'] / ours['one']:.2f} of it), "
            f"{ours['processes']:.0f} by two processes with the same index ({ours['processes'] / ours['one']:.2f}).  "
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, nargs="+", default=[1_000])
    parser.add_argument("--step", nargs=3, help=argparse.SUPPRESS)
    parser.add_argument("--throughput", nargs=2, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.step:
        name, what, folder = arguments.step
        print(json.dumps(step(name, what, Path(folder))))
    elif arguments.throughput:
        print(json.dumps(throughput(Path(arguments.throughput[1]), int(arguments.throughput[0]))))
    else:
        figures = {}
        for count in arguments.paragraphs:
            with tempfile.TemporaryDirectory() as temporary:
                figures[count] = measured(count, Path(temporary))
        text = table(figures)
        page = PAGE.read_text("utf-8")
        PAGE.write_text(page[: page.index(BEGIN) + len(BEGIN)] + f"\n{text}\n" + page[page.index(END) :], "utf-8")
        print(text)


if __name__ == "__main__":
    main()
