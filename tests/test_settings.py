"""Settings come from flags, environment and .env in that order; README and ``.env.example`` name the same ones."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from dotenv import dotenv_values

from bot.settings import Settings, SettingsError, addresses, load
from bot.terminal.check import unknown_settings
from retrieval.reading import Limits

ROOT = Path(__file__).parent.parent
NAMES = {f"YUANJU_{field.upper()}" for field in Settings.model_fields}


@pytest.fixture(autouse=True)
def _alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a folder without ``.env``, with none of the settings in the environment."""
    monkeypatch.chdir(tmp_path)
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_the_example_file_names_every_setting_and_no_other() -> None:
    assert set(dotenv_values(ROOT / ".env.example")) == NAMES


def test_the_example_file_holds_the_defaults(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / ".env").write_bytes((ROOT / ".env.example").read_bytes())
    from_file = load({})
    (tmp_path / ".env").unlink()
    assert from_file == load({})


def test_the_readme_has_a_row_for_every_setting_and_no_other() -> None:
    rows = re.findall(r"^\| `(YUANJU_\w+)` \|", (ROOT / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(rows) == sorted(NAMES)


def test_a_flag_wins_over_the_environment_and_that_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".env").write_text("YUANJU_LIMIT=4\nYUANJU_DOCUMENTS=file\nYUANJU_INDEX=file\n")
    monkeypatch.setenv("YUANJU_DOCUMENTS", "environment")
    monkeypatch.setenv("YUANJU_INDEX", "environment")
    settings = load({"index": "flag"})
    assert (settings.limit, settings.documents, settings.index) == (4, Path("environment"), Path("flag"))


@pytest.mark.parametrize("text", ["12,-100345", "12 -100345", " 12, -100345 "])
def test_ids_are_written_with_commas_or_spaces(text: str) -> None:
    assert load({"admins": text}).admins == {12, -100345}


def test_two_documents_folders_have_two_indexes() -> None:
    assert load({"documents": "a"}).index_folder != load({"documents": "b"}).index_folder


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
    limits = load({"reading_limits": "page_count=5, file_bytes=1000"}).reading_limits
    assert (limits.page_count, limits.file_bytes, limits.row_count) == (5, 1000, Limits().row_count)


@pytest.mark.parametrize("text", ["pages=5", "page_count=many", "page_count"])
def test_a_wrong_limit_of_reading_names_the_right_ones(text: str) -> None:
    with pytest.raises(SettingsError, match=r"YUANJU_READING_LIMITS.*page_count.*row_count"):
        load({"reading_limits": text})


def test_the_token_is_shown_nowhere() -> None:
    assert "geheim" not in repr(load({"telegram_token": "123456789:geheim"}))


def test_a_misspelt_setting_is_noticed() -> None:
    assert unknown_settings({"YUANJU_DOCUMENT": "a", "YUANJU_LIMIT": "3", "HOME": "/"}) == [
        ("YUANJU_DOCUMENT", "YUANJU_DOCUMENTS")
    ]


def test_private_folders_are_named_with_the_chats_that_see_them() -> None:
    folders = load({"private_folders": " 人事=1001,-1002; 财务/内部/ = 7 8 ; 秘密= ;"}).private_folders
    assert folders == {"人事": {1001, -1002}, "财务/内部": {7, 8}, "秘密": set()}


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
    assert addresses(load({"engine": "https://a:9200, http://b"}).engine) == ["https://a:9200", "http://b"]


@pytest.mark.parametrize("engine", ["ftp://a", "https://", "a:9200", ",", "local, http://a"])
def test_what_is_no_engine_is_refused(engine: str) -> None:
    with pytest.raises(SettingsError, match="YUANJU_ENGINE"):
        load({"engine": engine})


def test_a_password_in_the_engines_url_is_refused_and_not_repeated() -> None:
    with pytest.raises(SettingsError, match="YUANJU_ENGINE_PASSWORD") as error:
        load({"engine": "https://name:geheim@host"})
    assert "geheim" not in str(error.value)


def test_secrets_may_be_files_and_are_not_shown(tmp_path: Path) -> None:
    (tmp_path / "yuanju_engine_password").write_text("geheim\n")
    settings = load({}, secret_files=tmp_path)
    assert settings.engine_password is not None
    assert settings.engine_password.get_secret_value() == "geheim"
    assert "geheim" not in repr(settings)
