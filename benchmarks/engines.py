"""Measures search engines side by side on the same synthetic collections; run by ``make benchmark``.

Writes docs/engines.json, draws docs/engines.svg, and puts the tables into docs/index.md. Each build, each first answer
and each series of questions runs in a process of its own; the series of the engines take turns, so that what else the
machine does is shared by all. Sizes and engines that are not measured keep the figures they had. All four sizes take
half an hour on two cores that do nothing else, and 5 GB each of memory and of the folder.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import chart  # noqa: E402
from benchmarks.collection import Collection  # noqa: E402
from benchmarks.contestants import CONTESTANTS  # noqa: E402
from benchmarks.oracle import Oracle  # noqa: E402
from benchmarks.trial import QUESTION_SEED, QUESTIONS, WARM_UP  # noqa: E402

RESULTS = ROOT / "docs" / "engines.json"
PAGE = ROOT / "docs" / "index.md"
REFERENCE = "plain postings"
"""Whose top 10 the others are compared with: it adds up all scores, without any pruning."""
SMALL = ("plain postings", "rank-bm25", "Yuanju")
"""The engines that are measured on a handful of paragraphs."""
ROUNDS = 5
"""How often each engine is asked all questions; the median of each figure counts."""
PATIENCE = 6
"""Seconds of questions after which an engine has no further round."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[12, 10_000, 100_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", choices=CONTESTANTS, help="all by default")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "yuanju-engines")
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"figures": {}}
    results["machine"] = {"python": platform.python_version(), "processors": os.cpu_count(), "kind": _processor()}
    for size in arguments.sizes:
        engines = arguments.engines or (SMALL if size < chart.SMALLEST else CONTESTANTS)
        figures = results["figures"].setdefault(str(size), {})
        figures.update(measured(engines, size, arguments.folder))
        results["figures"][str(size)] = {name: figures[name] for name in CONTESTANTS if name in figures}
        RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    PAGE.write_text(chart.inserted(PAGE.read_text("utf-8"), results), "utf-8")
    (ROOT / "docs" / "engines.svg").write_text(chart.drawn(results["figures"]), "utf-8")
    print(chart.measured(results))


def measured(engines: Iterable[str], size: int, folder: Path) -> dict[str, dict[str, Any]]:
    """Measure engines on one collection."""
    folder.mkdir(parents=True, exist_ok=True)
    oracle = Oracle(Collection(folder, size))
    feed = _child("feed", "", size, folder)["cpu"]
    figures = {engine: _built(engine, size, folder, feed) for engine in engines}
    rounds: dict[str, list[dict[str, Any]]] = {engine: [] for engine in figures}
    for _ in range(ROUNDS):
        for engine, asked in rounds.items():
            if not asked or asked[-1]["seconds"] < PATIENCE:
                asked.append(_child("ask", engine, size, folder))
    best = {engine: asked[0]["best"] for engine, asked in rounds.items()}
    agreed = _agreement(best, oracle, size, folder)
    for engine, asked in rounds.items():
        for key in ("p50_ms", "p99_ms", "p50_cpu_ms", "p99_cpu_ms", "private_mb"):
            figures[engine][key] = round(median(one[key] for one in asked), 4)
        figures[engine]["questions"] = asked[0]["questions"]
        figures[engine]["rounds"] = len(asked)
        if engine in agreed:
            figures[engine]["agreement"] = agreed[engine]
        print(f"{size:>9,} {engine:15} {json.dumps(figures[engine])}", flush=True)
        shutil.rmtree(_index(engine, folder), ignore_errors=True)
    return figures


def _built(engine: str, size: int, folder: Path, feed: float) -> dict[str, Any]:
    index = _index(engine, folder)
    shutil.rmtree(index, ignore_errors=True)
    built = _child("build", engine, size, folder)
    disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    first = min(_child("first", engine, size, folder)["cpu"] for _ in range(1 if built["cpu"] > 60 else 3))
    print(f"{size:>9,} {engine:15} built in {built['cpu'] - feed:.1f} s", flush=True)
    return {
        "build_cpu_s": round(built["cpu"] - feed, 2),
        "build_peak_mb": round(built["peak_mb"]),
        "disk_mb": round(disk / 1e6, 1),
        "cold_cpu_s": round(first, 3),
    }


def _agreement(best: dict[str, list[list[int]]], oracle: Oracle, size: int, folder: Path) -> dict[str, float]:
    """Return what share of each engine's best score as highly as the reference's, if that was ever measured."""
    path = folder / f"best-{size}.json"
    if REFERENCE in best:
        path.write_text(json.dumps(best[REFERENCE]), "utf-8")
    if not path.exists():
        return {}
    questions = oracle.collection.questions(WARM_UP + QUESTIONS, seed=QUESTION_SEED)[WARM_UP:]
    reference = json.loads(path.read_text("utf-8"))
    agreed = {}
    for engine, lists in best.items():
        rows = list(zip(questions, lists, reference, strict=False))
        agreed[engine] = round(sum(oracle.agreement(*row) for row in rows) / len(rows), 4)
    return agreed


def _index(engine: str, folder: Path) -> Path:
    return folder / f"index-{engine.replace(' ', '-')}"


def _child(task: str, engine: str, size: int, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.trial", task, engine, str(size), str(folder)]
    command.append(str(_index(engine, folder)))
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{engine}, {task} at {size}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    main()
