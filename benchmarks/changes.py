"""Measures a folder of many documents: the first index, then how soon one changed document is found.

    python -m benchmarks.changes                                 100,000 documents of one paragraph (``make changes``)
    python -m benchmarks.changes --paragraphs 10                 the same in ten shorter ones each: a million
    python -m benchmarks.changes --folder FOLDER                 keeps documents and index, and takes those there

Found after: by the clock, from the start of a process, imports included, until an answer from the index has what is
new. ``yuanju index`` looks at all files, or at the path it is given, and finds one that was changed more than an hour
ago, which is read at once; ``serve`` looks at what its watcher tells, after the two seconds in which a file may still
be written. Then a thousand more documents are changed one by one, and searches and disk are compared with those of the
same index made anew.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from bot import composition
from bot.access import Audience
from bot.documents.watching import watching
from bot.settings import Settings
from bot.terminal.indexing import REST_SECONDS
from retrieval.engines.local import LocalEngine
from retrieval.index import latest
from retrieval.language import Tokenizer
from retrieval.language.dictionary import dictionary_lines
from retrieval.library import Library
from retrieval.ranking import SEARCHED
from retrieval.records import Document, Paragraph, Source

WORDS = 60
"""In a document of one paragraph; in others twice as many."""
PAUSE_SECONDS = 0.05
"""Between two questions."""
OLD_SECONDS = 7200.0
"""How long ago a document was changed, so that it need not rest; clocks of file servers may differ by an hour."""
CHANGES = 1000
QUESTIONS = 500
ROUNDS = 5


def texts(seed: int, words: int = WORDS) -> Iterator[str]:
    """Return texts of words from jieba's dictionary, each as often as it is in Chinese."""
    choice = random.Random(seed)
    known, weights = zip(*((word, frequency) for word, frequency, _ in dictionary_lines()), strict=True)
    cumulated = list(accumulate(weights))
    while True:
        yield "".join(choice.choices(known, cum_weights=cumulated, k=words)) + "。"


def write(folder: Path, count: int, paragraphs: int) -> None:
    """Write ``count`` documents of so many paragraphs."""
    some = texts(11, WORDS if paragraphs == 1 else 2 * WORDS // paragraphs)
    for number in range(count):
        place = folder / f"{number // 1000:03}"
        place.mkdir(parents=True, exist_ok=True)
        text = "\n\n".join(islice(some, paragraphs))
        (place / f"{number:06}.txt").write_text(f"{text}\n", "utf-8")


async def fill(folder: Path, index: Path) -> None:
    """Make the first index."""
    _, library = _opened(folder, index)
    begun = time.perf_counter()
    report = await library.refresh()
    print(f"first index of {report.document_count:,} documents: {time.perf_counter() - begun:.1f} s")


def measure(folder: Path, index: Path) -> None:
    """Change one document, and wait until it is found, by ``yuanju index`` on all files, and on that one."""
    print(f"nothing has changed, {_indexed(folder, index)}")
    for title, named in (("all files looked at", False), ("its path given", True)):
        for _ in range(ROUNDS):
            path, name = _change(folder, seconds_ago=OLD_SECONDS)
            print(f"one document changed, {title}: {_indexed(folder, index, name, *([path] if named else []))}")


def _indexed(folder: Path, index: Path, name: str = "", *places: str) -> str:
    """Run ``yuanju index``; return how long it took until a document of this name was found, and until it ended."""
    before, files, cpu, begun = latest(index), _files(index), os.times(), time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "bot", "index", "--json", "--brief", *places],
        env=os.environ | {"YUANJU_DOCUMENTS": str(folder), "YUANJU_INDEX": str(index)},
        stdout=subprocess.DEVNULL,
    )
    while name and latest(index) == before and process.poll() is None:
        time.sleep(0.002)
    found = time.perf_counter() - begun
    assert not name or name in asyncio.run(_best(index, name)), name
    assert process.wait() == 0
    taken, after = time.perf_counter() - begun, os.times()
    seconds = sum(after[2:4]) - sum(cpu[2:4])
    written = sum(size for file, size in _files(index).items() if file not in files) / 1e6
    return (f"found after {found:.2f} s, " if name else "") + (
        f"ended after {taken:.2f} s; {seconds:.2f} s of CPU; {written:.2f} MB written"
    )


async def _best(index: Path, name: str) -> str:
    tokenizer = Tokenizer(index / "jieba")
    found = await LocalEngine(index, tokenizer).search(list(tokenizer.terms(name)), limit=1)
    return found.hits[0].paragraph.text if found.hits else ""


async def serve(folder: Path, index: Path) -> None:
    """Change one document while ``serve`` watches, and ask for it until it is found."""
    settings = Settings(documents=folder, index=index)
    async with composition.live_index(settings, {"documents": str(folder), "index": str(index)}) as live_index:
        await live_index.take_up()
        async with watching(live_index):
            await live_index.refresh()  # comes after the comparison that watching begins with
            for _ in range(ROUNDS):
                _, name = _change(folder)
                begun, waits, text = time.perf_counter(), [], ""
                while name not in text:
                    await asyncio.sleep(PAUSE_SECONDS)
                    asked = time.perf_counter()
                    found = await live_index.nearest(name, limit=1, audience=Audience())
                    text = found[0].paragraph.text if found else ""
                    waits.append(time.perf_counter() - asked)
                print(
                    f"one document changed, as serve watches: found after {time.perf_counter() - begun:.2f} s, "
                    f"{REST_SECONDS:.0f} of them rest; a question waited {max(waits) * 1e3:.0f} ms at most"
                )


def _change(folder: Path, *, seconds_ago: float = 0) -> tuple[str, str]:
    """Change a document; return its path and what is to be found in it."""
    name = f"第{time.time_ns()}次"
    path = next(folder.glob("*/*.txt"))
    path.write_text(f"{name}。这一篇改过了。\n", "utf-8")
    if seconds_ago:
        os.utime(path, (time.time() - seconds_ago,) * 2)
    return str(path.relative_to(folder)), name


async def many(index: Path, count: int) -> None:
    """Change documents one by one, and compare searches and disk with those of the same index made anew."""
    engine = LocalEngine(index, Tokenizer(index / "jieba"))
    choice = random.Random(5)
    written, seconds = [], []
    for text in islice(texts(12), CHANGES):
        number = choice.randrange(count)
        path = f"{number // 1000:03}/{number:06}.txt"
        before, begun = _files(index), time.process_time()
        async with engine.update() as update:
            await update.put(Document(Source(path, path[4:-4]), (Paragraph(1, text),)))
            await update.commit()
        seconds.append(time.process_time() - begun)
        written.append(sum(size for file, size in _files(index).items() if file not in before))
    tokenizer = Tokenizer(index / "jieba")
    questions = [list(tokenizer.terms(text[: choice.randrange(4, 16)])) for text in islice(texts(13), QUESTIONS)]
    changed, disk = await _median(engine, questions), sum(_files(index).values())
    await engine.compact()
    fresh, fresh_disk = await _median(engine, questions), sum(_files(index).values())
    print(
        f"{CHANGES:,} changes: {median(seconds):.3f} s of CPU each, {max(seconds):.2f} at most; "
        f"{median(written) / 1e6:.2f} MB written, {max(written) / 1e6:.1f} at most, {sum(written) / 1e6:.0f} in all\n"
        f"then a search takes {changed * 1e3:.3f} ms of CPU, made anew {fresh * 1e3:.3f}: {changed / fresh:.2f} of it; "
        f"{disk / 1e6:.1f} MB, made anew {fresh_disk / 1e6:.1f}: {disk / fresh_disk:.2f} of it"
    )


async def _median(engine: LocalEngine, questions: Sequence[Sequence[str]]) -> float:
    """Return the median of the CPU seconds that a search takes; of several rounds, the best."""
    rounds = []
    for _ in range(ROUNDS):
        taken = []
        for terms in questions:
            begun = time.process_time()
            await engine.search(terms, limit=SEARCHED)
            taken.append(time.process_time() - begun)
        rounds.append(median(taken))
    return min(rounds)


def _files(index: Path) -> dict[int, int]:
    """Return the files of the newest generation, as the disk numbers them, and their sizes in bytes."""
    newest = index / latest(index)
    return {status.st_ino: status.st_size for status in map(Path.stat, newest.iterdir())}


def _opened(folder: Path, index: Path) -> tuple[LocalEngine, Library]:
    tokenizer = Tokenizer(index / "jieba")
    engine = LocalEngine(index, tokenizer)
    return engine, Library(folder, engine, tokenizer)


def _first(documents: Path, index: Path) -> None:
    asyncio.run(fill(documents, index))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, nargs="?", default=100_000, help="documents")
    parser.add_argument("--paragraphs", type=int, default=1, help="in each document")
    parser.add_argument("--folder", type=Path)
    arguments = parser.parse_args()
    with nullcontext(arguments.folder) if arguments.folder else tempfile.TemporaryDirectory() as folder:
        documents, index = Path(folder) / "documents", Path(folder) / "index"
        if not latest(index):
            write(documents, arguments.count, arguments.paragraphs)
            # As in ``serve``, the process that answers is not the one that has read all documents.
            first = get_context("spawn").Process(target=_first, args=(documents, index))
            first.start()
            first.join()
        measure(documents, index)
        asyncio.run(serve(documents, index))
        asyncio.run(many(index, arguments.count))


if __name__ == "__main__":
    main()
