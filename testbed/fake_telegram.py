"""Telegram as a test plays it: people and bots, their chats, what they write, and the updates that come of it.

``FakeBotAPI`` (see ``testbed.fake_bot_api``) puts a Bot API server in front of it. Nothing here sleeps: whoever waits
is woken by what he waits for.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from testbed.telegram_markup import Entity, entities_in, utf16_slice

Json = dict[str, Any]

PERSON: Json = {"id": 1001, "is_bot": False, "first_name": "安", "username": "ann", "language_code": "zh-hans"}
OTHER_BOT: Json = {"id": 2002, "is_bot": True, "first_name": "Other", "username": "other_bot"}
# The bots under whose names Telegram sends what anonymous admins and channels write in a group.
ANONYMOUS: Json = {"id": 1087968824, "is_bot": True, "first_name": "Group", "username": "GroupAnonymousBot"}
CHANNEL_BOT: Json = {"id": 136817688, "is_bot": True, "first_name": "Channel", "username": "Channel_Bot"}

GROUP: Json = {"id": -1001, "type": "supergroup", "title": "群"}
FORUM: Json = {"id": -1002, "type": "supergroup", "title": "论坛", "is_forum": True}
CHANNEL: Json = {"id": -1003, "type": "channel", "title": "频道"}

_TOPIC: Json = {"name": "话题", "icon_color": 7322096}

_RIGHTS = (
    "can_be_edited is_anonymous can_manage_chat can_delete_messages can_manage_video_chats can_restrict_members "
    "can_promote_members can_change_info can_invite_users can_post_stories can_edit_stories can_delete_stories"
)
_MEMBERSHIP: Json = {"administrator": dict.fromkeys(_RIGHTS.split(), True), "kicked": {"until_date": 0}}

_PATIENCE = 30.0  # seconds until a test that waits for what does not come fails


@dataclass(frozen=True, slots=True)
class Reply:
    """A message from the bot as Telegram understood it: ``text`` without markup, ``entities`` found in it."""

    text: str
    entities: tuple[Entity, ...]
    chat_id: int
    message_id: int
    topic: int | None
    reply_to: int | None
    keyboard: tuple[tuple[Json, ...], ...]
    parameters: Json = field(repr=False)

    def marked(self, kind: str) -> list[str]:
        """The pieces of text that an entity of this kind covers."""
        return [utf16_slice(self.text, e["offset"], e["length"]) for e in self.entities if e["type"] == kind]

    @property
    def buttons(self) -> dict[str, str]:
        """The text of every button and the data that it sends."""
        return {button["text"]: button.get("callback_data", "") for row in self.keyboard for button in row}

    @property
    def links(self) -> dict[str, str]:
        """The text of every link and where it leads."""
        links = [entity for entity in self.entities if entity["type"] == "text_link"]
        return {utf16_slice(self.text, e["offset"], e["length"]): e["url"] for e in links}


class FakeTelegram:
    """People who write, and what the bot has written: ``replies``. ``me`` is the bot."""

    def __init__(self) -> None:
        self.me: Json = {
            "id": 123456789,
            "is_bot": True,
            "first_name": "原句",
            "username": "Yuanju_Test_Bot",
            "can_join_groups": True,
            "can_read_all_group_messages": False,
            "supports_inline_queries": False,
        }
        self.replies: list[Reply] = []
        self.edits: list[Reply] = []
        self.files: dict[str, bytes] = {}
        self._read_replies = 0
        self._read_edits = 0
        self._chats = {chat["id"]: chat for chat in (self._chat_with(PERSON), GROUP, FORUM, CHANNEL)}
        self._messages: dict[tuple[int, int], Json] = {}
        self._updates: list[Json] = []
        self._queries: set[str] = set()
        self._upgraded: dict[int, int] = {}
        self._closed_topics: set[int] = set()
        self._allowed_updates: list[str] | None = None
        self._last_id = 100
        self._changed = asyncio.Event()

    def private(self, text: str, *, sender: Json = PERSON, **fields: Any) -> Json:
        """A person writes to the bot."""
        return self.write(self._chat_with(sender), text, sender=sender, **fields)

    def group(self, text: str, **fields: Any) -> Json:
        """A person writes in the group."""
        return self.write(GROUP, text, **fields)

    def write(
        self, chat: Json, text: str, *, sender: Json | None = PERSON, topic: int | None = None, **fields: Any
    ) -> Json:
        """A message comes in. ``topic`` is the id that ``open_topic`` returned; ``fields`` are further ones of it."""
        kind = "channel_post" if chat["type"] == "channel" else "message"
        message = self._message(chat, sender, topic, {"text": text, "entities": entities_in(text)} | fields)
        self.push(**{kind: message})
        return message

    def write_caption(self, text: str, *, chat: Json = GROUP, **fields: Any) -> Json:
        """A person sends a picture with a caption."""
        photo = [{"file_id": "photo", "file_unique_id": "photo", "width": 1, "height": 1}]
        content = {"photo": photo, "caption": text, "caption_entities": entities_in(text)}
        message = self._message(chat, PERSON, None, content | fields)
        self.push(message=message)
        return message

    def edit(self, message: Json, text: str) -> Json:
        """Its sender edits a message."""
        edited = message | {"text": text, "entities": entities_in(text), "edit_date": message["date"] + 1}
        self.push(edited_message=edited)
        return edited

    def delete(self, message: Json) -> None:
        """A message is deleted; whoever has been sent it is not told."""
        del self._messages[message["chat"]["id"], message["message_id"]]

    def message_of(self, reply: Reply) -> Json:
        """A message of the bot as it stands in the chat, to be replied to."""
        return self._messages[reply.chat_id, reply.message_id]

    def delete_reply(self, reply: Reply) -> None:
        """Somebody deletes a message of the bot."""
        del self._messages[reply.chat_id, reply.message_id]

    def press(self, reply: Reply, button: str, *, sender: Json = PERSON, late: bool = False) -> str:
        """A person presses the button whose text or data begins like this; returns the id of the callback query.

        The message is the one that stands in the chat now. What comes ``late`` can't be answered any more.
        """
        message = self._messages[reply.chat_id, reply.message_id]
        shown = [b for row in message.get("reply_markup", {}).get("inline_keyboard", ()) for b in row]
        data = next((b["callback_data"] for b in shown if b["text"].startswith(button)), button)
        return self.push_press(data, message, sender=sender, late=late)

    def push_press(self, data: str, message: Json | None, *, sender: Json = PERSON, late: bool = False) -> str:
        """A button with this data is pressed under a message, or under one that was sent in inline mode."""
        query_id = self._query(late=late)
        under = {"inline_message_id": "inline"} if message is None else {"message": message}
        self.push(callback_query={"id": query_id, "from": sender, "chat_instance": "1", "data": data} | under)
        return query_id

    def inline(self, text: str, *, sender: Json = PERSON, offset: str = "", late: bool = False) -> str:
        """A person types ``@bot text`` anywhere; returns the id of the inline query."""
        query_id = self._query(late=late)
        self.push(inline_query={"id": query_id, "from": sender, "query": text, "offset": offset, "chat_type": "group"})
        return query_id

    def upload(self, name: str, content: bytes, *, sender: Json = PERSON, **fields: Any) -> Json:
        """A person sends the bot a file in private."""
        file_id = f"file{self._next_id()}"
        self.files[file_id] = content
        document = {"file_id": file_id, "file_unique_id": file_id, "file_name": name, "file_size": len(content)}
        return self.send({"document": document} | fields, sender=sender)

    def send(self, content: Json, *, sender: Json = PERSON) -> Json:
        """A person sends the bot something other than text in private."""
        message = self._message(self._chat_with(sender), sender, None, content)
        self.push(message=message)
        return message

    def membership(self, chat: Json, status: str, *, before: str = "left", sender: Json = PERSON) -> None:
        """The bot becomes something else in a chat: ``member``, ``administrator``, ``left``, ``kicked``."""
        self._chats.setdefault(chat["id"], chat)
        states = [{"user": self.me, "status": was} | _MEMBERSHIP.get(was, {}) for was in (before, status)]
        change = {"chat": chat, "from": sender, "date": 1_700_000_000, "old_chat_member": states[0]}
        self.push(my_chat_member=change | {"new_chat_member": states[1]})

    def _query(self, *, late: bool) -> str:
        query_id = str(self._next_id())
        if not late:
            self._queries.add(query_id)
        return query_id

    def upgrade(self, chat: Json, *, told: bool = True, sender: Json = PERSON) -> Json:
        """A group becomes a supergroup, which is returned: with another id, and message numbers of its own.

        Unless the bot is ``told``, the messages that say so got lost.
        """
        new = {"id": -1_000_000_000_000 + chat["id"], "type": "supergroup", "title": chat["title"]}
        self._chats |= {chat["id"]: chat, new["id"]: new}
        self._upgraded[chat["id"]] = new["id"]
        if told:
            self.push(message=self._message(chat, sender, None, {"migrate_to_chat_id": new["id"]}))
            self.push(message=self._message(new, sender, None, {"migrate_from_chat_id": chat["id"]}))
        self.membership(new, "member", sender=sender)
        return new

    def close_topic(self, topic: int) -> None:
        """Nobody but admins may write in a topic any more."""
        self._closed_topics.add(topic)

    def delete_topic(self, topic: int) -> None:
        """A topic is deleted."""
        del self._messages[FORUM["id"], topic]

    def open_topic(self, *, creator: Json = PERSON) -> int:
        """A topic is opened in the forum; messages in it come as replies to the message that says so."""
        return int(self._message(FORUM, creator, None, {"forum_topic_created": _TOPIC})["message_id"])

    def said(self, sender: Json, text: str, *, chat: Json = GROUP, topic: int | None = None) -> Json:
        """A message that stands in the chat but is not sent to the bot, to be replied to."""
        return self._message(chat, sender, topic, {"text": text, "entities": entities_in(text)})

    def push(self, **update: Json) -> int:
        """An update of any kind, kept for the bot unless it has said that it wants others; returns its id."""
        kind = next(iter(update))
        update_id = self._next_id()
        if self._allowed_updates is None or kind in self._allowed_updates:
            self._updates.append({"update_id": update_id, **update})
            self._wake()
        return update_id

    def push_again(self, *updates: Json) -> None:
        """Updates come as they are, perhaps not for the first time."""
        self._updates += updates
        self._wake()

    def forget_pending(self) -> None:
        """What is pending is not sent any more: somebody has confirmed it."""
        self._updates.clear()

    @property
    def pending(self) -> list[Json]:
        """The updates that the bot has not confirmed."""
        return list(self._updates)

    def _chat_with(self, person: Json) -> Json:
        return {"id": person["id"], "type": "private", "first_name": person["first_name"]}

    def _message(self, chat: Json, sender: Json | None, topic: int | None, content: Json) -> Json:
        message: Json = {"message_id": self._next_id(), "date": int(time.time()), "chat": chat} | content
        if sender:
            message["from"] = sender
        if topic is not None:
            opening = self._messages[chat["id"], topic]
            message = {
                "reply_to_message": opening,
                **message,
                "message_thread_id": topic,
                "is_topic_message": True,
            }
        self._chats.setdefault(chat["id"], chat)
        self._messages[chat["id"], message["message_id"]] = message
        return message

    def _next_id(self) -> int:
        self._last_id += 1
        return self._last_id

    async def next_reply(self) -> Reply:
        """The next message of the bot that has not been read in this way yet."""
        await self.until(lambda: len(self.replies) > self._read_replies)
        self._read_replies += 1
        return self.replies[self._read_replies - 1]

    async def next_edit(self) -> Reply:
        """The next message of the bot as it is after an edit that has not been read in this way yet."""
        await self.until(lambda: len(self.edits) > self._read_edits)
        self._read_edits += 1
        return self.edits[self._read_edits - 1]

    async def until(self, reached: Callable[[], bool]) -> None:
        """Wait until ``reached()``, which is asked after every call and update."""
        async with asyncio.timeout(_PATIENCE):
            while not reached():
                await self._changed.wait()

    def _wake(self) -> None:
        woken, self._changed = self._changed, asyncio.Event()
        woken.set()
