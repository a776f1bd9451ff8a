"""Updates of every shape: nothing is left unhandled, and nobody gets a reply who did not ask.

The ordinary run takes a few hundred; 5,000 are ``pytest tests/test_random_updates.py --hypothesis-profile full``.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from retrieval.records import Source
from testbed.fake_bot_api import FakeBotAPI
from testbed.fake_telegram import ANONYMOUS, CHANNEL, CHANNEL_BOT, FORUM, GROUP, OTHER_BOT, PERSON, Json
from testbed.serving import Library, quote, serving

pytestmark = pytest.mark.attack

UPDATES = 20  # Telegram lets a bot say 20 things a minute in a group, and the bot keeps to that

BASIC_GROUP: Json = {"id": -55, "type": "group", "title": "小群"}
NAME = "yuanju_test_bot"

Do = Callable[[FakeBotAPI], Json | None]
"""Lets something happen; gives the message to be judged, if it is one."""

_WORDS = [
    *("产量是多少？", "那成本呢？", "还有吗", "什么时候？", "你好", "谢谢", "？", "火星", "\n", " ", "𠮷", "<b>&"),
    *(f"@{NAME}", f"@{NAME.upper()}", f"＠{NAME}", f"问@{NAME}", f"@{NAME}ist", f"a@{NAME}.com", "@other_bot"),
    *("/ask", "/ask ", "/ask产量", f"/ask@{NAME} ", "/ask@other_bot ", "/help", "/start", "/forget", "/sources"),
    *("/why", "/remove", "/weather", f"/stats@{NAME}", "字" * 600),
]
text = st.lists(st.sampled_from(_WORDS) | st.text(max_size=8), max_size=4).map("".join)

numbers = st.integers(-3, 40)
_ENTITIES = ("mention", "bot_command", "code", "url", "bold", "text_link", "text_mention", "new")
entities = st.lists(
    st.builds(
        lambda kind, offset, length: {
            **{"type": kind, "offset": offset, "length": length},
            **{"url": "https://example.org", "user": PERSON},
        },
        st.sampled_from(_ENTITIES), numbers, numbers,
    ),
    max_size=3,
)  # fmt: skip
file: Json = {"file_id": "x", "file_unique_id": "x", "duration": 1, "width": 1, "height": 1, "length": 1}
sticker: Json = file | {"type": "regular", "is_animated": False, "is_video": False}
_CONTENTS: list[Json] = [
    *({"sticker": sticker}, {"voice": file}, {"photo": [file]}, {"document": file}),
    *({"location": {"longitude": 1, "latitude": 1}}, {"new_chat_members": [PERSON]}, {"left_chat_member": PERSON}),
    *({"new_chat_title": "x"}, {"delete_chat_photo": True}, {"migrate_to_chat_id": -7}),
    *({"pinned_message": {"message_id": 9, "date": 0, "chat": GROUP}}, {"of_the_future": {"x": 1}}, {}),
]
contents = st.sampled_from(_CONTENTS)
origin: Json = {"forward_origin": {"type": "user", "date": 1, "sender_user": PERSON}}
_EXTRAS: list[Json] = [
    *(origin, {"via_bot": OTHER_BOT}, {"is_automatic_forward": True}, {"media_group_id": "7"}),
    {"quote": {"text": "引用", "position": 0}},
]
extras = st.lists(st.sampled_from(_EXTRAS), max_size=2)
_SENDERS: list[tuple[Json | None, Json]] = [
    *((PERSON, {}), (PERSON, {}), (OTHER_BOT, {}), (ANONYMOUS, {"sender_chat": GROUP})),
    *((CHANNEL_BOT, {"sender_chat": CHANNEL}), (None, {}), (None, {"sender_chat": CHANNEL})),
]
senders = st.sampled_from(_SENDERS)
chats = st.sampled_from([None, GROUP, FORUM, CHANNEL, BASIC_GROUP])
replied = st.sampled_from([None, "me", "person", "other_bot"])


@st.composite
def message(draw: st.DrawFn) -> Do:
    chat, words, (sender, spoken) = draw(chats), draw(text), draw(senders)
    fields: dict[str, Any] = dict(spoken)
    for extra in draw(extras):
        fields |= extra
    if draw(st.booleans()) and draw(st.booleans()):
        fields |= draw(contents)
    if draw(st.booleans()) and draw(st.booleans()):
        fields["entities"] = draw(entities)
    whom, topical, caption = draw(replied), draw(st.booleans()), draw(st.booleans()) and draw(st.booleans())

    if chat == BASIC_GROUP:
        fields.pop("migrate_to_chat_id", None)  # which would be true, of a chat that the fake does not have

    def do(api: FakeBotAPI) -> Json:
        place = chat or {"id": PERSON["id"], "type": "private", "first_name": "安"}
        topic = api.open_topic(creator=api.me) if chat == FORUM and topical else None
        if whom:
            said = {"me": api.me, "person": PERSON, "other_bot": OTHER_BOT}[whom]
            fields["reply_to_message"] = api.said(said, f"@{NAME} 旧问题", chat=place, topic=topic)
        named = {"caption": words, "photo": [file]} if caption else {}
        return api.write(place, "" if caption else words, sender=sender, topic=topic, **(fields | named))

    return do


@st.composite
def edited(draw: st.DrawFn) -> Do:
    write, words = draw(message()), draw(text)

    def do(api: FakeBotAPI) -> Json | None:
        sent = write(api)
        return (sent or {}) | {"edited": api.edit(sent or {}, words)}

    return do


json = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=9,
)
_KINDS = (
    "message edited_message callback_query inline_query my_chat_member chat_member poll channel_post message_reaction "
    "chat_boost business_message of_the_future"
)
kinds = st.sampled_from(_KINDS.split())


@st.composite
def malformed(draw: st.DrawFn) -> Do:
    kind, content = draw(kinds), draw(json)

    def do(api: FakeBotAPI) -> None:
        api.push(**{kind: content})  # type: ignore[arg-type]

    return do


@st.composite
def press(draw: st.DrawFn) -> Do:
    data = draw(st.text(max_size=20) | st.from_regex(r"[a-zA-Z]:[\w-]{0,16}(:\d{0,3}){0,3}", fullmatch=True))
    late, inaccessible = draw(st.booleans()), draw(st.booleans())

    def do(api: FakeBotAPI) -> None:
        where = api.said(api.me, "答案") if not inaccessible else {"message_id": 5, "date": 0, "chat": GROUP}
        api.push_press(data, None if draw_inline else where, late=late)

    draw_inline = draw(st.booleans())
    return do


@st.composite
def inline(draw: st.DrawFn) -> Do:
    words, offset, late = draw(text), draw(st.text(max_size=9) | st.integers(-9, 9999).map(str)), draw(st.booleans())

    def do(api: FakeBotAPI) -> None:
        api.inline(words, offset=offset, late=late)

    return do


@st.composite
def membership(draw: st.DrawFn) -> Do:
    chat = draw(chats.filter(bool))
    before, after = (draw(st.sampled_from(["member", "administrator", "left", "kicked"])) for _ in range(2))

    def do(api: FakeBotAPI) -> None:
        api.membership(chat or GROUP, after, before=before)

    return do


happening = message() | message() | edited() | press() | inline() | membership() | malformed()


def may_be_meant(sent: Json, me: Json) -> bool:
    """Whether a reply can be due at all: a person wrote, in private or with something that calls the bot."""
    if (edited := sent.get("edited")) and may_be_meant(edited, me):
        return True
    chat, sender = sent["chat"], sent.get("from")
    if chat["type"] == "channel" or sent.get("via_bot") or sent.get("is_automatic_forward"):
        return False
    if not sent.get("sender_chat") and (sender is None or sender["is_bot"]):
        return False
    if chat["type"] == "private":
        return True
    words = (sent.get("text") or sent.get("caption") or "").lower()
    named = NAME in words or words.lstrip().startswith(("/ask", "/help"))
    to_me = sent.get("reply_to_message", {}).get("from", {}).get("id") == me["id"]
    return named or to_me


def brings_in(update: Json) -> bool:
    """Whether the bot comes into a group by this update: a hello is due there."""
    change = update.get("my_chat_member")
    if not isinstance(change, dict) or "new_chat_member" not in change:  # malformed
        return False
    if change["chat"]["type"] == "channel":
        return False
    outside = [change[when]["status"] in {"left", "kicked"} for when in ("old_chat_member", "new_chat_member")]
    return outside == [True, False]


@pytest.mark.slow
@settings(
    max_examples=settings.default.max_examples // 4,  # type: ignore[union-attr]
    phases=(Phase.explicit, Phase.reuse, Phase.generate),  # the log says what went wrong; shrinking would take minutes
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.function_scoped_fixture],
)
@given(st.lists(happening, min_size=UPDATES, max_size=UPDATES))
async def test_any_updates(caplog: pytest.LogCaptureFixture, happenings: list[Do]) -> None:
    caplog.clear()
    library = Library(
        *(quote(f"{number}。", source=Source("a.txt", "<b>"), after="后文。") for number in range(5)),
        suggested=("问题？",),
    )
    async with FakeBotAPI() as api:
        sent = [one for happen in happenings if (one := happen(api))]
        pending = {update["update_id"] for update in api.pending}
        joined = {update["my_chat_member"]["chat"]["id"] for update in api.pending if brings_in(update)}
        async with serving(api, library, admins="4242"):
            last = api.private("最后的问题")
            await api.until(lambda: any(reply.reply_to == last["message_id"] for reply in api.replies))
        meant = {one["message_id"] for one in sent if may_be_meant(one, api.me)} | {last["message_id"]}
        # Whoever adds the bot again on the same day has had its hello.
        assert sorted(reply.chat_id for reply in api.replies if reply.reply_to is None) == sorted(joined)
        answered = [reply.reply_to for reply in api.replies if reply.reply_to is not None]
        assert set(answered) <= meant
        assert len(answered) == len(set(answered))
        assert api.confirmed >= max(pending, default=0)
    assert not [record.getMessage() for record in caplog.records if record.levelno >= logging.ERROR]
