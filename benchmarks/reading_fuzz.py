"""Reads damaged files by the thousand, to see that none stops a run, hangs, or takes much memory."""

from __future__ import annotations

import io
import multiprocessing
import random
import resource
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Iterator
from multiprocessing.connection import Connection
from pathlib import Path

from benchmarks.reading_samples import samples
from retrieval.errors import UnreadableDocument
from retrieval.reading import Limits, read

SLOWEST_SECONDS, MOST_MEBIBYTES = 5.0, 1024
LIMITS = Limits(recognised_page_count=0)
"""Damage makes empty pages: recognising them takes seconds, and proves nothing here."""


def fuzz(generator: random.Random, input_count: int) -> int:
    """Reads so many inputs, prints what became of them, and gives the exit status."""
    reader, slowest, problems = Reader(), (0.0, ""), list[str]()
    outcomes = Counter[str]()
    for number, (name, data) in enumerate(inputs(generator, input_count)):
        started = time.monotonic()
        result = reader.read(name, data)
        slowest = max(slowest, (time.monotonic() - started, f"input {number} ({name})"))
        outcomes[result.partition(":")[0]] += 1
        if not result.startswith(("read", "unreadable")):
            problems.append(f"input {number} ({name}): {result}")
            (Path(tempfile.gettempdir()) / f"fuzz-{number}-{name}").write_bytes(data)
    peak = reader.close()
    print(f"{input_count:,} inputs: {dict(outcomes)}; slowest {slowest[0]:.2f} s, {slowest[1]}; peak {peak:,.0f} MiB")
    if peak > MOST_MEBIBYTES:
        problems.append(f"peak memory of {peak:,.0f} MiB")
    print("\n".join(problems) or "no problem")
    return int(bool(problems))


class Reader:
    """Reads in a process of its own, so that one that hangs or crashes is seen from outside."""

    def __init__(self) -> None:
        self.context = multiprocessing.get_context("spawn")
        self.start()

    def start(self) -> None:
        """Starts the process, and waits until it is ready."""
        self.pipe, theirs = self.context.Pipe()
        self.process = self.context.Process(target=read_all, args=(theirs,))
        self.process.start()
        assert self.pipe.recv() == "ready"

    def read(self, name: str, data: bytes) -> str:
        """What became of the input, in a word and a colon."""
        self.pipe.send((name, data))
        try:
            if self.pipe.poll(SLOWEST_SECONDS):
                return str(self.pipe.recv())
            result = "hang"
        except (EOFError, ConnectionError):
            result = "crash"
        self.process.kill()
        self.process.join()
        self.start()
        return result

    def close(self) -> float:
        """Ends the process and gives its peak memory in MiB."""
        self.pipe.send(None)
        peak = float(self.pipe.recv())
        self.process.join()
        return peak


def read_all(pipe: Connection) -> None:
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        pipe.send("ready")
        while (message := pipe.recv()) is not None:
            name, data = message
            (folder / name).write_bytes(data)
            try:
                reading = read(folder, name, limits=LIMITS)
                assert reading.documents
                assert all(document.paragraphs for document in reading.documents)
                pipe.send("read")
            except UnreadableDocument as error:
                pipe.send(f"unreadable: {error}")
            except BaseException:
                pipe.send(f"error: {traceback.format_exc()}")
        pipe.send(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def inputs(generator: random.Random, count: int) -> Iterator[tuple[str, bytes]]:
    """Files as nobody should write them: good ones damaged, and noise under every suffix."""
    good = samples()
    names = list(good)
    for number in range(count):
        name = names[number % len(names)]
        data = good[name]
        if zipfile.is_zipfile(io.BytesIO(data)) and generator.random() < 0.7:
            data = damaged_inside(generator, data)
        elif generator.random() < 0.1:
            data = generator.randbytes(generator.randint(1, 4000))
        else:
            data = damaged(generator, data)
        yield name, data


def damaged(generator: random.Random, data: bytes) -> bytes:
    """The data with some of its bytes changed, lost, doubled, or put elsewhere."""
    mutated = bytearray(data)
    for _ in range(generator.choice((1, 2, 5, 20))):
        if not mutated:
            break
        start = generator.randrange(len(mutated))
        end = min(len(mutated), start + generator.choice((1, 2, 8, 100, 1000)))
        match generator.randrange(6):
            case 0:
                mutated[start] ^= 1 << generator.randrange(8)
            case 1:
                del mutated[start:end]
            case 2:
                mutated[start:start] = mutated[start:end] * generator.choice((1, 2, 50))
            case 3:
                mutated[start:end] = generator.randbytes(end - start)
            case 4:
                mutated[start:start] = generator.choice(TRICKY)
            case _:
                del mutated[start:]
    return bytes(mutated)


TRICKY = (
    b"\x00", b"\xff\xff\xff\xff", b"<div>" * 300, b"</p></div></table>", b"<table><tr><td>" * 100, b"<!--",
    b"<![CDATA[",
    b"---\n", b"+++\n", b"&#xD800;&#0;&#x110000;", b"999999999999", b"-1", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"\x1b$B",
    b"%PDF-1.4", b"PK\x03\x04", b"* [](<" * 50, b"> " * 200, b"_*" * 300, b"`" * 99, b"rowspan=99999 colspan=99999",
    b'<!DOCTYPE a [<!ENTITY b "c">]>&b;', b"\n\n\t- - - - -\n", b"a: &a [*a, *a]\n",
    "第一条".encode(), "\u202e一、".encode(),
)  # fmt: skip


def damaged_inside(generator: random.Random, data: bytes) -> bytes:
    """The container with one of its members damaged, and itself sound, so that the damage reaches the reader."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as archive, zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as made:
        members = archive.infolist()
        chosen = generator.choice(members).filename
        for member in members:
            content = archive.read(member)
            made.writestr(member.filename, damaged(generator, content) if member.filename == chosen else content)
    return buffer.getvalue()
