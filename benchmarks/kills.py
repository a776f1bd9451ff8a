"""Kills a process that changes an index and merges its segments, again and again, at random moments; ``make kills``.

After each kill the index must open, hold one whole generation, and be whole to the last byte. The tests do a few
dozen of the same.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import signal
import sys
import tempfile
import time
from importlib import import_module
from itertools import count
from pathlib import Path

from retrieval.engines.local import LocalEngine
from retrieval.index.notes import Notes
from retrieval.language import Tokenizer
from retrieval.language.sounds import sounds
from retrieval.records import Document, Paragraph, Source

DOCUMENTS = 30
CHANGED = 10
"""Documents that each generation changes one of so many of."""
AFRESH = 40
"""Every so many generations, all is made anew."""
LITTLE = 500
"""Terms of a segment that is written anew with every change: few, so that there are several, and some are merged."""
LONGEST = 0.5
"""Seconds that a builder lives, at most: two builds or so, so that kills fall anywhere in one."""
WORDS = ("智能", "终端", "机器人", "家居", "规模", "产业", "甲", "乙")


def collection(number: int) -> list[Document]:
    """Return the documents of a generation; each tells the number of the one in which it was last changed."""
    changed = ((place, number - (number - place) % CHANGED) for place in range(DOCUMENTS))
    return [document(place, last) for place, last in changed if last > 0]


def document(place: int, number: int) -> Document:
    """Return the document at a place as it was changed in a generation."""
    choice = random.Random(number * DOCUMENTS + place)
    texts = (f"第{number}次" + "".join(choice.choices(WORDS, k=20)) for _ in range(1 + choice.randrange(4)))
    return Document(
        Source(f"{place:02}.txt", "题"), tuple(Paragraph(one, text, ()) for one, text in enumerate(texts, 1))
    )


async def build(folder: Path, tokenizer: Tokenizer, say: int) -> None:
    """Build one generation after the other, until killed; writes the number of each it has published to ``say``."""
    engine = LocalEngine(folder, tokenizer, little=LITTLE)
    for number in count(int((await engine.manifest() or Notes()).get("number", "0")) + 1):
        afresh = number % AFRESH == 0
        async with engine.update(afresh=afresh) as update:
            for one in collection(number):
                if afresh or one == document(int(one.source.path[:2]), number):
                    await update.put(one)
            await update.commit({"number": str(number)})
            os.write(say, f"{number}\n".encode())


async def whole(folder: Path, tokenizer: Tokenizer) -> int:
    """Open the index as a process that starts would; gives the number of its generation, 0 for none yet.

    Raises ``AssertionError`` if it is not whole.
    """
    engine = LocalEngine(folder, tokenizer)
    number = int((await engine.manifest() or Notes()).get("number", "0"))
    if number:
        expected = [paragraph.text for document in collection(number) for paragraph in document.paragraphs]
        found = await engine.search(["第", "智能"], limit=1000)
        assert sorted(hit.paragraph.text for hit in found.hits) == sorted(expected)
        assert engine.damage() == []
    engine.close()
    return number


def kill(folder: Path, tokenizer: Tokenizer, *, kills: int, seed: int) -> int:
    """Kill builders ``kills`` times; gives how many generations were published in spite of that."""
    choice = random.Random(seed)
    # Loaded and made once, for all builders.
    list(tokenizer.words("智能"))
    sounds(tokenizer.cache_folder, tokenizer.dictionary)
    import_module("retrieval.index.builder")
    published = 0
    for _ in range(kills):
        heard, say = os.pipe()
        builder = os.fork()
        if not builder:
            asyncio.run(build(folder, tokenizer, say))
        os.close(say)
        time.sleep(choice.uniform(0, LONGEST))
        os.kill(builder, signal.SIGKILL)
        os.waitpid(builder, 0)
        said = [int(line) for line in Path(f"/dev/fd/{heard}").read_text().split()]
        os.close(heard)
        number = asyncio.run(whole(folder, tokenizer))
        # What was said to be published is still there, and the swap after it may have been made, too.
        assert number >= max([published, *said]), (number, published, said)
        published = number
        for leftover in folder.glob("building-*"):
            shutil.rmtree(leftover)
    return published


def main() -> None:
    kills = int(sys.argv[1]) if len(sys.argv) > 1 else 1000
    with tempfile.TemporaryDirectory() as folder:
        published = kill(Path(folder) / "index", Tokenizer(Path(folder) / "cache"), kills=kills, seed=1)
    print(f"{kills} kills: the index always opened, always whole; {published} generations were published meanwhile")


if __name__ == "__main__":
    main()
