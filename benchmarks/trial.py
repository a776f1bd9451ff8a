"""One measurement of one engine in a process of its own; ``engines.py`` runs it and reads the last line it prints.

Little is imported here, since the time of a first answer counts from the start of the process.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path
from typing import Any

from benchmarks.contestants import CONTESTANTS

QUESTION_SEED = 20_260_701
"""No threshold in the code was set by looking at these questions."""
WARM_UP = 20
QUESTIONS = 500
SECONDS = 15
"""After which no further question is asked of an engine, once it has had ``FEWEST``."""
FEWEST = 20


def _feed(_: str, size: int, folder: Path, __: Path) -> dict[str, Any]:
    from benchmarks.collection import Collection

    for _terms in Collection(folder, size).paragraphs():
        pass
    return {"cpu": _cpu()}


def _build(engine: str, size: int, folder: Path, index: Path) -> dict[str, Any]:
    from benchmarks.collection import Collection

    CONTESTANTS[engine].build(index, Collection(folder, size).paragraphs())
    return {"cpu": _cpu(), "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3}


def _first(engine: str, size: int, folder: Path, index: Path) -> dict[str, Any]:
    # A fixed question: to read one from the collection would be measured, too.
    del size, folder
    CONTESTANTS[engine].open(index)(["t3", "t70", "t1500", "t20000"])
    return {"cpu": _cpu()}


def _ask(engine: str, size: int, folder: Path, index: Path) -> dict[str, Any]:
    from benchmarks.collection import Collection

    questions = Collection(folder, size).questions(WARM_UP + QUESTIONS, seed=QUESTION_SEED)
    search = CONTESTANTS[engine].open(index)
    begun = time.perf_counter()
    for question in questions[:WARM_UP]:
        search(question)
        if time.perf_counter() - begun > SECONDS / 5:
            break
    walls, processors, best = [], [], []
    begun = time.perf_counter()
    for question in questions[WARM_UP:]:
        start, used = time.perf_counter(), time.process_time()
        found = search(question)
        processors.append(time.process_time() - used)
        walls.append(time.perf_counter() - start)
        named = getattr(search, "named", None)
        best.append([position for position, score in (named(found) if named else found) if score > 0])
        if len(walls) >= FEWEST and time.perf_counter() - begun > SECONDS:
            break
    return {
        "p50_ms": _percentile(walls, 0.5),
        "p99_ms": _percentile(walls, 0.99),
        "p50_cpu_ms": _percentile(processors, 0.5),
        "p99_cpu_ms": _percentile(processors, 0.99),
        "questions": len(walls),
        "seconds": sum(walls),
        "private_mb": round(_private() / 1e6, 1),
        "best": best,
    }


def _percentile(seconds: list[float], share: float) -> float:
    return round(sorted(seconds)[int(len(seconds) * share)] * 1e3, 4)


def _cpu() -> float:
    """CPU seconds of this process from its start, other threads and imports included."""
    return time.process_time()


def _private() -> int:
    """Bytes of memory that belong to no file."""
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith("RssAnon:"):
            return int(line.split()[1]) * 1024
    raise LookupError("RssAnon")


if __name__ == "__main__":
    _task, _engine, _size, _folder, _index = sys.argv[1:]
    _tasks = {"feed": _feed, "build": _build, "first": _first, "ask": _ask}
    print(json.dumps(_tasks[_task](_engine, int(_size), Path(_folder), Path(_index))))
