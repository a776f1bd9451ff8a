"""Measures how long an answer takes, in collections of any size.

    python -m benchmarks.latency                        1,000 and 100,000 paragraphs
    python -m benchmarks.latency --paragraphs 20000
    python -m benchmarks.latency --meaning FOLDER       with an encoder: what is new, and the same questions once more

The texts are those of ``testbed.author``.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from bot.entry_points import COLLECTED
from retrieval.answering import Answerer
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.meaning import Encoder, Meaning, Vectors
from testbed.author import Author

QUESTIONS = 300
BEFORE = 30
"""Questions that are asked before: what is loaded or compiled at first use is not part of an answer."""


async def measure(tokenizer: Tokenizer, paragraphs: int, seed: int, encoder: Encoder | None) -> None:
    """Index a collection, ask it, and print the percentiles."""
    author = Author(tokenizer, seed)
    questions: list[str] = []
    with TemporaryDirectory() as folder:
        engine = LocalEngine(Path(folder), tokenizer)
        began = time.perf_counter()
        async with engine.update(afresh=True) as update:
            for document in author.documents(paragraphs):
                if len(questions) < BEFORE + QUESTIONS:
                    questions += [author.question(paragraph.text) for paragraph in document.paragraphs]
                await update.put(document)
            await update.commit()
        indexed = time.perf_counter() - began
        print(f"{paragraphs:>8,} paragraphs  indexed in {indexed:,.0f} s", flush=True)
        meaning = None
        if encoder:
            meaning = Meaning(encoder, Vectors(Path(folder) / "meaning", fingerprint=encoder.fingerprint))
        answerer = Answerer(engine, tokenizer, threshold=0.5, meaning=meaning)
        for question in questions[:BEFORE]:
            await answerer.answer(question)
        timed = questions[BEFORE:][:QUESTIONS]
        await ask(answerer, timed, "  first" if meaning else "")
        if meaning:
            await ask(answerer, timed, "  again")
            meaning.close()
        engine.close()


async def ask(answerer: Answerer, questions: Sequence[str], what: str) -> None:
    """Ask questions one after the other, and print the percentiles."""
    taken = []
    busy = time.process_time()
    for question in questions:
        began = time.perf_counter()
        await answerer.answer(question)
        taken.append(1000 * (time.perf_counter() - began))
    busy = 1000 * (time.process_time() - busy) / len(taken)
    p50, p99 = np.percentile(taken, (50, 99))
    print(f"{what}  p50 {p50:5.1f} ms  p99 {p99:5.1f} ms  processor {busy:5.1f} ms a question", flush=True)


def main() -> None:
    """Measure each size."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--paragraphs", type=int, nargs="+", default=[1_000, 100_000])
    parser.add_argument("--meaning", type=Path, metavar="FOLDER", help="an encoder to compare meanings by")
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    gc.set_threshold(COLLECTED)  # as in the program itself
    encoder = Encoder.of(arguments.meaning) if arguments.meaning else None
    with TemporaryDirectory() as cache:
        tokenizer = Tokenizer(Path(cache))
        for paragraphs in arguments.paragraphs:
            asyncio.run(measure(tokenizer, paragraphs, arguments.seed, encoder))


if __name__ == "__main__":
    main()
