"""Follow-up questions, completed from the last one without a language model. Pure.

Three shapes are understood, each too short to be a question of its own: asking for more of the same (还有吗), bare
words that ask (什么时候？), which take the place of those in the last question, and another topic (那……呢？), which
takes the place of the last one. In doubt a message is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.language import Normalised, Token, Tokenizer, normalise
from retrieval.language.classifiers import CLASSIFIERS, MEASURES
from retrieval.language.function_words import COPULAS, FUNCTION_WORDS
from retrieval.question import Question

_LONGEST = 16  # characters; who writes more has written a question

_MORE = re.compile(
    r"(?:那|那么|请|我?想?要?看)?(?:"
    r"还有(?:什么|啥|哪些|别的|其他的?|其它的?|更多的?|没有|相关的?)*|更多(?:的|一些|一点)?|继续|接着(?:说|讲)?|"
    r"再(?:来|给|说|看|多)(?:我)?(?:一|几|两|多|更)*(?:个|条|句|些|点|下)?|(?:别的|其他的?|其它的?|另外的?)(?:有|还有)?|"
    r"下一(?:个|条|句|页)|more|(?:anything|what) else|next|go on"
    r")(?:吗|呢|嘛|么|吧|呀|啊)*"
)

_ANOTHER = re.compile(r"(?P<then>那么?|还有|以及|至于|如果是|换成)?(?P<topic>.+?)呢")
_ENDS = " \t\r\n?!。.,~、:;…"

# What is short, ends in 呢 and asks nothing about another topic.
_CHAT = re.compile(r"(?:你|我|我们|你们|人|谁|大家|咱们?|哪|好|然后|所以|但是|后来|不|没有?|行|可以|真的?)+(?:啊|呀)?")
_CLAUSE = re.compile(
    r"[,;。!?]|[着过了](?!解)|[不没别](?!同|足|锈|良|良|管|明)|是否|应该|可以|觉得|认为|知道|正在|还在|一直|才是|就是|只是|真的"
)

_DATE = re.compile(
    r"(?:公元|西元)?前?\d{1,4}年(?:代|度)?(?:\d{1,2}月)?(?:\d{1,2}[日号])?|"
    r"[今去明前后当本上]年度?|[上下这本]个?(?:月|季度|周)|今天|昨天|明天"
)
_MEASURE = rf"(?:{MEASURES}|[岁块{CLASSIFIERS}])(?![\u4e00-\u9fff])"
_UNASKED = frozenset({"none", "other", "definition"})


@dataclass(frozen=True, slots=True)
class FollowUp:
    """What a follow-up asks in full; ``more`` where it asks for more answers to the same question."""

    question: str
    more: bool = False


def follow_up(text: str, last: str, tokenizer: Tokenizer, *, subject: str = "") -> FollowUp | None:
    """Return the question that ``text`` asks if it follows up on the question ``last``, else ``None``.

    ``subject`` is what ``last`` is known to be about. All may be in traditional characters; what is taken from one
    keeps its glyphs.
    """
    core = _core(text)
    if not core or not last.strip():
        return None
    if _MORE.fullmatch(core):
        return FollowUp(last, more=True)
    asked = Question.of(text, tokenizer)
    before = Question.of(last, tokenizer)
    completed = _asking(asked, before) or _another(asked, before, subject)
    return FollowUp(completed) if completed else None


def asks_for_more(text: str) -> bool:
    """Return whether a text asks for more answers to the last question."""
    return _MORE.fullmatch(_core(text)) is not None


def _core(text: str) -> str:
    """Return what of a text may be a follow-up, normalised; nothing of one that is too long."""
    core = normalise(text).text.strip(_ENDS)
    return "" if sum(map(str.isalnum, core)) > _LONGEST else core


def _asking(asked: Question, before: Question) -> str | None:
    """Return the last question with other words that ask; ``None`` unless ``asked`` has no other words."""
    if asked.gap is None or asked.kind.name in _UNASKED:
        return None
    start, end = asked.gap
    rest = [token.text for token in asked.tokens if not (start <= token.start and token.end <= end)]
    if any(word not in FUNCTION_WORDS and not all(character in FUNCTION_WORDS for character in word) for word in rest):
        return None
    particles = r"^(?:那么?|还有|以及|这|它|他|她)+|(?<![呢啊呀吧嘛吗了])[呢啊呀吧嘛吗了]+$"
    asking = re.sub(particles, "", asked.normal.text.strip(_ENDS))
    if (
        asking in {"什么", "啥", "怎么", "哪", "几", "如何", "怎么了", "怎么样"}
        and asked.normal.text.strip(_ENDS) == asking
    ):
        return None  # "what?" and "how?" alone are as often astonishment, or small talk
    words = _original(asked, asking)
    slot = _asking_span(before)
    if slot is None:
        return _trimmed(before.text) + words + "？"
    first, last = slot
    # 是什么时候 in the place of 多少 in …是多少 would say 是 twice.
    head = before.normal.text[:first]
    for copula in ("是在", "是由", "是", "在", "为", "有"):
        if asking.startswith(copula) and head.endswith(copula):
            words = words[len(copula) :]
            break
    return _replaced(before, first, last, words)


def _another(asked: Question, before: Question, subject: str) -> str | None:
    """Return the last question about another topic; ``None`` unless ``asked`` names nothing else."""
    core = asked.normal.text.strip(_ENDS)
    match = _ANOTHER.fullmatch(core)
    if match is None or asked.gap is not None:
        return None
    topic = match["topic"].strip(_ENDS).removesuffix("的")
    if not any(map(str.isalnum, topic)) or _CHAT.fullmatch(topic) or _CLAUSE.search(topic):
        return None
    if all(token.text in FUNCTION_WORDS for token in asked.tokens):
        return None
    words = _original(asked, topic)
    span = _like(topic, before) or _named_span(subject, before) or _topic_span(before)
    if span is None:
        return words + before.text
    return _replaced(before, *span, words)


def _like(topic: str, before: Question) -> tuple[int, int] | None:
    """Return where the last question has what ``topic`` has the form of: another year, another number of the same kind.

    An empty span at its beginning stands for a date in a question without one.
    """
    if any(map(str.isdigit, topic)):
        form = re.compile(r"\d+(?:[.,]\d+)*".join(map(re.escape, re.split(r"\d+(?:[.,]\d+)*", topic))))
        if match := form.search(before.normal.text):
            return match.span()
    if _DATE.fullmatch(topic):
        match = _DATE.search(before.normal.text)
        return match.span() if match else (0, 0)
    if ordinal := re.fullmatch(r"第[一二三四五六七八九十百]+(?P<unit>.+)", topic):
        match = re.search(rf"第[一二三四五六七八九十百]+{re.escape(ordinal['unit'])}", before.normal.text)
        return match.span() if match else None
    return None


def _named_span(subject: str, before: Question) -> tuple[int, int] | None:
    """Return where the last question names what it is about."""
    name = normalise(subject).text
    place = before.normal.text.find(name) if name else -1
    return (place, place + len(name)) if place >= 0 else None


def _topic_span(before: Question) -> tuple[int, int] | None:
    """Return where the topic of a question stands: what is before its first 的, or before the noun that is asked about.

    With the words that ask in front (谁发明了……), it is what the verb is about.
    """
    slot = _asking_span(before) or (len(before.normal.text),) * 2
    ahead = [token for token in before.tokens if token.end <= slot[0]]
    behind = [token for token in before.tokens if token.start >= slot[1]]
    while ahead and ahead[-1].text in COPULAS:
        ahead.pop()
    if any(token.text not in FUNCTION_WORDS for token in ahead):
        return _span(_before_de(ahead)) or _subject(ahead)
    while behind and behind[0].text in FUNCTION_WORDS:
        behind.pop(0)
    while behind and behind[-1].text in FUNCTION_WORDS:
        behind.pop()
    owner = _before_de(behind)
    if owner:
        return _span(owner)
    if len(behind) > 1:
        behind = behind[1:]
        while len(behind) > 1 and behind[0].text in FUNCTION_WORDS:
            behind.pop(0)
    return _span(behind)


def _before_de(tokens: Sequence[Token]) -> list[Token]:
    place = next((place for place, token in enumerate(tokens) if token.text == "的"), 0)
    return list(tokens[:place])


def _subject(tokens: Sequence[Token]) -> tuple[int, int]:
    """Return what stands before the first of the words that lead to a verb; its last noun stays where no verb comes."""
    place = next((place for place, token in enumerate(tokens) if place and token.text in COPULAS), len(tokens))
    predicate = (token.text for token in tokens[place:])
    if any(word not in COPULAS and word not in FUNCTION_WORDS and not word.isdigit() for word in predicate):
        return tokens[0].start, tokens[place - 1].end
    return _before_last_noun(tokens[:place])


def _before_last_noun(tokens: Sequence[Token]) -> tuple[int, int]:
    """Return all but the last noun, which most often has two characters, also in a longer word."""
    first, last = tokens[0].start, tokens[-1]
    if len(tokens) == 1:
        return first, last.end
    return first, last.end - 2 if len(last.text) > 3 else tokens[-2].end


def _span(tokens: Sequence[Token]) -> tuple[int, int] | None:
    return (tokens[0].start, tokens[-1].end) if tokens else None


def _asking_span(question: Question) -> tuple[int, int] | None:
    """Return where the words that ask stand, with the noun or measure that they ask for (哪家公司, 多少吨).

    The gap of some kinds takes in what is asked about (……是什么), which stays.
    """
    if question.gap is None or question.kind.name == "other":
        return None
    start, end = question.gap
    text = question.normal.text
    blank = re.search(r"(?<=\S) +(?=\S)|^ +| +$", question.content[start:end])
    if blank and blank.start():
        start, end = start + blank.start(), start + blank.end()
    wanted = re.compile(rf"些?{re.escape(question.focus)}(?!的)" if question.focus else rf"些|{_MEASURE}")
    match = wanted.match(text, end)
    return start, match.end() if match else end


def _replaced(question: Question, start: int, end: int, words: str) -> str:
    if start == end:
        return words + question.text
    first, last = question.normal.original(start, end)
    return question.text[:first] + words + question.text[last:]


def _original(question: Question, part: str) -> str:
    """Return a part of the normalised text as the person wrote it."""
    start = question.normal.text.index(part)
    return _slice(question.text, question.normal, start, start + len(part))


def _slice(text: str, normal: Normalised, start: int, end: int) -> str:
    first, last = normal.original(start, end)
    return text[first:last]


def _trimmed(text: str) -> str:
    return re.sub(r"(?:[吗嗎呢]|(?<![\s?？!！。.]))[\s?？!！。.]*$", "", text)
