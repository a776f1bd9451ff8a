"""Why an answer was chosen, for the operator who wonders: terms, scores, features, confidence. Pure."""

from __future__ import annotations

from bot.conversation.passages import listed
from bot.rendering.excerpts import shortened
from bot.reply import Lines, Say, say
from retrieval.ranking import Ranking
from retrieval.ranking.features import NAMES

_CANDIDATES = 3
_FEATURES = 8
_TERMS = 24
_SENTENCE_LIMIT = 120


def explanation(ranking: Ranking, *, threshold: float, index_version: str) -> Lines:
    """Return how the sentences were found and ranked: the best ones, and what spoke for the first."""
    frequencies = ranking.evidence.found.frequencies if ranking.evidence else {}
    words = list(dict.fromkeys(token.text for token in ranking.question.tokens))[:_TERMS]
    terms = [say("why-frequency", term=term, count=frequencies.get(term, 0)) for term in words]
    lines: list[Say | str] = [
        say("why-title"),
        say("not-found-question", question=shortened(ranking.question.text)),
        *([say("why-terms", terms=listed(terms))] if terms else []),
        *_also(ranking),
        "",
    ]
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
        if rank == 1:
            features = sorted(zip(NAMES, candidate.features, strict=True), key=lambda pair: -abs(pair[1]))
            lines += [
                say("why-feature", name=name, value=f"{value:.3f}") for name, value in features[:_FEATURES] if value
            ]
    return Lines(
        (
            *lines,
            "",
            say("why-confidence", confidence=f"{ranking.confidence:.3f}", threshold=f"{threshold:g}"),
            say("why-index", version=index_version),
        )
    )


def _also(ranking: Ranking) -> list[Say]:
    """Return a line with the words that were looked for beside those of the question, if there were any."""
    others: dict[str, list[str]] = {}
    for word, other in ranking.question.synonyms:
        others.setdefault(word, []).append(other)
    pairs = [f"{word} → {' '.join(found)}" for word, found in others.items()]
    return [say("why-synonyms", words=shortened("，".join(pairs), _SENTENCE_LIMIT))] if pairs else []
