"""Measures a folder of many documents: the first index, then how soon one changed document is visible.

Run by ``make changes``. Questions are asked all the while; the longest that one waited is told, too. Then a thousand
more documents are changed one by one, and searches and disk are compared with those of the same index made anew.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from functools import partial
from itertools import accumulate, islice
from multiprocessing import get_context
from pathlib import Path
from statistics import median

from bot import composition
from bot.access import Audience
from bot.documents.live_index import LiveIndex
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

WORDS_OF_A_DOCUMENT = 60
PAUSE_SECONDS = 0.002
"""Between two questions."""
CHANGES = 1000
QUESTIONS = 500
ROUNDS = 5


def texts(seed: int) -> Iterator[str]:
    """Return texts of words from jieba's dictionary, each as often as it is in Chinese."""
    choice = random.Random(seed)
    words, weights = zip(*((word, frequency) for word, frequency, _ in dictionary_lines()), strict=True)
    cumulated = list(accumulate(weights))
    while True:
        yield "".join(choice.choices(words, cum_weights=cumulated, k=WORDS_OF_A_DOCUMENT)) + "。"


def write(folder: Path, count: int) -> None:
    """Write ``count`` documents."""
    for number, text in zip(range(count), texts(11), strict=False):
        place = folder / f"{number // 1000:03}"
        place.mkdir(exist_ok=True)
        (place / f"{number:06}.txt").write_text(f"{text}\n", "utf-8")


async def fill(folder: Path, index: Path) -> None:
    """Make the first index."""
    _, library = _opened(folder, index)
    begun = time.perf_counter()
    report = await library.refresh()
    print(f"first index of {report.document_count:,} documents: {time.perf_counter() - begun:.1f} s")


async def measure(folder: Path, index: Path) -> None:
    """Change one document, and wait until it is found: by the process that indexes, and as ``serve`` watches."""
    engine, library = _opened(folder, index)
    begun = time.perf_counter()
    await library.refresh()
    print(f"nothing has changed: {time.perf_counter() - begun:.2f} s")
    for _ in range(3):
        await _change("in a process that goes on", folder, index, library.refresh, partial(_best, engine))
    engine, library = _opened(folder, index)
    await _change("in a process that starts", folder, index, library.refresh, partial(_best, engine))
    engine.close()
    settings = Settings(documents=folder, index=index)
    async with composition.live_index(settings, {"documents": str(folder), "index": str(index)}) as live_index:
        await live_index.take_up()
        async with watching(live_index):
            await live_index.refresh()  # comes after the comparison that watching begins with
            for _ in range(3):
                title = f"as serve watches, {REST_SECONDS:.0f} s of it whether it is still being written"
                await _change(title, folder, index, partial(asyncio.sleep, 0), partial(_nearest, live_index))


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


async def _best(engine: LocalEngine) -> str:
    found = await engine.search(["魑魅魍魉", "改过", "一篇"], limit=1)
    return found.hits[0].paragraph.text if found.hits else ""


async def _nearest(live_index: LiveIndex) -> str:
    found = await live_index.nearest("魑魅魍魉那一篇改过了吗？", limit=1, audience=Audience())
    return found[0].paragraph.text if found else ""


async def _change(
    title: str,
    folder: Path,
    index: Path,
    refreshed: Callable[[], Awaitable[object]],
    ask: Callable[[], Awaitable[str]],
) -> None:
    """Change a document, and ask for it until it is found."""
    name, before = f"第{time.time_ns()}次", _files(index)
    next(folder.glob("*/*.txt")).write_text(f"魑魅魍魉{name}。这一篇改过了。\n", "utf-8")
    begun = time.perf_counter()
    refresh = asyncio.ensure_future(refreshed())
    waits, visible = [], 0.0
    while not refresh.done() or not visible:
        asked = time.perf_counter()
        if name in await ask() and not visible:
            visible = time.perf_counter() - begun
        await asyncio.sleep(PAUSE_SECONDS)
        waits.append(time.perf_counter() - asked - PAUSE_SECONDS)
    print(
        f"one document changed, {title}: visible after {visible:.2f} s, refreshed after "
        f"{time.perf_counter() - begun:.2f} s; a question waited {max(waits) * 1e3:.0f} ms at most; "
        f"{sum(size for file, size in _files(index).items() if file not in before) / 1e6:.2f} MB written"
    )


def _first(documents: Path, index: Path) -> None:
    asyncio.run(fill(documents, index))


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        documents, index = Path(folder) / "documents", Path(folder) / "index"
        documents.mkdir()
        write(documents, count)
        # As in ``serve``, the process that answers is not the one that has read all documents.
        first = get_context("spawn").Process(target=_first, args=(documents, index))
        first.start()
        first.join()
        asyncio.run(measure(documents, index))
        asyncio.run(many(index, count))


if __name__ == "__main__":
    main()
