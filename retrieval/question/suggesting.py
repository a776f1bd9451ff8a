"""Questions that the documents answer, made from their own headings and sentences.

A statement becomes a question by general patterns: a number becomes 多少, a date 什么时候, what is said to be 什么.
Whether the documents answer it with that very sentence is not assumed but tried.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby, islice, zip_longest
from typing import Protocol

from retrieval.language.classifiers import CLASSIFIERS, MEASURES
from retrieval.language.splitting import sentences
from retrieval.records import Answer, Document, Paragraph, Quote
from retrieval.simplified import in_both_scripts, script

SHORTEST, LONGEST = 6, 24
"""How many characters a suggested question has, so that it says something and fits on a button."""

_MOST_DOCUMENTS = 200
_MOST_PARAGRAPHS = 40  # of one document, spread over all of it
_MOST_OF_DOCUMENT = 24
_BEST_LENGTH = 13
_LONGEST_ATTRIBUTE = 6  # behind a title that names the subject

_CLAUSE = re.compile(r"[^，,；;。！？!?：:\n]+")
_COUNTED = f"[人{CLASSIFIERS}]"
_NUMBER = re.compile(
    in_both_scripts(
        r"(?P<before>.{2,}?(?:[达为有约占仅共长高重]|达到|突破|超过|多于|少于|高于|低于|超出|不到|至少|至多|最多|容纳|总计|合计|[积口量额值数率度价])了?)"
        r"(?<!第)(?:约|近|超)?\d+(?:[.,]\d+)*[多余]?[十百千万亿]*"
        rf"(?:{MEASURES}|岁|(?P<counted>{_COUNTED}))"
        r"(?P<after>(?:以上|以下|左右)?[^\d]{0,6})"
    )
)
_DATE = re.compile(
    in_both_scripts(
        r"(?P<subject>[^\d]{2,}?)(?<![始除])(?:是?[于在])(?:公元前?)?\d{3,4}年(?:\d{1,2}月(?:\d{1,2}日)?)?(?P<rest>[^\d代度级第底初末至到的前后\-－—~～][^\d的外]{1,14})"
    )
)
_VAGUE = (
    "似乎|原本|原来|最初|本来|已经|可能|往往|通常|一般|一直|[曾也亦据依仍都就还不没或以于被把将着了过多并均而虽如若]"
)
_IS = re.compile(
    in_both_scripts(
        rf"(?P<subject>(?:(?!{_VAGUE})[^是为]){{2,14}})(?:主要)?(?P<verb>是|是指|指的是)"
        r"(?!否|不|由|在|因|以|为|从|被|对|于|谁|自己|存在)(?P<rest>.{3,})(?<!的)"
    )
)
_BECAUSE = re.compile(
    in_both_scripts(r"(?:由于|因为)[^，,；;。]{3,}[，,](?:所以|因此|因而)?(?P<effect>[^，,；;。]{4,18})(?=[，,；;。])")
)
_LIST = re.compile(in_both_scripts(r"(?P<subject>[^、]{2,12}(?:包括|包含|分为|涵盖|涉及))了?[^、]+(?:、[^、]+)+"))
_DUTY = re.compile(
    in_both_scripts(
        rf"(?P<subject>(?:(?!{_VAGUE})[^\d、，,；;。]){{2,12}})(?P<modal>[，,]将|不得|应当?|必须|须)(?P<rest>[^，,；;。]{{2,}})"
    )
)
_SAID = re.compile(
    in_both_scripts(r"(?P<subject>[^\d，,]{2,16}?(?:提出|指出|表示|认为|强调|宣布|规定|要求))[，,：:].{4,}"), re.DOTALL
)

# A question that begins or refers like this cannot be understood without what stands before it.
_DEPENDENT = re.compile(
    in_both_scripts(
        r"^(?:[其该此这那它他她牠各每某]|本|上述|以上|以下|如下|前者|后者|同时|另外|此外|并|且|而|但|也|还|又|则|即|就|从而|其中|包括|例如|比如|若|如果|"
        r"因此|所以|然而|不过|以及|和|与|及|或|为(?!什么)|将|使|让|把|被|由|对|在|于|至|到|约|共|的|了|有|是|可|能|会|要|应|须|不|另一|占|达|已|曾|仅|近|期间|尤其|实际|因而|最终|随后|之后|其后|后来|目前|当时|现)|"
        r"我们?|你们?|咱|[它他她](?:们|的)|自己"
    )
)
_CLUTTERED = re.compile(r"[“”‘’「」『』《》（）()\[\]【】<>|*#_/／\\=@~～－\s]|\.{2,}|…|—|、.*、.*、")
_HEADING_MARK = re.compile(
    in_both_scripts(
        r"^\s*(?:第[一二三四五六七八九十百零〇\d]+[章节条款编部分篇讲课回]+|\d+(?:\.\d+)+|[（(]?[一二三四五六七八九十\d]+[)）、.．]|\d+)\s*[、.．:：]?\s*"
    )
)
_TRADITIONAL = str.maketrans("么时为", "麼時為")
"""Of the words that ask here, what is written otherwise in a traditional document."""
_ASKS = re.compile(in_both_scripts(r"(?:什么|多少|如何|怎么|怎样|为何|哪|谁|是否|吗)"))


class Ask(Protocol):
    """Answers a question with at most ``limit`` quotes."""

    async def __call__(self, question: str, *, limit: int) -> Answer:
        """Answer ``question``."""
        ...


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A question and what answers it."""

    question: str
    quote: Quote


@dataclass(frozen=True, slots=True)
class Candidate:
    """A question that a paragraph might answer: with the sentence that starts at ``start``, or with any if ``None``.

    One with any sentence comes from a heading, and may be answered by another paragraph under the same headings.
    """

    question: str
    paragraph: Paragraph
    start: int | None


async def suggest(
    ask: Ask, documents: Iterable[Document], *, count: int, attempts: int = 200
) -> tuple[Suggestion, ...]:
    """Return at most ``count`` questions that these documents answer, taken from them in turn.

    The same documents give the same questions. No more than ``attempts`` questions are tried, of no more than 200
    documents, so that it takes a bounded time in a collection of any size.
    """
    considered = list(islice(documents, _MOST_DOCUMENTS))
    queues = await asyncio.to_thread(lambda: list(map(_queue, considered)))
    in_turn = (one for one in chain.from_iterable(zip_longest(*queues)) if one)
    return await _tried(ask, in_turn, count=count, attempts=attempts, shown=set())


async def related(ask: Ask, answer: Answer, *, count: int, attempts: int = 8) -> tuple[Suggestion, ...]:
    """Return at most ``count`` questions that go on from an answer: what else the quoted paragraphs answer."""
    shown = {_place(quote) for quote in answer.quotes}
    documents = [Document(quote.source, (quote.paragraph,)) for quote in answer.quotes]
    queues = await asyncio.to_thread(lambda: list(map(_queue, documents)))
    in_turn = (one for one in chain.from_iterable(zip_longest(*queues)) if one and one[1].question != answer.question)
    return await _tried(ask, in_turn, count=count, attempts=attempts, shown=shown)


def candidates(document: Document) -> list[Candidate]:
    """Return the questions that may be asked of a document, from clauses, sentences and headings in turn."""
    step = max(1, -(-len(document.paragraphs) // _MOST_PARAGRAPHS))
    paragraphs = document.paragraphs[::step]
    title = document.source.title
    sources = (_from_clauses(paragraphs, title), _from_sentences(paragraphs), _from_headings(paragraphs))
    found = [sorted(_understood(source), key=_quality) for source in sources]
    in_turn = (one for one in chain.from_iterable(zip_longest(*found)) if one)
    return list({one.question: one for one in in_turn}.values())[:_MOST_OF_DOCUMENT]


def _queue(document: Document) -> list[tuple[str, Candidate]]:
    return [(document.source.path, one) for one in candidates(document)]


async def _tried(
    ask: Ask, offered: Iterable[tuple[str, Candidate]], *, count: int, attempts: int, shown: set[tuple[str, int, int]]
) -> tuple[Suggestion, ...]:
    """Return the first ``count`` of the candidates whose own sentence is what is answered first; no sentence twice."""
    kept: list[Suggestion] = []
    tried: set[str] = set()
    for path, candidate in offered:
        if len(kept) == count or len(tried) == attempts:
            break
        if candidate.question in tried:
            continue
        tried.add(candidate.question)
        answer = await ask(candidate.question, limit=1)
        if not answer.quotes:
            continue
        quote = answer.quotes[0]
        if quote.source.path == path and _answers(quote, candidate) and _place(quote) not in shown:
            shown.add(_place(quote))
            kept.append(Suggestion(candidate.question, quote))
    return tuple(kept)


def _answers(quote: Quote, candidate: Candidate) -> bool:
    if candidate.start is None:
        return quote.paragraph.section == candidate.paragraph.section
    return (quote.paragraph.number, quote.sentence.start) == (candidate.paragraph.number, candidate.start)


def _place(quote: Quote) -> tuple[str, int, int]:
    return quote.source.path, quote.paragraph.number, quote.sentence.start


def _from_clauses(paragraphs: Sequence[Paragraph], title: str) -> Iterator[Candidate]:
    """Return what a clause says of its own: 产量达到3万吨 → 产量达到多少？

    Behind the first clause of a sentence the subject is often left out; a short title of the document then names it.
    """
    named = f"{title}的" if re.fullmatch(r"[\u4e00-\u9fff·]{2,10}", title) else ""
    for paragraph in paragraphs:
        for sentence in sentences(paragraph.text):
            for place, match in enumerate(_CLAUSE.finditer(sentence.text)):
                clause = match.group().strip()
                subject = named if place and title not in clause else ""
                if _DEPENDENT.search(clause):
                    continue
                if number := _NUMBER.fullmatch(clause):
                    asked = f"多少{number['counted']}" if number["counted"] and number["after"] else "多少"
                    yield Candidate(f"{subject}{number['before']}{asked}{number['after']}？", paragraph, sentence.start)
                elif not place and (when := _DATE.fullmatch(clause)):
                    yield Candidate(f"{when['subject']}什么时候{when['rest']}？", paragraph, sentence.start)
                elif (not place or subject) and (what := _IS.fullmatch(clause)):
                    if subject and len(what["subject"]) > _LONGEST_ATTRIBUTE:
                        continue
                    yield Candidate(f"{subject}{what['subject']}{what['verb']}什么？", paragraph, sentence.start)


def _from_sentences(paragraphs: Sequence[Paragraph]) -> Iterator[Candidate]:
    """Return what a sentence says as a whole: 飞行员不得饮酒 → 飞行员不得做什么？"""
    for paragraph in paragraphs:
        for sentence in sentences(paragraph.text):
            text = sentence.text.strip()
            if because := _BECAUSE.match(text):
                yield Candidate(f"为什么{because['effect']}？", paragraph, sentence.start)
            elif said := _SAID.match(text):
                yield Candidate(f"{said['subject']}什么？", paragraph, sentence.start)
            elif contents := _LIST.match(text):
                yield Candidate(f"{contents['subject']}什么？", paragraph, sentence.start)
            elif duty := _DUTY.match(text):
                modal = duty["modal"].lstrip("，,")
                yield Candidate(f"{duty['subject']}{modal}做什么？", paragraph, sentence.start)


def _from_headings(paragraphs: Sequence[Paragraph]) -> Iterator[Candidate]:
    """第二章 申请条件 → 申请条件是什么？"""
    seen: set[tuple[str, ...]] = set()
    for paragraph in paragraphs:
        if not paragraph.section or paragraph.section in seen:
            continue
        seen.add(paragraph.section)
        heading = _HEADING_MARK.sub("", paragraph.section[-1]).strip(" 。：:？?")
        if _ASKS.search(heading):
            yield Candidate(f"{heading}？", paragraph, None)
        elif _CLAUSE.fullmatch(heading):
            yield Candidate(f"{heading}是什么？", paragraph, None)


def _understood(found: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield those that can be understood by themselves, written as their paragraphs are."""
    for paragraph, some in groupby(filter(_is_understood, found), key=lambda candidate: candidate.paragraph):
        traditional = script(paragraph.text) == "traditional"
        for one in some:
            yield replace(one, question=one.question.translate(_TRADITIONAL)) if traditional else one


def _is_understood(candidate: Candidate) -> bool:
    question = candidate.question
    return (
        SHORTEST <= len(question) <= LONGEST
        and not _DEPENDENT.search(question)
        and not _CLUTTERED.search(question)
        and re.search(r"[\u4e00-\u9fff]{2}", question) is not None
    )


def _quality(candidate: Candidate) -> tuple[int, int, int]:
    return abs(len(candidate.question) - _BEST_LENGTH), candidate.paragraph.number, candidate.start or 0
