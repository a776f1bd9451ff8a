from __future__ import annotations

import pytest

from bot.telegram.connection import Account, TokenError, check_telegram
from testbed.fake_bot_api import FakeBotAPI
from testbed.serving import settings_for


@pytest.mark.parametrize("token", [None, "", "  "])
async def test_no_token(api: FakeBotAPI, token: str | None) -> None:
    with pytest.raises(TokenError, match="No Telegram token"):
        Account.of(settings_for(api, telegram_token=token))


@pytest.mark.parametrize("token", ["abc", "123456", "123456:", ":abc", "123456:a b", "123456:钥匙"])
async def test_what_cannot_be_a_token(api: FakeBotAPI, token: str) -> None:
    with pytest.raises(TokenError, match="not a Telegram token") as caught:
        Account.of(settings_for(api, telegram_token=token))
    assert "\n" not in str(caught.value)


async def test_white_space_around_a_token_is_no_part_of_it(api: FakeBotAPI) -> None:
    assert Account.of(settings_for(api, telegram_token=f" {api.token}\n")).token == api.token


async def test_a_bot_that_can_work(api: FakeBotAPI) -> None:
    found = await check_telegram(settings_for(api))
    assert [finding.level for finding in found] == ["ok", "ok", "ok"]
    assert "@Yuanju_Test_Bot" in found[0].line
    assert "Privacy mode is on" in found[1].line
    assert "/setinline" in found[2].line


async def test_a_bot_without_privacy_mode(api: FakeBotAPI) -> None:
    api.me["can_read_all_group_messages"] = True
    assert "Privacy mode is off" in (await check_telegram(settings_for(api)))[1].line


async def test_a_bot_that_cannot_join_groups(api: FakeBotAPI) -> None:
    api.me["can_join_groups"] = False
    found = await check_telegram(settings_for(api))
    assert ("warning", True) in [(finding.level, "/setjoingroups" in finding.line) for finding in found]


async def test_a_webhook_is_named_by_its_host_only(api: FakeBotAPI) -> None:
    api.webhook_url = "https://hook.example/secret-path"
    finding = (await check_telegram(settings_for(api)))[-1]
    assert finding.level == "warning"
    assert "hook.example" in finding.line
    assert "secret" not in finding.line


@pytest.mark.parametrize("token", [None, "abc", "123:AAwrong"])
async def test_a_check_with_a_wrong_token(api: FakeBotAPI, token: str | None) -> None:
    (finding,) = await check_telegram(settings_for(api, telegram_token=token))
    assert finding.level == "error"
    assert "YUANJU_TELEGRAM_TOKEN" in finding.line
    assert "AAwrong" not in finding.line


async def test_a_check_without_a_server() -> None:
    async with FakeBotAPI() as gone:
        settings = settings_for(gone)
    (finding,) = await check_telegram(settings)
    assert finding.level == "error"
    assert "cannot be reached" in finding.line
