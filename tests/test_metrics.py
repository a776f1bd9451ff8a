"""What is counted is what happened; the dashboard asks for nothing that is not there; labels tell of nobody."""

from __future__ import annotations

import json
import re
from pathlib import Path

import aiohttp
import pytest
from prometheus_client import REGISTRY, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from bot.operations import metrics
from bot.operations.server import Web
from retrieval.engines.local import LocalEngine
from retrieval.language import Tokenizer
from retrieval.records import Document, Paragraph, Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.serving import Library, quote, serving

DASHBOARD = Path(__file__).parent.parent / "docs" / "grafana.json"


def value(name: str, **labels: str) -> float:
    return REGISTRY.get_sample_value(name, labels) or 0.0


def exported() -> set[str]:
    """The names of all samples of all metrics."""
    text = generate_latest().decode()
    return {sample.name for family in text_string_to_metric_families(text) for sample in family.samples}


def test_the_dashboard_asks_only_for_metrics_that_exist() -> None:
    panels = json.loads(DASHBOARD.read_text(encoding="utf-8"))["panels"]
    asked = " ".join(target["expr"] for panel in panels for target in panel["targets"])
    names = set(re.findall(r"\b(?:yuanju|process)_\w+", asked))
    assert names
    assert names <= exported()


def test_the_dashboard_shows_every_metric_of_the_bot() -> None:
    text = DASHBOARD.read_text(encoding="utf-8")
    counted = {name for name in exported() if name.startswith("yuanju_") and not name.endswith("_created")}
    assert {name for name in counted if not re.search(r"_(sum|count|bucket)$", name) and name not in text} == set()


@pytest.mark.parametrize(
    ("library", "outcome"),
    [
        (Library(quote()), "sure"),
        (Library(quote(), sure=False), "maybe"),
        (Library(), "not_found"),
        (Library(error=ValueError()), "failed"),
    ],
)
async def test_a_question_is_counted_by_what_came_of_it(api: FakeBotAPI, library: Library, outcome: str) -> None:
    before = value("yuanju_questions_total", place="private", outcome=outcome)
    async with serving(api, library):
        api.private("目标是多少？")
        await api.next_reply()
    assert value("yuanju_questions_total", place="private", outcome=outcome) == before + 1


async def test_its_way_through_the_bot_is_timed(api: FakeBotAPI) -> None:
    stages = ("queue", "answer", "send")
    before = {stage: value("yuanju_stage_seconds_count", stage=stage) for stage in stages}
    async with serving(api, Library(quote())):
        api.private("目标是多少？")
        await api.next_reply()
    assert [stage for stage in stages if value("yuanju_stage_seconds_count", stage=stage) == before[stage]] == []


async def test_what_is_sent_again_and_given_up_is_counted(api: FakeBotAPI) -> None:
    flood = value("yuanju_send_retries_total", reason="flood")
    refused = value("yuanju_send_failures_total", reason="refused")
    async with serving(api, Library(quote())):
        api.fail("sendMessage", 429, retry_after=1)
        api.private("目标是多少？")
        await api.next_reply()
        api.fail("sendMessage", 403)
        api.private("目标是多少？")
        await api.until_called("sendMessage", times=3)
    assert value("yuanju_send_retries_total", reason="flood") == flood + 1
    assert value("yuanju_send_failures_total", reason="refused") == refused + 1


async def test_polls_and_their_failures_are_counted(api: FakeBotAPI) -> None:
    polls, conflicts = value("yuanju_polls_total"), value("yuanju_poll_failures_total", reason="conflict")
    api.fail("getUpdates", 409)
    async with serving(api, Library(quote())):
        api.private("目标是多少？")
        await api.next_reply()
    assert value("yuanju_polls_total") > polls
    assert value("yuanju_poll_failures_total", reason="conflict") == conflicts + 1


async def test_the_index_is_shown_as_it_stands(tmp_path: Path, tokenizer: Tokenizer) -> None:
    metrics.show_index(tmp_path, lambda: Library().files)
    assert value("yuanju_index_generation") == 0
    async with LocalEngine(tmp_path, tokenizer).update() as update:
        await update.put(Document(Source("甲.txt", "题"), (Paragraph(1, "目标是三万吨。"),)))
        await update.commit({"甲": "1"})
    assert value("yuanju_index_generation") == 1
    assert value("yuanju_index_bytes") == sum(file.stat().st_size for file in tmp_path.glob("generation-*/*"))
    assert value("yuanju_index_documents") == 1


async def test_no_label_tells_who_asked_or_what(api: FakeBotAPI) -> None:
    async with serving(api, Library(quote())):
        api.private("机密的目标是多少？", sender={"id": 987_654, "is_bot": False, "first_name": "某人"})
        await api.next_reply()
    async with Web("127.0.0.1:0", health=lambda: None, readiness=lambda: None) as server:
        url = f"http://127.0.0.1:{server.port}/metrics"
        async with aiohttp.ClientSession() as client, client.get(url) as response:
            text = await response.text()
    assert "yuanju_questions_total" in text
    assert not [said for said in ("987654", "机密", "某人", api.token) if said in text]
