from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Iterator

import pytest

from bot.operations.logs import JSONFormatter, RedactingFormatter, update_id

pytestmark = pytest.mark.attack

TOKEN = "987654321:AAbbCCddEEffGGhhIIjjKKllMMnnOOppQQr"


@pytest.fixture
def log() -> Iterator[tuple[logging.Logger, io.StringIO]]:
    """A logger and what it has written, its secret being ``hunter:2/``."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(RedactingFormatter(secrets=["hunter:2/", ""]))
    logger = logging.getLogger("test")
    logger.setLevel(logging.INFO)
    logger.addHandler(handler)
    yield logger, stream
    logger.removeHandler(handler)


def test_a_secret_in_a_message_or_its_arguments(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info("it is hunter:2/ and %s", ["hunter:2/"])
    assert stream.getvalue().endswith("INFO test: it is [secret] and ['[secret]']\n")


def test_a_secret_quoted_in_a_url(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info("GET /?key=hunter%3A2%2F")
    assert stream.getvalue().endswith("GET /?key=[secret]\n")


def test_a_secret_in_a_traceback(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.error("failed", exc_info=ValueError("hunter:2/"))
    assert stream.getvalue().endswith("ValueError: [secret]\n")


@pytest.mark.parametrize("before", ["https://api.telegram.org/bot", "https://api.telegram.org/file/bot", "'", " "])
def test_a_token_that_nobody_named(log: tuple[logging.Logger, io.StringIO], before: str) -> None:
    logger, stream = log
    logger.info("%s%s/getMe", before, TOKEN)
    assert stream.getvalue().endswith(f"{before}987654321:[secret]/getMe\n")


def test_a_password_in_a_url(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info("https://ann:secret@search.example:9200/index")
    assert stream.getvalue().endswith("https://ann:[secret]@search.example:9200/index\n")


def test_what_is_no_secret_stays(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    logger.info("12:34:56 a@b.com 到2025年 http://127.0.0.1:8081/")
    assert stream.getvalue().endswith("12:34:56 a@b.com 到2025年 http://127.0.0.1:8081/\n")


def test_the_update_and_the_facts_stand_behind_the_message(log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = log
    token = update_id.set(7)
    logger.info("asked", extra={"facts": {"place": "hunter:2/"}})
    update_id.reset(token)
    assert stream.getvalue().endswith("INFO test: asked update=7 place=[secret]\n")


@pytest.fixture
def json_log(log: tuple[logging.Logger, io.StringIO]) -> tuple[logging.Logger, io.StringIO]:
    """The same as JSON."""
    log[0].handlers[0].setFormatter(JSONFormatter(secrets=["hunter:2/", 'quo"ted']))
    return log


def test_a_record_is_one_json_object_a_line(json_log: tuple[logging.Logger, io.StringIO]) -> None:
    logger, stream = json_log
    token = update_id.set(7)
    logger.info("two\nlines %d", 1, extra={"facts": {"milliseconds": 1.5}})
    update_id.reset(token)
    (line,) = stream.getvalue().splitlines()
    record = json.loads(line)
    assert record.pop("time").endswith("+00:00")
    assert record == {
        "level": "INFO",
        "logger": "test",
        "message": "two\nlines 1",
        "update": 7,
        "milliseconds": 1.5,
    }


@pytest.mark.parametrize(
    "text", ["it is hunter:2/", 'it is quo"ted', f"bot{TOKEN}/getMe", "http://ann:x@y/", "http://h:1/ and a@b"]
)
def test_json_holds_no_secret_and_stays_json(json_log: tuple[logging.Logger, io.StringIO], text: str) -> None:
    logger, stream = json_log
    logger.error("failed with %s", text, exc_info=ValueError(text), extra={"facts": {"text": text}})
    written = stream.getvalue()
    record = json.loads(written)
    assert ("[secret]" in record["message"]) == (text != "http://h:1/ and a@b")
    assert record["text"] in record["message"]
    assert record["text"] in record["exception"]
    assert not [secret for secret in ("hunter", "quo", TOKEN[12:], ":x@") if secret in written]


CONFIGURED = """
import logging, sys, warnings
from bot.operations.logs import configure_logging

configure_logging(sys.argv[1], secrets=["hunter2"])
logging.getLogger("httpx").info("requested")
logging.getLogger("bot").info("hunter2")
warnings.warn("careful")
"""


@pytest.mark.slow
@pytest.mark.parametrize(
    ("level", "expected"),
    [
        ("DEBUG", ["requested", "[secret]", "careful"]),
        ("info", ["[secret]", "careful"]),
        ("ERROR", []),
    ],
)
def test_a_process_logs_to_standard_error(level: str, expected: list[str]) -> None:
    command = [sys.executable, "-c", CONFIGURED, level]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    found = [word for word in ("requested", "[secret]", "hunter2", "careful") if word in done.stderr]
    assert (found, done.stdout) == (expected, "")
