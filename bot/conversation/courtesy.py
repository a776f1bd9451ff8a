"""What texts are that ask nothing: greetings, thanks, chatter, a call for help, too little, too much. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

from bot.rendering.excerpts import shortened, utf16_length
from bot.reply import Say, say
from retrieval.language import normalise
from retrieval.question.courtesy import GREETING, THANKS, Courtesy, courtesy, letters
from retrieval.question.framing import framed
from retrieval.question.kinds import NONE, ask

QUESTION_LIMIT = 500
"""UTF-16 units; what is longer is a text, and its terms are about everything in it."""

_LEAST = 2  # letters of what can be about something
_REPLIES: dict[Courtesy, str] = {"greeting": "greeting", "thanks": "thanks", "chatter": "noted", "self": "start"}

_HELP = re.compile(
    r"(?:我要|请求)?帮助|这是(?:什么|干(?:什么|嘛|啥)的?|做什么的?)|(?:这个?|你)?怎么(?:用|使用)(?:你|呢|啊)?|如何使用(?:你)?|"
    r"使用(?:说明|方法|帮助)|你能(?:做|干)(?:什么|啥|嘛)|help|howtouse(?:it|this|you)?|whatcanyoudo|usage"
)
_FILLER = re.compile(
    rf"(?:{GREETING.pattern})?(?:请|麻烦|劳驾|能不能|可以|能|大佬|大神|老师|你们?|您|谁|有人|有没有人|帮忙|帮|我们?|给|来|快|求助?|问题|问|一下|下|看看?|瞧瞧|查查?|找找?|回答|解答|答|解释|解|"
    r"说说?|讲讲?|告知|指教|教|救命|这个|这|那个|他|她|它|怎么[说看办]|是什么|[呢吗吧呀啊]|知道|懂|了解|同[问求]|蹲|顶|up|help|me|us|him|her|"
    rf"please|pls|plz|answer|this|that|it|anyone|any|ideas?|knows?|can|you|what|about|look|check|at|thoughts?)++(?:{THANKS.pattern})?"
)
_TALK = re.compile(
    r"[我你您咱他她它]|大家|了(?!解|结|如)|[吧啊呀啦嘛哦哈哟噢嘞][\W_]*$|(?<![a-z])(?:i|i'(?:m|ll|ve|d)|we|you|he|she|they|me|my|let's)(?![a-z'])"
)
_ASKS_IN_ENGLISH = re.compile(
    r"(?:what|who|whom|whose|when|where|which|why|how|is|are|was|were|do|does|did|can|could|should|will|would)\b",
    re.IGNORECASE,
)


def remark(text: str) -> Say | None:
    """Return what to say to a text that is no question; ``None`` for what may be one."""
    if utf16_length(text) > QUESTION_LIMIT:
        return say("too-long", length=utf16_length(text), limit=QUESTION_LIMIT)
    normal = normalise(text).text
    if said := courtesy(normal):
        return say(_REPLIES[said])
    core = letters(normal)
    if not core and not _has_question_mark(text):
        return say("noted")
    return say("too-short", text=shortened(text)) if len(core) < _LEAST else None


def is_small_talk(text: str) -> bool:
    """Return whether a text is only a greeting, thanks, chatter or next to nothing: in groups nobody awaits a reply.

    >>> is_small_talk("哈哈"), is_small_talk("收到，谢谢"), is_small_talk("👍"), is_small_talk("年假几天")
    (True, True, True, False)
    """
    said = remark(text)
    return said is not None and said.key != "too-long"


def asks_for_help(text: str) -> bool:
    """Return whether somebody wants to know how to use the bot.

    >>> asks_for_help("怎么用？"), asks_for_help("Help!"), asks_for_help("帮助热线是多少？")
    (True, True, False)
    """
    return _HELP.fullmatch(_core(text)) is not None


def is_filler(text: str) -> bool:
    """Return whether a text only points at another and asks nothing itself, whatever is polite around it.

    >>> is_filler("帮忙看看，谢谢"), is_filler("你知道吗？"), is_filler("年假几天")
    (True, True, False)
    """
    return _FILLER.fullmatch(_core(text)) is not None


def is_talk(text: str) -> bool:
    """Return whether a text is what people say to each other: of who is there, of what has happened, with feeling.

    What only names something to look up is not.

    >>> is_talk("会议改到三点了"), is_talk("我也不知道"), is_talk("报销流程"), is_talk("了解员工手册")
    (True, True, False, False)
    """
    return _TALK.search(normalise(text).text) is not None


def is_about_nothing(text: str, missing: Sequence[str]) -> bool:
    """Return whether next to nothing is left of a text without the words that stand in no document.

    >>> is_about_nothing("加班辛苦啦", ["加班", "辛苦"]), is_about_nothing("钢的产量", ["钢"])
    (True, False)
    """
    normal = normalise(text).text
    rest = normal[slice(*framed(normal))]
    for word in missing:
        rest = rest.replace(normalise(word).text, "")
    return len(_core(rest)) < _LEAST


def is_question(text: str) -> bool:
    """Return whether a text asks: by the words that ask, or by its mark.

    >>> is_question("年假几天"), is_question("产量？"), is_question("我们明天去爬山")
    (True, True, False)
    """
    normal = normalise(text).text
    start, end = framed(normal)
    return _has_question_mark(text) or ask(normal[start:end])[0] is not NONE or bool(_ASKS_IN_ENGLISH.match(normal))


def _core(text: str) -> str:
    return letters(normalise(text).text)


def _has_question_mark(text: str) -> bool:
    return "?" in text or "？" in text
