"""What is said to messages that are no questions: greetings, thanks, stickers, voices, too much. Pure."""

from __future__ import annotations

import re

from telegram import Message

from bot.rendering.catalogue import Html, Phrases
from bot.rendering.replies import shortened, utf16_length

LONGEST_QUESTION = 500
"""UTF-16 units; what is longer is a text, and its terms are about everything in it."""

_GREETING = re.compile(
    r"(?:你|您|大家|各位)好[啊呀吗]?|早上好|早安|上午好|中午好|下午好|晚上好|晚安|早|嗨+|哈[喽啰罗]|在吗|在么|在不在|"
    r"h(?:i+|ello|ey+)(?: there| bot)?|good (?:morning|afternoon|evening|night)|你好你好"
)
_THANKS = re.compile(
    r"(?:非常|太|十?分?|多)?(?:感谢|谢谢|谢了|多谢|谢)(?:你|您|啦|了|啊|哈|大家)*|辛苦(?:你|您)?了|3q|"
    r"thank(?:s| you)(?: (?:so|very) much| a lot)?|thx|ty|cheers"
)
_ENDS = re.compile(r"[\W_]+$|^[\W_]+")

_VOICE = ("voice", "audio", "video_note")
_PICTURE = ("photo", "video", "animation")
_OTHERS = ("sticker", "dice", "location", "venue", "contact", "poll", "game", "document", "story", "checklist")


def remark(text: str, phrases: Phrases) -> Html | None:
    """What to say to a text that is no question; ``None`` for what may be one."""
    if utf16_length(text) > LONGEST_QUESTION:
        return phrases.html("too-long", length=utf16_length(text), limit=LONGEST_QUESTION)
    core = _ENDS.sub("", text).casefold()
    if sum(map(str.isalnum, core)) < 2:
        return phrases.html("too-short", text=shortened(text))
    if _GREETING.fullmatch(core):
        return phrases.html("greeting")
    return phrases.html("thanks") if _THANKS.fullmatch(core) else None


def wordless(message: Message, phrases: Phrases) -> Html | None:
    """What to say to a message without words; ``None`` for those that nobody wrote (somebody has joined)."""
    for key, kinds in (("voice", _VOICE), ("picture", _PICTURE), ("sticker", _OTHERS)):
        if any(getattr(message, kind, None) for kind in kinds):
            return phrases.html(key)
    return None
