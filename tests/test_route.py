"""The way to the Bot API where it is blocked: proxies, and what is said of those that do not work."""

from __future__ import annotations

import gc
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest
import trustme

from bot.configuration import load
from bot.settings import Settings
from bot.telegram.connection import Finding, check_telegram
from bot.telegram.route import ProxyError, Route
from bot.telegram.timing import Timing
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_proxies import FakeProxy, HTTPProxy, SilentProxy, SocksProxy
from testbed.serving import QUICK, Library, quote, serving, settings_for

pytestmark = pytest.mark.slow

BLOCKED = "http://api.telegram.test"
"""What only a proxy leads to."""
IMPATIENT = Timing(answer=0.2, connect=0.2)
"""For proxies that say nothing."""


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> pytest.MonkeyPatch:
    """No proxy, and no .env."""
    for name in ("http_proxy", "https_proxy", "all_proxy", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    monkeypatch.chdir(tmp_path)
    return monkeypatch


@pytest.fixture
def tls(authority: trustme.CA) -> ssl.SSLContext:
    """What a server of this machine, or of the blocked name, proves itself with."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert("127.0.0.1", "api.telegram.test").configure_cert(context)
    return context


@pytest.fixture
def discarded() -> Iterator[None]:
    """Connections that httpcore gives up when a SOCKS proxy refuses are closed by the collector, with a warning."""
    yield
    gc.collect()


def proxied(api: FakeBotAPI, proxy: str | None, *, server: str = BLOCKED) -> Settings:
    return settings_for(api, telegram_api_url=server, telegram_proxy=proxy)


async def found(settings: Settings, *, timing: Timing = QUICK) -> Finding:
    return (await check_telegram(settings, timing=timing))[0]


@pytest.mark.parametrize("kind", [HTTPProxy, SocksProxy])
@pytest.mark.parametrize(("user", "password"), [("", ""), ("安", "p@s:s/w#d%")])
async def test_a_bot_behind_a_proxy_is_asked_and_answers(
    api: FakeBotAPI, kind: type[FakeProxy], user: str, password: str
) -> None:
    async with (
        kind(api.url, user=user, password=password) as proxy,
        serving(api, Library(quote("在。")), telegram_api_url=BLOCKED, telegram_proxy=proxy.url),
    ):
        api.private("还在吗？")
        assert (await api.next_reply()).text.startswith("在。")
    assert {host.removesuffix(":80") for host in proxy.asked} == {"api.telegram.test"}


@pytest.mark.parametrize("kind", [HTTPProxy, SocksProxy])
@pytest.mark.parametrize("front", [False, True])
async def test_https_goes_through_a_tunnel(kind: type[FakeProxy], front: bool, tls: ssl.SSLContext) -> None:
    if front and kind is SocksProxy:
        pytest.skip("TLS in front of SOCKS has no scheme")
    async with FakeBotAPI(tls=tls) as api, kind(api.url, tls=tls if front else None) as proxy:
        finding = await found(proxied(api, proxy.url, server="https://api.telegram.test"))
    assert finding.level == "ok", finding.line
    assert f"via {proxy.url} (from YUANJU_TELEGRAM_PROXY)" in finding.line
    assert proxy.asked == ["api.telegram.test:443"]


async def test_a_check_says_how_long_it_took_and_that_no_proxy_is_set(api: FakeBotAPI) -> None:
    finding = await found(settings_for(api))
    assert finding.level == "ok"
    assert "seconds, directly, as no proxy is set." in finding.line


@pytest.mark.parametrize(
    ("variables", "server", "way"),
    [
        ({"HTTPS_PROXY": "http://a:1"}, "https://t.test", "via http://a:1 (from HTTPS_PROXY)"),
        ({"https_proxy": "http://a:1", "HTTPS_PROXY": "http://b:2"}, "https://t.test", "via http://a:1"),
        ({"https_proxy": "", "HTTPS_PROXY": "http://b:2"}, "https://t.test", "directly"),
        ({"HTTP_PROXY": "http://a:1"}, "https://t.test", "directly"),
        ({"HTTP_PROXY": "a:1"}, "http://t.test", "via http://a:1 (from HTTP_PROXY)"),
        ({"HTTP_PROXY": "http://a:1", "ALL_PROXY": "socks5://b:2"}, "https://t.test", "via socks5://b:2"),
        ({"ALL_PROXY": "socks://127.0.0.1:7890/"}, "https://t.test", "via socks5://127.0.0.1:7890 (from ALL_PROXY)"),
        ({"ALL_PROXY": "socks5h://ann:geheim@b"}, "https://t.test", "via socks5h://b:1080"),
        ({"ALL_PROXY": "http://[::1]:8080"}, "https://t.test", "via http://[::1]:8080"),
        ({"ALL_PROXY": "http://a:1", "NO_PROXY": "localhost,.t.test"}, "https://t.test", "directly"),
        ({"ALL_PROXY": "http://a:1", "NO_PROXY": "t.test"}, "https://api.t.test", "directly"),
        ({"ALL_PROXY": "http://a:1", "NO_PROXY": "t.test"}, "https://at.test", "via"),
        ({"ALL_PROXY": "http://a:1", "no_proxy": "*"}, "https://t.test", "directly"),
        ({"ALL_PROXY": "http://a:1", "NO_PROXY": "192.168.0.0/16"}, "http://192.168.1.2:8081", "directly"),
        ({"ALL_PROXY": "http://a:1"}, "http://192.168.1.2:8081", "via"),
        ({"ALL_PROXY": "http://a:1"}, "http://127.0.0.1:8081", "directly"),
        ({"ALL_PROXY": "http://a:1"}, "http://localhost:8081", "directly"),
        ({"ALL_PROXY": "http://a:1"}, "http://[::1]:8081", "directly"),
    ],
)
@pytest.mark.parametrize("in_file", [False, True])
def test_the_environment_and_env_name_the_proxy(
    environment: pytest.MonkeyPatch, variables: dict[str, str], server: str, way: str, in_file: bool
) -> None:
    if in_file:
        Path(".env").write_text("".join(f"{name}={value}\n" for name, value in variables.items()), encoding="utf-8")
    else:
        for name, value in variables.items():
            environment.setenv(name, value)
    settings = load({"telegram_api_url": server})
    assert str(Route.of(settings)).startswith(way)
    assert "geheim" not in repr(Route.of(settings))


def test_the_setting_wins_and_leads_to_this_machine_as_well(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("ALL_PROXY", "http://a:1")
    environment.setenv("NO_PROXY", "*")
    Path(".env").write_text("YUANJU_TELEGRAM_PROXY=socks5://b:2\n", encoding="utf-8")
    settings = load({"telegram_api_url": "http://127.0.0.1:8081"})
    assert str(Route.of(settings)) == "via socks5://b:2 (from YUANJU_TELEGRAM_PROXY)"


@pytest.mark.parametrize("source", ["YUANJU_TELEGRAM_PROXY", "ALL_PROXY"])
@pytest.mark.parametrize(
    ("proxy", "reason"),
    [
        ("ftp://ann:geheim@b:1", "of an unknown kind"),
        ("vmess://geheim", "of an unknown kind"),
        ("socks5://ann:ge/heim@b:1", "must look like"),
        ("http://ann:geheim@:1", "must look like"),
        ("http://[geheim", "must look like"),
    ],
)
def test_what_cannot_be_a_proxy_is_one_line_without_the_password(
    environment: pytest.MonkeyPatch, source: str, proxy: str, reason: str
) -> None:
    environment.setenv(source, proxy)
    with pytest.raises(ProxyError) as caught:
        Route.of(load({"telegram_api_url": "https://t.test"}))
    assert source in str(caught.value)
    assert reason in str(caught.value)
    assert not [secret for secret in ("\n", "geheim", "ge/heim") if secret in str(caught.value)]


async def test_a_check_with_what_cannot_be_a_proxy(api: FakeBotAPI) -> None:
    finding = await found(proxied(api, "ftp://ann:geheim@b:1"))
    assert finding.level == "error"
    assert "YUANJU_TELEGRAM_PROXY names a proxy of an unknown kind" in finding.line
    assert "geheim" not in finding.line


@pytest.mark.parametrize("scheme", ["http", "https", "socks5"])
async def test_a_proxy_that_is_not_there(api: FakeBotAPI, scheme: str) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    finding = await found(proxied(api, f"{scheme}://ann:geheim@{address}"))
    said(finding, f"the proxy {scheme}://{address} cannot be reached (Connection refused); in a container this is the")


@pytest.mark.usefixtures("discarded")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("kind", [HTTPProxy, SocksProxy])
@pytest.mark.parametrize("server", [BLOCKED, "https://api.telegram.test"])
async def test_a_proxy_that_wants_a_password(
    api: FakeBotAPI, kind: type[FakeProxy], server: str, tls: ssl.SSLContext
) -> None:
    async with kind(api.url, user="ann", password="geheim") as proxy:
        own = f"{proxy.scheme}://{proxy.address}"
        without = await found(proxied(api, own, server=server))
        wrong = await found(proxied(api, own.replace("://", "://ann:nochgeheim@"), server=server))
    said(without, f"the proxy {own} wants a user and a password")
    said(wrong, f"the proxy {own} refuses the user or the password in YUANJU_TELEGRAM_PROXY")


@pytest.mark.parametrize("status", ["403 Forbidden", "502 Bad Gateway", "302 Found"])
async def test_a_proxy_that_answers_the_tunnel_with_a_page(api: FakeBotAPI, status: str) -> None:
    async with HTTPProxy(api.url, status=status) as proxy:
        finding = await found(proxied(api, proxy.url, server="https://api.telegram.test"))
    said(finding, f"the proxy {proxy.url} does not lead to api.telegram.test ({status})")


async def test_a_page_in_place_of_the_tunnel(api: FakeBotAPI) -> None:
    async with HTTPProxy(api.url, status="200 OK") as proxy:
        finding = await found(proxied(api, proxy.url, server="https://api.telegram.test"))
    said(finding, f"TLS fails through the proxy {proxy.url}")


@pytest.mark.usefixtures("discarded")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
async def test_a_proxy_of_another_kind(api: FakeBotAPI) -> None:
    async with HTTPProxy(api.url) as web, SocksProxy(api.url) as socks:
        as_socks = await found(proxied(api, web.url.replace("http", "socks5")), timing=IMPATIENT)
        as_web = await found(proxied(api, socks.url.replace("socks5", "http")))
    said(as_socks, f"proxy socks5://{web.address}")
    said(as_web, f"proxy http://{socks.address}")


@pytest.mark.usefixtures("discarded")
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.parametrize("scheme", ["http", "socks5"])
async def test_a_proxy_that_is_dead(api: FakeBotAPI, scheme: str) -> None:
    async with SilentProxy(api.url) as proxy:
        finding = await found(proxied(api, f"{scheme}://{proxy.address}"), timing=IMPATIENT)
    said(finding, f"nothing comes back through the proxy {scheme}://{proxy.address}")


@pytest.mark.parametrize(
    ("status", "content", "named"),
    [
        ("200 OK", "<html>Please log in</html>", "a web page (status 200)"),
        ("404 Not Found", "<!DOCTYPE html><html>", "a web page (status 404)"),
        ("502 Bad Gateway", "upstream", "something that is not JSON (status 502)"),
        ("401 Unauthorized", '{"error": "login"}', "other JSON (status 401)"),
        ("200 OK", '{"ok": true}', "other JSON (status 200)"),
        ("200 OK", "[]", "other JSON (status 200)"),
    ],
)
async def test_what_is_not_telegrams_answer_is_said_to_be_so(
    api: FakeBotAPI, status: str, content: str, named: str, caplog: pytest.LogCaptureFixture
) -> None:
    api.replace("getMe", int(status[:3]), content)
    finding = await found(settings_for(api))
    assert finding.level == "error"
    assert finding.line.startswith("That is not Telegram's answer: ")
    assert named in finding.line
    assert "YUANJU_TELEGRAM_API_URL" in finding.line
    assert caplog.text == ""


async def test_a_page_with_status_401_or_404_does_not_end_a_bot_that_serves(api: FakeBotAPI) -> None:
    for status in (401, 404):
        api.replace("getUpdates", status, "<html>Welcome to our hotel")
    async with serving(api, Library(quote("在。")), timing=QUICK):
        api.private("还在吗？")
        assert (await api.next_reply()).text.startswith("在。")


def said(finding: Finding, words: str) -> None:
    """One line, which names the proxy without its password."""
    assert finding.level == "error"
    assert words in finding.line, finding.line
    assert "\n" not in finding.line
    assert "geheim" not in finding.line
