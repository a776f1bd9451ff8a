"""Whole transcripts of the terminal: what is typed or piped in, and every character that comes out."""

from __future__ import annotations

import io
import json
import os
import re
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pexpect
import pytest

from testbed.commands import yuanju
from tests.conftest import SEEDS

PAGE = """\
---
title: 仓库手册
author: 张三
date: 2024-03-05
---

仓库共有三层。一层放钢材，二层放木材，三层放玻璃。

叉车的限速是每小时5公里。叉车由有证的司机驾驶。叉车每天检查一次。叉车在西门充电。
"""
SOURCE = "—— 仓库手册 · 张三 · 2024-03-05 · 第2段\n"


@pytest.fixture(scope="session")
def environment(tmp_path_factory: pytest.TempPathFactory, prepared: Callable[[Path], Path]) -> Mapping[str, str]:
    """An environment whose documents are one manual, with an index folder of its own and no other setting."""
    folder = tmp_path_factory.mktemp("console")
    (folder / "documents").mkdir()
    (folder / "documents" / "manual.md").write_text(PAGE, encoding="utf-8")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("YUANJU_")}
    return kept | {
        "YUANJU_DOCUMENTS": str(folder / "documents"),
        "YUANJU_INDEX": str(prepared(folder / "index")),
        "YUANJU_LANGUAGE": "zh",
        "PYTHONWARNINGS": "error",
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "80",
        "LINES": "24",
    }


def run(
    *arguments: str, environment: Mapping[str, str], typed: str = "", **changes: str
) -> subprocess.CompletedProcess[str]:
    return yuanju(*arguments, environment={**environment, **changes}, typed=typed)


def started(
    *arguments: str, environment: Mapping[str, str], typed: str = "", **changes: str
) -> subprocess.CompletedProcess[str]:
    """The same, with a Python that starts as anybody's does."""
    command = [sys.executable, "-m", "bot", *arguments]
    return subprocess.run(  # noqa: S603
        command, input=typed, env={**environment, **changes}, capture_output=True, encoding="utf-8", check=False
    )


def test_chat_from_a_pipe(environment: Mapping[str, str]) -> None:
    done = run(
        "chat",
        "--limit",
        "1",
        environment=environment,
        typed="叉车限速多少？\n更多\n\n火星上有什么？\n退出\n二层放什么？\n",
    )
    assert done.stderr == ""
    assert done.stdout == (
        f"叉车的限速是每小时5公里。\n{SOURCE}\n叉车每天检查一次。\n{SOURCE}\n"
        "⚪ 文档里没有找到答案。\n找的是：火星上有什么？\n没有提到：“火星”。\n\n"
    )
    assert done.returncode == 0


def test_the_same_conversation_as_in_telegram_from_a_pipe(
    environment: Mapping[str, str], tmp_path: Path, prepared: Callable[[Path], Path]
) -> None:
    seeds = {"YUANJU_DOCUMENTS": str(SEEDS), "YUANJU_INDEX": str(prepared(tmp_path / "index"))}
    typed = "智能终端目标是多少？\n那机器人呢？\n你好\n火星的房价是多少？\n上下文\n"
    done = run("chat", environment=environment, typed=typed, **seeds)
    assert done.stderr == ""
    assert "产业规模突破7000亿元" in done.stdout.partition("↳")[0]
    assert "↳ 接着上一个问题，按“机器人目标是多少？”回答。\n\n" in done.stdout
    assert "\n\n你好！发来一个问题，我在文档里找到回答它的原句。\n\n" in done.stdout
    assert "⚪ 文档里没有找到答案。\n找的是：火星的房价是多少？\n没有提到：“火星”、“房价”。\n\n" in done.stdout
    assert done.stdout.endswith("\n\n这里没有“上下文”可用。\n\n")


def test_in_english(environment: Mapping[str, str]) -> None:
    done = run("chat", environment=environment, YUANJU_LANGUAGE="en", typed="hello\n火星上有什么？\nmore\nwhy\nhelp\n")
    assert done.stderr == ""
    said = re.sub("“[^”]*”|火星上有什么？|仓库手册", "", done.stdout)
    assert said.startswith("Hello! Send me a question")
    assert "There is no  to choose here." in said
    assert re.findall("[\u4e00-\u9fff]+", said.partition("Just type")[0]) == []


def test_chat_at_a_prompt(environment: Mapping[str, str]) -> None:
    child = pexpect.spawn(
        sys.executable, ["-m", "bot", "chat", "--limit", "1"],
        env=dict(environment, TERM="xterm-256color"), encoding="utf-8", timeout=60, dimensions=(24, 200),
    )  # fmt: skip
    child.setecho(False)
    log = io.StringIO()
    child.logfile_read = log
    for line in ("更多", "叉车限速多少？", "帮助", "退出"):
        child.expect_exact("问 › ")
        child.sendline(line)
    child.expect(pexpect.EOF)
    child.close()
    transcript = log.getvalue()
    assert child.exitstatus == 0
    assert "\x1b[1;32m5公里\x1b[0m" in transcript
    assert "Traceback" not in transcript


@pytest.mark.parametrize(("question", "status"), [("叉车的限速是多少？", 0), ("火星上有什么？", 1)])
def test_the_exit_status_of_ask_is_greps(environment: Mapping[str, str], question: str, status: int) -> None:
    assert run("ask", question, environment=environment).returncode == status


def test_what_only_may_answer_says_so(environment: Mapping[str, str]) -> None:
    done = run("ask", "叉车的限速是多少？", environment={**environment, "YUANJU_SURE_THRESHOLD": "1"})
    heading, _, sentence, *_ = done.stdout.splitlines()
    assert heading == "🟡 可能相关，请核对原文："
    assert "5公里" in sentence


def test_ask_reads_questions_from_a_pipe_and_prints_an_object_a_line(environment: Mapping[str, str]) -> None:
    done = run("ask", "-", "--json", environment=environment, typed="三层放什么？\n\n火星上有什么？\n")
    found, missed = (json.loads(line) for line in done.stdout.splitlines())
    assert list(found) == list(missed) == ["question", "answered", "certainty", "confidence", "missing", "answers"]
    assert (found["answered"], missed["answered"], missed["answers"]) == (True, False, [])
    assert (found["certainty"], missed["certainty"]) == ("sure", "none")
    best = found["answers"][0]
    assert list(best) == ["sentence", "score", "highlights", "paragraph", "document"]
    assert best["document"] == {
        "title": "仓库手册", "path": "manual.md", "author": "张三", "date": "2024-03-05", "url": None,
    }  # fmt: skip
    paragraph = best["paragraph"]
    assert list(paragraph) == ["number", "text", "start", "end", "section"]
    assert paragraph["text"][paragraph["start"] : paragraph["end"]] == best["sentence"]
    assert done.returncode == 0


def test_the_seed_document_answers_the_same_in_every_process(
    environment: Mapping[str, str], tmp_path: Path, prepared: Callable[[Path], Path]
) -> None:
    seeds = {"YUANJU_DOCUMENTS": str(SEEDS), "YUANJU_INDEX": str(prepared(tmp_path / "index"))}
    question = ("ask", "智能终端目标是多少？", "--json")
    first = started(*question, environment=environment, PYTHONHASHSEED="1", **seeds).stdout
    second = run(*question, environment=environment, **seeds).stdout  # whose sets are in another order
    assert "产业规模突破7000亿元" in json.loads(first)["answers"][0]["sentence"]
    assert first == second


def test_index_reports_every_document(
    environment: Mapping[str, str], tmp_path: Path, prepared: Callable[[Path], Path]
) -> None:
    documents = tmp_path / "documents"
    documents.mkdir()
    (documents / "good.txt").write_text("甲乙丙。", encoding="utf-8")
    (documents / "empty.txt").write_bytes(b"")
    index = prepared(tmp_path / "index")
    where = {"YUANJU_DOCUMENTS": str(documents), "YUANJU_INDEX": str(index)}
    done = run("index", environment=environment, **where)
    assert done.stdout == (
        "读不了 empty.txt：是空的\n新增 good.txt：text，utf-8，1 段，4 字\n1 个文档可以提问（文件：新增 1，读不了 1）\n"
    )
    assert done.returncode == 1
    english = run("index", environment=environment, YUANJU_LANGUAGE="en", **where)
    assert english.stdout == (
        "unreadable empty.txt: is empty\n"
        "unchanged good.txt: text, utf-8, 1 paragraphs, 4 characters\n"
        "1 documents can be asked (files: unchanged 1, unreadable 1)\n"
    )


def test_index_as_json_is_an_object_a_line(environment: Mapping[str, str]) -> None:
    done = run("index", "--json", "--compact", environment=environment)
    *files, counts = (json.loads(line) for line in done.stdout.splitlines())
    assert [(file["path"], file["documents"][0]["paragraph_count"]) for file in files] == [("manual.md", 2)]
    assert counts["document_count"] == 1


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"YUANJU_DOCUMENTS": "/nowhere/at/all"}, "YUANJU_DOCUMENTS"),
        ({"YUANJU_LIMIT": "many"}, "YUANJU_LIMIT"),
        ({"YUANJU_INDEX": "/dev/null/index"}, "YUANJU_INDEX"),
    ],
)
@pytest.mark.parametrize("command", ["chat", "serve"])
def test_what_is_wrong_is_one_clear_line_and_status_2(
    environment: Mapping[str, str], command: str, changes: dict[str, str], said: str, tmp_path: Path
) -> None:
    changes = {"YUANJU_TELEGRAM_TOKEN": "123456789:" + "A" * 35, "YUANJU_INDEX": str(tmp_path), **changes}
    done = run(command, environment=environment, **changes)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.count("\n") == 1
    assert done.stdout == ""


@pytest.mark.parametrize("token", ["", "abc"])
def test_serve_without_a_usable_token_says_where_to_get_one(environment: Mapping[str, str], token: str) -> None:
    done = run("serve", environment=environment, YUANJU_TELEGRAM_TOKEN=token)
    assert done.returncode == 2
    assert "@BotFather" in done.stderr
    assert done.stderr.count("\n") == 1


def test_check_tells_how_everything_stands(environment: Mapping[str, str]) -> None:
    done = run("check", environment=environment, YUANJU_LIMITS="3")
    assert done.returncode == 0
    assert "没有 YUANJU_LIMITS 这个设置（不起作用）。是不是 YUANJU_LIMIT？" in done.stdout
    assert "1 个文档可以提问" in done.stdout
    assert re.search(r"数据库 sqlite.*state\.sqlite 可以写", done.stdout)
    english = run("check", environment=environment, YUANJU_LIMITS="3", YUANJU_LANGUAGE="en")
    assert "Unknown setting YUANJU_LIMITS (ignored). Did you mean YUANJU_LIMIT?" in english.stdout
    assert not re.search("[\u4e00-\u9fff]", english.stdout)


def test_check_says_that_the_database_cannot_be_used(environment: Mapping[str, str]) -> None:
    done = run("check", environment=environment, YUANJU_DATABASE="mysql://ann:geheim@host/name")
    assert done.returncode == 1
    assert "YUANJU_DATABASE is no address" in done.stdout
    assert "geheim" not in done.stdout + done.stderr


@pytest.mark.parametrize("command", ["serve", "chat", "ask", "index", "check"])
def test_the_help_of_each_command_has_an_example(environment: Mapping[str, str], command: str) -> None:
    done = run(command, "--help", environment=environment)
    assert done.returncode == 0
    assert f"yuanju {command}" in re.split("^(?:例|Example):", done.stdout, flags=re.MULTILINE)[1]


def test_a_correction_can_be_taken_back(environment: Mapping[str, str]) -> None:
    said = "文档里没有“苍库”，按“仓库”找的："
    assert run("ask", "苍库共有几层？", environment=environment).stdout.startswith(said)
    assert said not in run("ask", "--literal", "苍库共有几层？", environment=environment).stdout
    chat = run("chat", environment=environment, typed="苍库共有几层？\n按原文查找\n").stdout
    assert chat.count(said) == 1
    answer = json.loads(run("ask", "--json", "苍库共有几层？", environment=environment).stdout)
    assert answer["corrections"] == [["苍库", "仓库"]]
