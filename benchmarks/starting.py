"""Measures ``ask`` on the seed document from the start of its process, beside a script that only loads the libraries.

    python -m benchmarks.starting

Both take turns; the least CPU time of each counts, and goes to docs/engines.json.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "engines.json"
ACCEPTANCE = (ROOT / "tests" / "acceptance.tsv").read_text("utf-8").splitlines()
QUESTION = next(line.split("\t")[0] for line in ACCEPTANCE if line and not line.startswith("#"))
SCRIPT = f"import jieba, rank_bm25, bs4; jieba.lcut({QUESTION!r})"
ROUNDS = 10


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command and give its CPU time, user's and system's."""
    before = os.times()
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


def main() -> None:
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "YUANJU_DOCUMENTS": str(ROOT / "seeds"), "YUANJU_INDEX": folder, "TMPDIR": folder}
        commands = {
            "ask_cpu_s": [sys.executable, "-m", "bot", "ask", QUESTION],
            "script_cpu_s": [sys.executable, "-c", SCRIPT],
        }
        taken: dict[str, list[float]] = {name: [] for name in commands}
        for _ in range(1 + ROUNDS):  # the first makes the index and the dictionary's cache
            for name, command in commands.items():
                taken[name].append(cpu_seconds(command, environment))
    starting = {name: round(min(seconds[1:]), 3) for name, seconds in taken.items()}
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"figures": {}}
    RESULTS.write_text(json.dumps({**results, "starting": starting}, indent=1) + "\n", "utf-8")
    print(starting)


if __name__ == "__main__":
    main()
