"""Measures search engines side by side on the same synthetic collections; run by ``make benchmark``.

Prints a table for each size, writes docs/engines.json, and draws docs/engines.svg. Each build, each first answer and
each series of questions runs in a process of its own. Sizes that are not measured keep the figures they had.
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
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks import chart  # noqa: E402
from benchmarks.contestants import CONTESTANTS  # noqa: E402

RESULTS = ROOT / "docs" / "engines.json"
REFERENCE = "plain postings"
"""Whose top 10 the others are compared with: its scores are the formula's, added up without any pruning."""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--engines", nargs="+", help="names; all by default")
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "yuanju-engines")
    arguments = parser.parse_args()
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"figures": {}}
    results["machine"] = {"python": platform.python_version(), "processors": os.cpu_count(), "kind": _processor()}
    for size in arguments.sizes:
        figures = results["figures"].setdefault(str(size), {})
        for engine in arguments.engines or CONTESTANTS:
            figures[engine] = measured(engine, size, arguments.folder)
            print(f"{size:>9,} {engine:15} {json.dumps(figures[engine])}", flush=True)
            RESULTS.write_text(json.dumps(results, indent=1) + "\n", "utf-8")
    print(chart.tables(results["figures"]))
    (ROOT / "docs" / "engines.svg").write_text(chart.drawn(results["figures"]), "utf-8")


def measured(engine: str, size: int, folder: Path) -> dict[str, Any]:
    """Measure one engine on one collection."""
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index"
    shutil.rmtree(index, ignore_errors=True)
    feed = _child("feed", engine, size, folder)  # makes the collection as well, when it is not there
    feed = _child("feed", engine, size, folder) if feed["made"] else feed
    built = _child("build", engine, size, folder)
    disk = sum(path.stat().st_size for path in index.rglob("*") if path.is_file())
    first = min(_child("first", engine, size, folder)["cpu"] for _ in range(1 if size > 10**5 else 3))
    asked = _child("ask", engine, size, folder)
    agreement = agreed(engine, asked.pop("best"), folder / f"best-{size}.json")
    shutil.rmtree(index, ignore_errors=True)
    return {
        "build_cpu_s": round(built["cpu"] - feed["cpu"], 2),
        "build_peak_mb": round(built["peak_mb"]),
        "disk_mb": round(disk / 1e6, 1),
        "cold_cpu_s": round(first, 3),
        **asked,
        **agreement,
    }


def agreed(engine: str, best: list[list[int]], reference: Path) -> dict[str, float]:
    """Say what share of the reference's best paragraphs are an engine's as well, where the reference was measured."""
    if engine == REFERENCE:
        reference.write_text(json.dumps(best), "utf-8")
    if not reference.exists():
        return {}
    pairs = list(zip(json.loads(reference.read_text("utf-8")), best, strict=False))
    return {"agreement": round(sum(len(set(one) & set(other)) / len(one) for one, other in pairs) / len(pairs), 4)}


def _child(task: str, engine: str, size: int, folder: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "benchmarks.trial", task, engine, str(size), str(folder)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        sys.exit(f"{engine}, {task} at {size}: {done.stderr[-2000:]}")
    return dict(json.loads(done.stdout.splitlines()[-1]))


def _processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.partition(":")[2].strip() for line in lines if line.startswith("model name")), "")


if __name__ == "__main__":
    main()
