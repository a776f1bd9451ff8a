"""Measures a folder of many documents: the first index, then how soon one changed document is visible.

Run by ``make changes``. Questions are asked all the while; the longest that one waited is told, too.
"""

from __future__ import annotations

import asyncio
import random
import sys
import tempfile
import time
from itertools import accumulate
from pathlib import Path

from retrieval.engine import LocalEngine
from retrieval.library import Library
from retrieval.tokens import Tokenizer
from retrieval.tokens.segmenter import dictionary_lines

WORDS_OF_A_DOCUMENT = 60


def write(folder: Path, count: int) -> None:
    """Write ``count`` documents of words from jieba's dictionary, each as often as it is in Chinese."""
    choice = random.Random(11)
    words, weights = zip(*((word, frequency) for word, frequency, _ in dictionary_lines()), strict=True)
    cumulated = list(accumulate(weights))
    for number in range(count):
        place = folder / f"{number // 1000:03}"
        place.mkdir(exist_ok=True)
        drawn = choice.choices(words, cum_weights=cumulated, k=WORDS_OF_A_DOCUMENT)
        (place / f"{number:06}.txt").write_text("".join(drawn) + "。\n", "utf-8")


async def measure(folder: Path, index: Path) -> None:
    """Index, change one document, and wait until it is found; by a process that serves, and by one that starts."""
    tokenizer = Tokenizer(index / "cache")
    engine = LocalEngine(index, tokenizer)
    library = Library(folder, engine, tokenizer)
    begun = time.perf_counter()
    report = await library.refresh()
    print(f"first index of {report.document_count:,} documents: {time.perf_counter() - begun:.1f} s")
    begun = time.perf_counter()
    await library.refresh()
    print(f"nothing has changed: {time.perf_counter() - begun:.2f} s")
    for attempt, fresh in enumerate((False, False, True)):
        if fresh:
            engine = LocalEngine(index, tokenizer)
            library = Library(folder, engine, tokenizer)
        changed = next(folder.glob("*/*.txt"))
        changed.write_text(f"魑魅魍魉第{attempt + 1}次。这一篇改过了。\n", "utf-8")
        begun = time.perf_counter()
        refresh = asyncio.create_task(library.refresh())
        waits, visible = [], 0.0
        while not refresh.done() or not visible:
            asked = time.perf_counter()
            found = await engine.search(["魑魅魍魉", "改过", "一篇"], limit=1)
            waits.append(time.perf_counter() - asked)
            if found.hits and f"第{attempt + 1}次" in found.hits[0].paragraph.text and not visible:
                visible = time.perf_counter() - begun
            await asyncio.sleep(0.001)
            waits[-1] = max(waits[-1], time.perf_counter() - asked - 0.001)
        kind = "starts" if fresh else "serves"
        print(
            f"one document changed, in a process that {kind}: visible after {visible:.2f} s, "
            f"refreshed after {time.perf_counter() - begun:.2f} s; a question waited {max(waits) * 1e3:.0f} ms at most"
        )
    engine.close()


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100_000
    with tempfile.TemporaryDirectory() as folder:
        documents, index = Path(folder) / "documents", Path(folder) / "index"
        documents.mkdir()
        write(documents, count)
        asyncio.run(measure(documents, index))


if __name__ == "__main__":
    main()
