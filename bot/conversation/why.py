"""Why an answer was chosen, for the operator who wonders: a verdict and three reasons; the numbers apart. Pure."""

from __future__ import annotations

from bot.conversation.passages import listed
from bot.rendering.excerpts import shortened
from bot.reply import Block, Lines, Say, say
from retrieval.language import normalise
from retrieval.ranking import Ranking
from retrieval.ranking.features import NAMES

_CANDIDATES = 3
_FEATURES = 8
_TERMS = 24
_WORDS = 8
_SENTENCE_LIMIT = 120


def explanation(ranking: Ranking, *, threshold: float, sure_threshold: float) -> tuple[Block, ...]:
    """Return the verdict on the best sentence, and why: which words were found where, what else there was, how sure."""
    percent = {"threshold": round(100 * threshold), "sure": round(100 * sure_threshold)}
    certainty = say("why-certainty", percent=round(100 * ranking.confidence), **percent)
    if not ranking.candidates:
        return (Lines((say("why-verdict-none"), say("why-nothing"), certainty)),)
    best = ranking.candidates[0]
    if ranking.confidence < threshold:
        verdict = say("why-verdict-none")
    else:
        verdict = say("why-verdict-sure") if ranking.confidence >= sure_threshold else say("why-verdict-maybe")
    above = Lines((verdict, say("why-sentence", text=shortened(best.sentence.text, _SENTENCE_LIMIT))))
    return above, Lines((*_words(ranking), *_closeness(ranking), _others(ranking), certainty))


def details(ranking: Ranking, *, index_version: str) -> tuple[Block, ...]:
    """Return the numbers: how often the words occur, the best sentences with their scores, what spoke for the first."""
    frequencies = ranking.evidence.found.frequencies if ranking.evidence else {}
    words = list(dict.fromkeys(token.text for token in ranking.question.tokens))[:_TERMS]
    terms = [say("why-frequency", term=term, count=frequencies.get(term, 0)) for term in words]
    lines: list[Say | str] = [*([say("why-terms", terms=listed(terms))] if terms else []), *_also(ranking)]
    for rank, candidate in enumerate(ranking.candidates[:_CANDIDATES], 1):
        hit = candidate.hit
        lines += [
            say("why-score", rank=str(rank), score=f"{candidate.score:.4f}"),
            say("why-sentence", text=shortened(candidate.sentence.text, _SENTENCE_LIMIT)),
            say(
                "why-place",
                title=shortened(hit.source.title or hit.source.path),
                paragraph=say("source-paragraph", number=str(hit.paragraph.number)),
                score=f"{hit.score:.2f}",
            ),
        ]
        if candidate.closeness is not None:
            lines.append(say("why-cosine", value=f"{candidate.closeness:.3f}"))
        if rank == 1:
            features = sorted(zip(NAMES, candidate.features, strict=True), key=lambda pair: -abs(pair[1]))
            best = [(name, value) for name, value in features[:_FEATURES] if value]
            lines += [say("why-feature", name=name, value=f"{value:.3f}") for name, value in best]
    asked = say("not-found-question", question=shortened(ranking.question.text))
    return asked, Lines(tuple(lines)), say("why-index", version=index_version)


def _words(ranking: Ranking) -> list[Say]:
    """Where the question's words stand: in the sentence, around it, nowhere near."""
    best = ranking.candidates[0]
    sentence = normalise(best.sentence.text).text
    around = normalise("\n".join((best.hit.source.title, *best.hit.paragraph.section, best.hit.paragraph.text))).text
    places: dict[str, list[str]] = {"sentence": [], "around": [], "nowhere": []}
    for word in dict.fromkeys(ranking.question.words):
        places["sentence" if word in sentence else "around" if word in around else "nowhere"].append(word)
    keys = {"sentence": "why-in-sentence", "around": "why-around", "nowhere": "why-nowhere"}
    return [
        say(keys[place], terms=listed([say("term", term=word) for word in words[:_WORDS]]))
        for place, words in places.items()
        if words
    ]


def _closeness(ranking: Ranking) -> list[Say]:
    """How close the best sentence is in meaning, beside the others that were compared, if any were."""
    compared = [one.closeness for one in ranking.candidates if one.closeness is not None]
    best = ranking.candidates[0].closeness
    if best is None:
        return []
    return [say("why-closeness", count=len(compared), closer=sum(other > best for other in compared))]


def _others(ranking: Ranking) -> Say:
    """What else was weighed."""
    _, *others = ranking.candidates
    if not others:
        return say("why-alone")
    return say("why-others", count=len(others), text=shortened(others[0].sentence.text, _SENTENCE_LIMIT // 2))


def _also(ranking: Ranking) -> list[Say]:
    """A line with the words that were looked for beside those of the question, if there were any."""
    others: dict[str, list[str]] = {}
    for word, other in ranking.question.synonyms:
        others.setdefault(word, []).append(other)
    pairs = [f"{word} → {' '.join(found)}" for word, found in others.items()]
    return [say("why-synonyms", words=shortened("，".join(pairs), _SENTENCE_LIMIT))] if pairs else []
