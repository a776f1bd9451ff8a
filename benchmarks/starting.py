"""Measures ``ask`` on the seed document from the start of its process, beside a script that only loads the libraries.

    python -m benchmarks.starting

Both take turns, and with them ``serve``, against a Bot API on loopback, until it first asks for messages; the process
that it has look at the documents is not counted. The least CPU time of each counts, and goes to docs/engines.json.
"""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from testbed.fake_bot_api import FakeBotAPI

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "docs" / "engines.json"
ACCEPTANCE = (ROOT / "tests" / "acceptance.tsv").read_text("utf-8").splitlines()
QUESTION = next(line.split("\t")[0] for line in ACCEPTANCE if line and not line.startswith("#"))
SCRIPT = f"import jieba, rank_bm25, bs4; jieba.lcut({QUESTION!r})"
ROUNDS = 10
SERVE = "serve_cpu_s"


def cpu_seconds(command: list[str], environment: dict[str, str]) -> float:
    """Run a command and give its CPU time, user's and system's."""
    before = os.times()
    subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, check=True)
    after = os.times()
    return after.children_user - before.children_user + after.children_system - before.children_system


async def serve_cpu_seconds(environment: dict[str, str]) -> float:
    """Start ``serve`` and give its CPU time until it asks for messages."""
    async with FakeBotAPI() as api:
        environment |= {"YUANJU_TELEGRAM_TOKEN": api.token, "YUANJU_TELEGRAM_API_URL": api.url}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "bot", "serve"), cwd=ROOT, env=environment, stderr=asyncio.subprocess.DEVNULL
        )
        await api.until_called("getUpdates")
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()  # proc_pid_stat(5)
        process.terminate()
        await process.wait()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def main() -> None:
    with TemporaryDirectory() as folder:
        environment = {**os.environ, "YUANJU_DOCUMENTS": str(ROOT / "seeds"), "YUANJU_INDEX": folder, "TMPDIR": folder}
        commands = {
            "ask_cpu_s": [sys.executable, "-m", "bot", "ask", QUESTION],
            "script_cpu_s": [sys.executable, "-c", SCRIPT],
        }
        taken: dict[str, list[float]] = {name: [] for name in (*commands, SERVE)}
        for _ in range(1 + ROUNDS):  # the first makes the index and the dictionary's cache
            for name, command in commands.items():
                taken[name].append(cpu_seconds(command, environment))
            taken[SERVE].append(asyncio.run(serve_cpu_seconds(environment)))
    starting = {name: round(min(seconds[1:]), 3) for name, seconds in taken.items()}
    results = json.loads(RESULTS.read_text("utf-8")) if RESULTS.exists() else {"figures": {}}
    RESULTS.write_text(json.dumps({**results, "starting": starting}, indent=1) + "\n", "utf-8")
    print(starting)


if __name__ == "__main__":
    main()
