"""What is said to texts that are no questions: greetings, thanks, too little, too much. Pure."""

from __future__ import annotations

import re

from bot.rendering.excerpts import shortened, utf16_length
from bot.reply import Say, say

QUESTION_LIMIT = 500
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


def remark(text: str) -> Say | None:
    """Return what to say to a text that is no question; ``None`` for what may be one."""
    if utf16_length(text) > QUESTION_LIMIT:
        return say("too-long", length=utf16_length(text), limit=QUESTION_LIMIT)
    core = _ENDS.sub("", text).casefold()
    if sum(map(str.isalnum, core)) < 2:
        return say("too-short", text=shortened(text))
    if _GREETING.fullmatch(core):
        return say("greeting")
    return say("thanks") if _THANKS.fullmatch(core) else None
