"""Is a message meant for the bot, and what does it ask? Pure: a message goes in, a call or nothing comes out.

In private everything is meant. In a group a command, a mention or a reply to one of the bot's messages is; in
doubt the bot is silent. Telegram's entities alone do not tell: ``问@bot``, ``@bot问`` and ``/ask问`` carry none.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from telegram import Message, MessageEntity, User
from telegram.constants import ChatType

from bot.conversation.commands import Command
from bot.conversation.courtesy import is_filler

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Call:
    """What a message wants of the bot; ``text`` is the question or what a command is about, and may be empty.

    In a group people reply to the bot also to say something to each other: that is not ``certain`` to be a question.
    """

    command: Command
    text: str = ""
    certain: bool = True


# The others are missing: somebody who writes them in a group without a name may well mean another bot.
_MEANT_WITHOUT_NAME = {Command.ASK, Command.HELP}
_ABOUT_SOMETHING = {Command.FORGET, Command.REMOVE, Command.WHY}

_COMMAND = re.compile(r"\s*/(?P<name>[A-Za-z0-9_]+)(?:@(?P<bot>[A-Za-z0-9_]+))?(?P<rest>.*)", re.DOTALL)

# Where a name is shown or belongs to something else, and calls nobody.
_NO_CALL = {
    MessageEntity.CODE,
    MessageEntity.EMAIL,
    MessageEntity.PRE,
    MessageEntity.TEXT_LINK,
    MessageEntity.URL,
}
# What is no part of a question.
_NO_PART = {
    MessageEntity.EMAIL,
    MessageEntity.HASHTAG,
    MessageEntity.MENTION,
    MessageEntity.TEXT_MENTION,
    MessageEntity.URL,
}
# Who is called @somebody is spoken to; what is called @override is spoken of.
_SPOKEN_OF = re.compile(r"\s*(?:注解|注释|装饰器|标签|指令|符号|命令|[的是])")
_AROUND_QUESTION = " \t\r\n,，:：、"
_MARKS = "?？ "  # alone they ask how to ask


def addressed(message: Message, me: User) -> Call | None:
    """What ``message`` wants of the bot ``me``; ``None`` where it is not meant for it."""
    private = message.chat.type == ChatType.PRIVATE
    text = message.text or message.caption
    if not text or not from_person(message, me) or (message.forward_origin and not private):
        return None
    if command := _COMMAND.match(text):
        return _command(command, message, me, private=private)
    entities = message.entities or message.caption_entities
    mentions = _mentions(text, entities, me)
    called = _without(text, mentions)
    if mentions and (command := _COMMAND.match(called)):  # "@bot /ask …": the mention says who is meant
        return _command(command, message, me, private=True)
    question = _asked(text, entities, me)
    if private or mentions:
        return Call(Command.ASK, _or_referred(question, message, me) if mentions else question)
    return Call(Command.ASK, question, certain=False) if _replies_to(message, me) else None


def from_person(message: Message, me: User) -> bool:
    """Whether a person wrote it, be it as an anonymous admin or in the name of a channel."""
    if message.chat.type == ChatType.CHANNEL or message.is_automatic_forward or message.via_bot:
        return False
    sender = message.from_user
    # Whoever speaks as a chat comes under the name of a bot that Telegram keeps for this.
    return message.sender_chat is not None or (sender is not None and not sender.is_bot and sender.id != me.id)


def _command(match: re.Match[str], message: Message, me: User, *, private: bool) -> Call | None:
    """The call of a text that starts with a command; ``private`` where it can be for nobody else."""
    named = match["bot"] is not None and match["bot"].lower() == (me.username or "").lower()
    if match["bot"] and not (named or private):
        return None
    if match["name"].lower() not in set(Command):
        return Call(Command.HELP) if named or private else None
    command = Command(match["name"].lower())
    meant = named or private or command in _MEANT_WITHOUT_NAME
    if not (meant or (command is Command.WHY and _replies_to(message, me))):
        return None
    if command is not Command.ASK:
        return Call(command, match["rest"].strip() if command in _ABOUT_SOMETHING else "")
    if match.string != (message.text or message.caption):  # what a mention was taken from
        return Call(command, _or_referred(match["rest"].strip(_AROUND_QUESTION), message, me))
    entities = message.entities or message.caption_entities
    return Call(command, _or_referred(_asked(match.string, entities, me, start=match.start("rest")), message, me))


def replied_to(message: Message) -> Message | None:
    """The message that the sender chose to reply to.

    Every message in a topic comes as a reply to the service message that opened it: that one nobody chose.
    """
    reply = message.reply_to_message
    if reply is None or reply.forum_topic_created:
        return None
    return None if message.is_topic_message and reply.message_id == message.message_thread_id else reply


def _replies_to(message: Message, me: User) -> bool:
    reply = replied_to(message)
    return reply is not None and reply.from_user is not None and reply.from_user.id == me.id


def _referred(message: Message, me: User) -> str:
    """The question that a message without one of its own points at: what it quotes, or what it replies to."""
    if message.quote:
        return message.quote.text.strip(_AROUND_QUESTION)
    reply = replied_to(message)
    if reply is None or _replies_to(message, me):  # the bot's own answer is no question
        return ""
    text, entities = reply.text or reply.caption or "", reply.entities or reply.caption_entities
    command = _COMMAND.match(_without(text, _mentions(text, entities, me)))
    return command["rest"].strip(_AROUND_QUESTION) if command else _asked(text, entities, me)


def _or_referred(question: str, message: Message, me: User) -> str:
    """The question, unless it only points at another message: then the question there."""
    if any(map(str.isalnum, question)) and not is_filler(question):
        return question
    return _referred(message, me) or (question if question.strip(_MARKS) else "")


def _asked(text: str, entities: Sequence[MessageEntity], me: User, *, start: int = 0) -> str:
    """What a text asks, from ``start`` on: without mentions, links and tags, unless they are all that it has."""
    others = [_span(text, entity) for entity in entities if entity.type in _NO_PART]
    others = [span for span in others if not _SPOKEN_OF.match(text, span[1])]
    spans = [(0, start), *(span for span in (*_mentions(text, entities, me), *others) if span[0] >= start)]
    question = _without(text, sorted(set(spans)))
    if any(map(str.isalnum, question)):
        return question
    return _without(text, [(0, start), *_mentions(text, entities, me)])


def _mentions(text: str, entities: Sequence[MessageEntity], me: User) -> tuple[Span, ...]:
    """Where ``text`` calls the bot, as offsets in ``text``, in order and apart."""
    name = (me.username or "").lower()
    called: set[Span] = set()
    silent: list[Span] = []
    for entity in entities:
        start, end = _span(text, entity)
        by_name = entity.type == MessageEntity.MENTION and text[start + 1 : end].lower() == name
        if by_name or (entity.type == MessageEntity.TEXT_MENTION and entity.user and entity.user.id == me.id):
            called.add((start, end))
        elif entity.type in _NO_CALL:
            silent.append((start, end))
    for match in _name_pattern(name).finditer(text) if name else ():
        if not any(start < match.end() and match.start() < end for start, end in silent):
            called.add(match.span())
    return tuple(sorted(called))


@lru_cache(maxsize=1)
def _name_pattern(name: str) -> re.Pattern[str]:
    """``@name``, also with a full-width ＠; not in ``@nameist``, ``a@name.com`` or ``example.org/@name``."""
    return re.compile(
        rf"(?<![A-Za-z0-9_.+/-])[@＠]{re.escape(name)}(?![A-Za-z0-9_])(?!\.[A-Za-z0-9])",
        re.IGNORECASE | re.ASCII,
    )


def _span(text: str, entity: MessageEntity) -> Span:
    """The entity's span in code points; Telegram counts in UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    start, end = 2 * entity.offset, 2 * (entity.offset + entity.length)
    before, within = units[:start], units[start:end]
    first = len(before.decode("utf-16-le", "ignore"))
    return first, first + len(within.decode("utf-16-le", "ignore"))


def _without(text: str, spans: Sequence[Span]) -> str:
    """The text without ``spans`` and without what then hangs at its ends."""
    ends = [0, *(end for _, end in spans)]
    starts = [*(start for start, _ in spans), len(text)]
    kept = (text[end:start].strip() for end, start in zip(ends, starts, strict=True))
    return " ".join(filter(None, kept)).strip(_AROUND_QUESTION)
