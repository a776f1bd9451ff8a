"""The image as its users meet it: its size, how long to the first answer, what of the processor and memory it takes.

    docker build -t yuanju . && python -m benchmarks.image yuanju [OTHER…] [--runs 5]

Each image is run as the README does, read-only and without privileges, against the Bot API in ``testbed``, on the
host's network. *New* is a new volume with the sample in it; *again* is the same volume a second time; *others* is a new
volume with documents that the image has never seen. Images take turns, so that what else the machine does is shared.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import statistics
import subprocess
import tempfile
import time
from collections import defaultdict
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from testbed.fake_bot_api import FakeBotAPI

QUESTION = "智能终端目标是多少？"
OTHER_QUESTION = "叉车的限速是多少？"
QUESTION_COUNT = 50
MEGABYTE = 1_000_000
RUN = ["run", "--detach", "--init", "--read-only", "--tmpfs=/tmp", "--cap-drop=ALL", "--network=host"]


def docker(*arguments: str) -> str:
    return subprocess.run(["docker", *arguments], check=True, capture_output=True, text=True).stdout.strip()  # noqa: S607


async def statistics_of(container: str) -> dict[str, Any]:
    """Return what the engine counts of a container."""
    socket = urlsplit(os.environ.get("DOCKER_HOST", "unix:///var/run/docker.sock")).path
    async with (
        aiohttp.ClientSession(connector=aiohttp.UnixConnector(socket)) as session,
        session.get(f"http://docker/containers/{container}/stats?stream=false&one-shot=true") as response,
    ):
        counted: dict[str, Any] = await response.json()
        return counted


async def answered(api: FakeBotAPI) -> None:
    """Wait for a reply, longer than tests would."""
    for _ in range(10):
        with suppress(TimeoutError):
            await api.next_reply()
            return
    raise TimeoutError


async def first_answer(image: str, volume: str, *, documents: Path | None = None, more: int = 0) -> dict[str, float]:
    """Return what passes until the first answer, and with ``more`` questions what memory is taken after them."""
    async with FakeBotAPI() as api:
        settings = {"YUANJU_TELEGRAM_TOKEN": api.token, "YUANJU_TELEGRAM_API_URL": api.url}
        settings["YUANJU_PERSON_PER_MINUTE"] = "0"
        settings["YUANJU_DATABASE"] = "sqlite:////tmp/state.sqlite"  # each Bot API counts its updates from one

        options = [f"--env={name}={value}" for name, value in settings.items()] + [f"--volume={volume}:/data"]
        options += [f"--volume={documents}:/documents:ro"] if documents else []
        api.private(OTHER_QUESTION if documents else QUESTION)
        begun = time.monotonic()
        container = docker(*RUN, *options, image)
        try:
            await answered(api)
            seconds = time.monotonic() - begun
            used = (await statistics_of(container))["cpu_stats"]["cpu_usage"]["total_usage"] / 1e9
            for _ in range(more):
                api.private(QUESTION)
                await answered(api)
            memory = (await statistics_of(container))["memory_stats"]["stats"]
            stopped = time.monotonic()
            docker("stop", container)
            measured = {"seconds": seconds, "processor": used, "stop": time.monotonic() - stopped}
            if more:
                measured["memory"] = memory.get("anon", memory.get("rss", 0)) / MEGABYTE
            return measured
        finally:
            docker("rm", "--force", container)


async def measure(images: list[str], runs: int) -> None:
    found: dict[str, dict[str, list[float]]] = {image: defaultdict(list) for image in images}
    with tempfile.TemporaryDirectory() as folder:
        documents = Path(folder)
        documents.chmod(0o755)
        (documents / "manual.md").write_text("# 仓库手册\n\n叉车的限速是每小时5公里。\n", encoding="utf-8")
        for run in range(runs):
            for number, image in enumerate(images):
                sample, others = (f"benchmark-{run}-{number}-{kind}" for kind in ("sample", "others"))
                for kind in ("new", "again", "others"):
                    measured = await first_answer(
                        image,
                        others if kind == "others" else sample,
                        documents=documents if kind == "others" else None,
                        more=QUESTION_COUNT if kind == "again" else 0,
                    )
                    for name, value in measured.items():
                        found[image][f"{kind}, {name}"].append(value)
                    print(image, kind, json.dumps(measured), flush=True)
                docker("volume", "rm", sample, others)
    for image in images:
        size = int(docker("image", "inspect", "--format", "{{.Size}}", image)) / MEGABYTE
        print(f"\n{image}: {size:.0f} MB")
        for name, values in found[image].items():
            print(f"  {name}: {statistics.median(values):.2f} ({min(values):.2f} to {max(values):.2f})")


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("images", nargs="+")
    reader.add_argument("--runs", type=int, default=5)
    arguments = reader.parse_args()
    asyncio.run(measure(arguments.images, arguments.runs))


if __name__ == "__main__":
    main()
