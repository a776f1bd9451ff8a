"""What a bot may ask of Telegram, method by method, and what Telegram refuses, in its own words.

``FakeBotAPI`` (see ``testbed.fake_bot_api``) puts these behind HTTP. A method takes the call's parameters, structures
and integers as such, and returns the result, or raises ``Refusal``.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from testbed.fake_telegram import FakeTelegram, Json, Reply
from testbed.telegram_markup import MarkupError, parse_html, utf16_length

_MEGABYTE = 1024 * 1024


class Refusal(Exception):  # noqa: N818
    """What Telegram answers instead of a result."""

    def __init__(self, status: int, description: str, **parameters: int) -> None:
        self.status = status
        self.description = description
        self.parameters = parameters
        super().__init__(description)


def bad_request(reason: str) -> Refusal:
    return Refusal(400, f"Bad Request: {reason}")


@dataclass(frozen=True, slots=True)
class SentFile:
    """A file that the bot has sent."""

    chat_id: int
    name: str
    content: bytes
    caption: str


class FakeMethods(FakeTelegram):
    """The methods. ``left`` are the chats that the bot has left, ``commands`` are by scope and language."""

    def __init__(self) -> None:
        super().__init__()
        self.commands: dict[tuple[str, str], list[Json]] = {}
        self.profile: dict[tuple[str, str], str] = {}
        self.inline_answers: dict[str, Json] = {}
        self.callback_answers: dict[str, Json] = {}
        self.sent_files: list[SentFile] = []
        self.left: list[int] = []
        self.methods: dict[str, Callable[[Json], Any]] = {
            "getMe": lambda _: self.me,
            "setMyCommands": self._set_my_commands,
            "setMyDescription": self._profile_setter("description", 512),
            "setMyShortDescription": self._profile_setter("short_description", 120),
            "getMyDescription": self._profile_getter("description"),
            "getMyShortDescription": self._profile_getter("short_description"),
            "sendChatAction": self._send_chat_action,
            "sendMessage": self._send_message,
            "sendDocument": self._send_document,
            "editMessageText": self._edit_message_text,
            "editMessageReplyMarkup": self._edit_message_reply_markup,
            "answerCallbackQuery": self._answer_callback_query,
            "answerInlineQuery": self._answer_inline_query,
            "getFile": self._get_file,
            "leaveChat": self._leave_chat,
        }

    def _set_my_commands(self, parameters: Json) -> bool:
        for command in parameters["commands"]:
            if not re.fullmatch("[a-z0-9_]{1,32}", command["command"]) or not 1 <= len(command["description"]) <= 256:
                raise bad_request("BOT_COMMAND_INVALID")
        scope = parameters.get("scope", {"type": "default"})
        if scope["type"] == "chat":
            self._chat(scope["chat_id"])
        name = f"chat {scope['chat_id']}" if scope["type"] == "chat" else scope["type"]
        self.commands[name, parameters.get("language_code", "")] = parameters["commands"]
        return True

    def _profile_setter(self, name: str, limit: int) -> Callable[[Json], bool]:
        def set_it(parameters: Json) -> bool:
            if len(text := parameters.get(name, "")) > limit:
                raise bad_request(f"{name.upper()}_TOO_LONG")
            self.profile[name, parameters.get("language_code", "")] = text
            return True

        return set_it

    def _profile_getter(self, name: str) -> Callable[[Json], Json]:
        return lambda parameters: {name: self.profile.get((name, parameters.get("language_code", "")), "")}

    def _send_chat_action(self, parameters: Json) -> bool:
        self._destination(parameters)
        return True

    def _send_message(self, parameters: Json) -> Json:
        return self._sent(parameters, _content(parameters))

    def _send_document(self, parameters: Json) -> Json:
        upload = parameters["document"]
        if not hasattr(upload, "file"):
            raise bad_request("wrong remote file identifier specified")  # Telegram's other ways are not needed here
        content = upload.file.read()
        if not content:
            raise bad_request("file must be non-empty")
        caption, _ = _parsed(parameters, "caption", limit=1024, may_be_empty=True)
        message = self._sent(parameters, {"document": {"file_name": upload.filename}, "text": caption, "entities": []})
        self.sent_files.append(SentFile(parameters["chat_id"], upload.filename, content, caption))
        self._wake()
        return message

    def _sent(self, parameters: Json, content: Json) -> Json:
        chat, topic = self._destination(parameters)
        reply_to = parameters.get("reply_parameters", {})
        replied = self._messages.get((chat["id"], reply_to.get("message_id")))
        if reply_to and not replied and not reply_to.get("allow_sending_without_reply"):
            raise bad_request("message to be replied not found")
        if replied:
            content["reply_to_message"] = replied
        message = self._message(chat, self.me, topic, content)
        self.replies.append(self._as_reply(message, parameters))
        self._wake()
        return message

    def _edit_message_text(self, parameters: Json) -> Json:
        message = self._own(parameters)
        content = {"reply_markup": None} | _content(parameters)
        if all(message.get(key) == value for key, value in content.items()):
            raise bad_request(
                "message is not modified: specified new message content and reply markup are exactly the same "
                "as a current content and reply markup of the message"
            )
        return self._edited(message, content, parameters)

    def _edit_message_reply_markup(self, parameters: Json) -> Json:
        message = self._own(parameters)
        markup = _markup(parameters)
        if message.get("reply_markup") == markup:
            raise bad_request("message is not modified")
        return self._edited(message, {"reply_markup": markup}, parameters)

    def _edited(self, message: Json, content: Json, parameters: Json) -> Json:
        message |= content
        if message["reply_markup"] is None:
            del message["reply_markup"]
        self.edits.append(self._as_reply(message, parameters))
        self._wake()
        return message

    def _own(self, parameters: Json) -> Json:
        message = self._messages.get((parameters["chat_id"], parameters["message_id"]))
        if message is None:
            raise bad_request("message to edit not found")
        if message["from"] != self.me:
            raise bad_request("message can't be edited")
        return message

    def _as_reply(self, message: Json, parameters: Json) -> Reply:
        return Reply(
            text=message["text"],
            entities=tuple(message["entities"]),
            chat_id=message["chat"]["id"],
            message_id=message["message_id"],
            topic=message.get("message_thread_id"),
            reply_to=message.get("reply_to_message", {}).get("message_id"),
            keyboard=tuple(map(tuple, message.get("reply_markup", {}).get("inline_keyboard", ()))),
            parameters=parameters,
        )

    def _answer_callback_query(self, parameters: Json) -> bool:
        query_id = parameters["callback_query_id"]
        if query_id not in self._queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(parameters.get("text", "")) > 200:
            raise bad_request("MESSAGE_TOO_LONG")
        self._queries.remove(query_id)
        self.callback_answers[query_id] = parameters
        self._wake()
        return True

    def _answer_inline_query(self, parameters: Json) -> bool:
        query_id, results = parameters["inline_query_id"], parameters["results"]
        if query_id not in self._queries:
            raise bad_request("query is too old and response timeout expired or query ID is invalid")
        if len(results) > 50:
            raise bad_request("RESULTS_TOO_MUCH")
        ids = [result["id"] for result in results]
        if not all(1 <= len(name.encode()) <= 64 for name in ids):
            raise bad_request("RESULT_ID_INVALID")
        if len(set(ids)) < len(ids):
            raise bad_request("RESULT_ID_DUPLICATE")
        if len(parameters.get("next_offset", "").encode()) > 64:
            raise bad_request("NEXT_OFFSET_INVALID")
        button = parameters.get("button", {})
        if not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", button.get("start_parameter", "x")):
            raise bad_request("START_PARAM_INVALID")
        for result in results:
            if result["type"] != "article" or not result["title"]:
                raise bad_request("ARTICLE_TITLE_EMPTY")
            content = result["input_message_content"]
            content["text"], content["entities"] = _parsed(content | {"text": content["message_text"]}, "text")
            _markup(result)
        self._queries.remove(query_id)
        self.inline_answers[query_id] = parameters
        self._wake()
        return True

    def _get_file(self, parameters: Json) -> Json:
        file_id = parameters["file_id"]
        if file_id not in self.files:
            raise bad_request("wrong file_id or the file is temporarily unavailable")
        if len(self.files[file_id]) > 20 * _MEGABYTE:
            raise bad_request("file is too big")
        size = len(self.files[file_id])
        return {
            "file_id": file_id,
            "file_unique_id": file_id,
            "file_size": size,
            "file_path": f"documents/{file_id}",
        }

    def _leave_chat(self, parameters: Json) -> bool:
        chat = self._chat(parameters["chat_id"])
        if chat["type"] == "private":
            raise bad_request("chat can't be left")
        self.left.append(chat["id"])
        self._wake()
        return True

    def _chat(self, chat_id: int) -> Json:
        if chat_id not in self._chats:
            raise bad_request("chat not found")
        if chat_id in self._upgraded:
            reason = "Bad Request: group chat was upgraded to a supergroup chat"
            raise Refusal(400, reason, migrate_to_chat_id=self._upgraded[chat_id])
        if chat_id in self.left:
            raise Refusal(403, "Forbidden: bot was kicked from the group chat")
        return self._chats[chat_id]

    def _destination(self, parameters: Json) -> tuple[Json, int | None]:
        chat = self._chat(parameters["chat_id"])
        topic = parameters.get("message_thread_id")
        if topic is not None and "forum_topic_created" not in self._messages.get((chat["id"], topic), {}):
            raise bad_request("message thread not found")
        if topic in self._closed_topics:
            raise bad_request("TOPIC_CLOSED")
        return chat, topic


def _parsed(parameters: Json, name: str, *, limit: int = 4096, may_be_empty: bool = False) -> tuple[str, list[Json]]:
    """The text with this name and its entities, as Telegram understands them."""
    mode = parameters.get("parse_mode", "")
    try:
        if mode.lower() == "html":
            text, entities = parse_html(parameters.get(name, ""))
        elif mode:
            raise bad_request("unsupported parse_mode")  # Telegram's others are not needed here
        else:
            text, entities = parameters.get(name, "").strip(), parameters.get("entities", [])
    except MarkupError as error:
        raise bad_request(f"can't parse entities: {error}") from error
    if not text and not may_be_empty:
        raise bad_request("message text is empty")
    if utf16_length(text) > limit:
        raise bad_request("message is too long")
    for entity in entities:
        if not 0 <= entity["offset"] < entity["offset"] + entity["length"] <= utf16_length(text):
            raise bad_request("ENTITY_BOUNDS_INVALID")
    return text, entities


def _content(parameters: Json) -> Json:
    """The text, entities and buttons of a message that is sent or edited."""
    text, entities = _parsed(parameters, "text")
    markup = _markup(parameters)
    return {"text": text, "entities": entities} | ({"reply_markup": markup} if markup else {})


def _markup(parameters: Json) -> Json | None:
    markup: Json = parameters.get("reply_markup") or {}
    for button in (button for row in markup.get("inline_keyboard", ()) for button in row):
        if not button.get("text"):
            raise bad_request("text buttons are unallowed in the inline keyboard")
        if not 1 <= len(button.get("callback_data", "x").encode()) <= 64:
            raise bad_request("BUTTON_DATA_INVALID")
    return markup if markup.get("inline_keyboard") else None
