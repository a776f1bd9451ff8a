"""Settings come from flags, environment and .env in that order; docs and ``.env.example`` name the same ones."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot import commands, reference
from bot.configuration import load, origins
from bot.language import OperatorLanguage
from bot.settings import NAMES, SECRETS, Secret, Settings, SettingsError, addresses
from bot.terminal.check import unknown_settings
from bot.validation import validated
from retrieval.reading import Limits

ROOT = Path(__file__).parent.parent
VARIABLES = {f"YUANJU_{name.upper()}" for name in NAMES}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without ``.env``, with none of the settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)


def test_every_setting_is_described_and_no_other() -> None:
    assert sorted(entry.name for group in reference.groups() for entry in group.entries) == sorted(NAMES)


def test_the_page_and_the_example_file_are_up_to_date() -> None:
    command = [sys.executable, str(ROOT / "docs" / "settings.py"), "--check"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603
    assert (done.returncode, done.stdout.strip()) == (0, "")


@pytest.mark.parametrize("language", get_args(OperatorLanguage))
def test_help_shows_every_setting_in_one_language(
    language: OperatorLanguage, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        commands.parser(language).parse_args(["index", "--help"])
    shown = "".join(capsys.readouterr().out.split())
    for group in reference.groups():
        assert "".join(group.title[language].split()) in shown
        for entry in group.entries:
            assert "".join(entry.words[language].split()) in shown or entry.secret
            assert (entry.variable if entry.secret else entry.flag) in shown
    assert language == "zh" or not re.search(r"[\u4e00-\u9fff]", shown)


@pytest.mark.attack
@pytest.mark.parametrize("name", sorted(SECRETS))
def test_a_secret_on_the_command_line_is_refused_with_the_reason(name: str) -> None:
    with pytest.raises(SettingsError, match=f"processes. Set YUANJU_{name.upper()}") as error:
        commands.parser("en").parse_args(["serve", f"--{name.replace('_', '-')}", "geheim"])
    assert "geheim" not in str(error.value)


@pytest.mark.parametrize("encoding", ["gbk", "utf-16", "utf-16-le"])
def test_a_file_in_another_encoding_is_refused_in_one_line(tmp_path: Path, encoding: str) -> None:
    (tmp_path / ".env").write_bytes("# 限制\nYUANJU_LIMIT=4\n".encode(encoding))
    with pytest.raises(SettingsError, match=r"\.env is not in UTF-8: save it as UTF-8"):
        load({})


def test_a_file_may_begin_with_the_mark_of_windows(tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes("YUANJU_LIMIT=4\n".encode("utf-8-sig"))
    assert load({}).limit == 4


def test_telegram_delivers_to_https_only() -> None:
    with pytest.raises(SettingsError, match="YUANJU_WEBHOOK_URL must begin with https"):
        load({"webhook_url": "http://bot.example/telegram", "listen": "127.0.0.1:8080"})
    own = {"telegram_api_url": "http://127.0.0.1:8081"}
    assert load({"webhook_url": "http://bot.local/telegram", "listen": "127.0.0.1:8080", **own}).webhook_url


def test_the_example_file_holds_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    from_file = load({})
    (tmp_path / ".env").unlink()
    assert from_file == load({})


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("YUANJU_LIMIT=4\nYUANJU_DOCUMENTS=file\nYUANJU_INDEX=file\n")
    monkeypatch.setenv("YUANJU_DOCUMENTS", "environment")
    monkeypatch.setenv("YUANJU_INDEX", "environment")
    settings = load({"index": "flag"})
    assert (settings.limit, settings.documents, settings.index) == (4, Path("environment"), Path("flag"))


@pytest.mark.parametrize("text", ["12,-100345", "12 -100345", " 12, -100345 ", "12，-100345", "12、－100345，"])
def test_ids_are_written_with_commas_of_any_kind_or_spaces(text: str) -> None:
    assert load({"admins": text}).admins == {12, -100345}


def test_two_documents_folders_have_two_indexes() -> None:
    assert load({"documents": "a"}).index_folder != load({"documents": "b"}).index_folder


@pytest.mark.attack
@pytest.mark.parametrize("flag", ["--telegram-tok", "--token", "--telegram_token"])
def test_a_command_line_that_is_not_understood_repeats_no_token(flag: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        commands.parser("en").parse_args(["serve", flag, "123456789:AAFakeTokenThatNobodyMayEverRead_0123"])
    said = capsys.readouterr().err
    assert flag in said
    assert "AAFake" not in said


@pytest.mark.attack
def test_a_wrong_setting_is_one_line_that_names_it_and_does_not_repeat_what_may_be_secret() -> None:
    with pytest.raises(SettingsError, match="YUANJU_ADMINS") as error:
        load({"admins": "geheim", "limit": "0"})
    assert "YUANJU_LIMIT" in str(error.value)
    assert "geheim" not in str(error.value)
    assert "\n" not in str(error.value)


def test_the_index_may_not_lie_among_the_documents() -> None:
    with pytest.raises(SettingsError, match="YUANJU_INDEX must lie outside"):
        load({"documents": "a", "index": "a/b"})


def test_a_limit_of_reading_is_set_by_its_name() -> None:
    limits = load({"reading_limits": "page_count=5， file_bytes＝1000"}).reading_limits
    assert (limits.page_count, limits.file_bytes, limits.row_count) == (5, 1000, Limits().row_count)


@pytest.mark.parametrize("text", ["pages=5", "page_count=many", "page_count"])
def test_a_wrong_limit_of_reading_names_the_right_ones(text: str) -> None:
    with pytest.raises(SettingsError, match=r"YUANJU_READING_LIMITS.*page_count.*row_count"):
        load({"reading_limits": text})


def test_what_is_set_is_told_with_where_it_was_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / ".env").write_text("YUANJU_LIMIT=4\nYUANJU_THRESHOLD=0.25\nYUANJU_ADMINS=7\n")
    (tmp_path / "yuanju_engine_credentials").write_text("ann:geheim")
    monkeypatch.setenv("YUANJU_ADMINS", "8")
    monkeypatch.setenv("YUANJU_TELEGRAM_TOKEN", "123456789:geheim")
    flags = {"documents": "texts"}
    told = origins(load(flags, secret_files=tmp_path), flags, os.environ, secret_files=tmp_path)
    assert told == {
        "YUANJU_DOCUMENTS": ("texts", "--documents"),
        "YUANJU_LIMIT": ("4", str(tmp_path / ".env")),
        "YUANJU_TELEGRAM_TOKEN": ("…", "the environment"),
        "YUANJU_ADMINS": ("8", "the environment"),
        "YUANJU_ENGINE_CREDENTIALS": ("…", str(tmp_path / "yuanju_engine_credentials")),
    }


def test_nothing_is_told_of_the_defaults() -> None:
    assert origins(load({}), {}, {}) == {}


@pytest.mark.attack
def test_the_token_is_shown_nowhere() -> None:
    assert "geheim" not in repr(load({"telegram_token": "123456789:geheim"}))


def test_a_misspelt_setting_is_noticed() -> None:
    assert unknown_settings({"YUANJU_DOCUMENT": "a", "YUANJU_LIMIT": "3", "HOME": "/"}) == [
        ("YUANJU_DOCUMENT", "YUANJU_DOCUMENTS")
    ]


def test_private_folders_are_named_with_the_chats_that_see_them() -> None:
    folders = load({"private_folders": " 人事=1001,-1002; 财务/内部/ = 7 8 ; 秘密= ;"}).private_folders
    assert folders == {"人事": {1001, -1002}, "财务/内部": {7, 8}, "秘密": set()}
    assert load({"private_folders": "人事＝1001，-1002；财务/内部=7、8；秘密="}).private_folders == folders


@pytest.mark.parametrize("text", ["人事", "=1001", "/人事=1001", "../人事=1001", "人事=张三"])
def test_private_folders_that_cannot_be_understood(text: str) -> None:
    with pytest.raises(SettingsError, match="YUANJU_PRIVATE_FOLDERS"):
        load({"private_folders": text})


@pytest.mark.parametrize("text", ["127.0.0.1:8080", "[::1]:8080", "0.0.0.0:0", "bot.local:80", ""])
def test_an_address_to_listen_on(text: str) -> None:
    assert load({"listen": text}).listen == text


@pytest.mark.parametrize("text", ["8080", ":8080", "http://127.0.0.1:8080", "127.0.0.1:", "127.0.0.1:8080/x"])
def test_what_is_no_address_to_listen_on(text: str) -> None:
    with pytest.raises(SettingsError, match="YUANJU_LISTEN"):
        load({"listen": text})


def test_the_engine_is_local_or_urls() -> None:
    for engine in ("https://a:9200, http://b", "https://a:9200，http://b"):
        assert addresses(load({"engine": engine}).engine) == ["https://a:9200", "http://b"]


@pytest.mark.parametrize("engine", ["ftp://a", "https://", "a:9200", ",", "local, http://a"])
def test_what_is_no_engine_is_refused(engine: str) -> None:
    with pytest.raises(SettingsError, match="YUANJU_ENGINE"):
        load({"engine": engine})


@pytest.mark.attack
def test_a_password_in_the_engines_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="YUANJU_ENGINE_CREDENTIALS") as error:
        load({"engine": "https://name:geheim@host"})
    assert "geheim" not in str(error.value)


@pytest.mark.attack
def test_secrets_may_be_files_and_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "yuanju_engine_credentials").write_text("ann:geheim\n")
    settings = load({}, secret_files=tmp_path)
    assert settings.engine_credentials is not None
    assert settings.engine_credentials.value == "ann:geheim"
    assert "geheim" not in repr(settings)


@given(
    st.dictionaries(
        st.sampled_from(["documents", "index", "meaning", "telegram_token", "database"]), st.text("ab /.é", min_size=1)
    )
)
def test_folders_and_secrets_are_read_as_pydantic_reads_them(texts: dict[str, str]) -> None:
    try:
        read: Settings | str = load(texts)
    except SettingsError as error:
        read = str(error)
    try:
        expected: Settings | str = validated(texts)
    except SettingsError as error:
        expected = str(error)
    assert read == expected


def test_every_place_is_read_as_pydantic_reads_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    secret_files = tmp_path / "secrets"
    secret_files.mkdir()
    (secret_files / "YUANJU_database").write_text(" postgresql://a \n")
    (secret_files / "yuanju_telegram_token").write_text("1:secret")
    (tmp_path / ".env").write_text(
        "yuanju_telegram_token=1:file\nYUANJU_MEANING=\nYUANJU_INDEX=file\nYUANJU_DOCUMENTS\n"
    )
    monkeypatch.setenv("yuanju_index", "environment")
    monkeypatch.setenv("YUANJU_MEANING", "")
    settings = load({"documents": "texts"}, secret_files=secret_files)
    assert settings == validated({"documents": "texts"}, env_file=Path(".env"), secret_files=secret_files)
    assert settings == Settings(
        documents=Path("texts"),
        index=Path("environment"),
        telegram_token=Secret("1:file"),
        database=Secret("postgresql://a"),
    )
