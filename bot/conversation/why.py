"""Why an answer was chosen, for the operator who wonders: terms, scores, features, confidence. Pure."""

from __future__ import annotations

from bot.rendering.catalogue import Html, Phrases
from bot.rendering.replies import place_of, shortened
from retrieval.ranking import Ranking
from retrieval.ranking.features import NAMES

_CANDIDATES = 3
_FEATURES = 8
_TERMS = 24
_SENTENCE_LIMIT = 120


def explanation(ranking: Ranking, phrases: Phrases, *, threshold: float, index_version: str) -> Html:
    """How the sentences were found and ranked, as HTML: the best ones, and what told for the first."""
    say = phrases.html
    frequencies = ranking.evidence.found.frequencies if ranking.evidence else {}
    words = dict.fromkeys(token.text for token in ranking.question.tokens)
    terms = [phrases.text("why-frequency", term=term, count=frequencies.get(term, 0)) for term in words][:_TERMS]
    lines = [
        say("why-title"),
        say("not-found-question", question=shortened(ranking.question.text)),
        say("why-terms", terms=phrases.text("term-separator").join(terms)),
        *_also(ranking, phrases),
        "",
    ]
    for rank, candidate in enumerate(ranking.candidates[:_CANDIDATES], 1):
        lines += [
            say("why-score", rank=str(rank), score=f"{candidate.score:.4f}"),
            say("why-sentence", text=shortened(candidate.sentence.text, _SENTENCE_LIMIT)),
            say("why-place", place=place_of(candidate.hit, phrases), score=f"{candidate.hit.score:.2f}"),
        ]
        if rank == 1:
            told = sorted(zip(NAMES, candidate.features, strict=True), key=lambda pair: -abs(pair[1]))
            lines += [say("why-feature", name=name, value=f"{value:.3f}") for name, value in told[:_FEATURES] if value]
    return Html(
        "\n".join(
            (
                *lines,
                "",
                say("why-confidence", confidence=f"{ranking.confidence:.3f}", threshold=f"{threshold:g}"),
                say("why-index", version=index_version),
            )
        )
    )


def _also(ranking: Ranking, phrases: Phrases) -> list[Html]:
    """A line with the words that were looked for beside those of the question, if there were any."""
    others: dict[str, list[str]] = {}
    for word, other in ranking.question.synonyms:
        others.setdefault(word, []).append(other)
    said = phrases.text("term-separator").join(f"{word} → {' '.join(found)}" for word, found in others.items())
    return [phrases.html("why-synonyms", words=shortened(said, _SENTENCE_LIMIT))] if said else []
