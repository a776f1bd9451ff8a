"""``evaluate``: measures the answers on question sets, and tells what has changed since the last time."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, nullcontext
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Protocol

from rich.console import Console
from rich.progress import track
from rich.table import Table

from bot.rendering.bars import bar
from retrieval.engines.local import LocalEngine
from retrieval.engines.protocol import fill
from retrieval.errors import QuestionSetError
from retrieval.evaluation import (
    HIGHLIGHT_OF,
    SHOWN,
    SURE,
    WRONGLY_SHOWN,
    WRONGLY_SURE,
    Expectation,
    Item,
    Measurement,
    expectations,
    measures,
    refusal,
    seen,
    squad,
)
from retrieval.language import Tokenizer
from retrieval.meaning import Meaning
from retrieval.records import Answer

TOLERANCE = 0.0005
"""By how much a measure may fall before it counts as worse."""
LENGTH = "mean characters"
_NEITHER = frozenset({LENGTH, SURE, WRONGLY_SHOWN})
"""Measures that are told, and neither better nor worse by themselves."""
_LISTED = 20
"""How many questions of each sort of change are listed."""


class Answers(Protocol):
    """What answers the questions of an acceptance file: an ``Answerer`` over the operator's own documents."""

    async def answer(self, question: str, *, limit: int = ...) -> Answer:
        """Answer a question."""


class Result:
    """What was measured on one file: ``values`` by measure, and of each question whether it went right."""

    def __init__(self, values: Mapping[str, float], right: Mapping[str, bool], notes: Mapping[str, str]) -> None:
        self.values = dict(values)
        self.right = dict(right)
        self.notes = dict(notes)

    def as_json(self) -> dict[str, Any]:
        """Return what is kept for the next run."""
        return {"measures": self.values, "right": self.right}


async def run(
    files: Sequence[Path],
    *,
    unanswerable: Path | None,
    tokenizer: Tokenizer,
    threshold: float,
    sure_threshold: float,
    answerer: Callable[[], AbstractAsyncContextManager[Answers]],
    comparing: Callable[[], AbstractAsyncContextManager[Meaning | None]] = nullcontext,
    record: Path,
    as_json: bool = False,
    console: Console | None = None,
) -> int:
    """Measure each file, print a table and what changed, and keep the outcome in ``record``.

    ``answerer`` is opened only when a file is a TSV, which is asked of the operator's documents; ``comparing`` gives
    what compares meanings in other files, if anything does. The thresholds are those of an ``Answerer``. Returns 0, or
    1 when something got worse than at the last run. Raises ``QuestionSetError`` for a file that cannot be used.
    """
    console = console or Console()
    before = _last(record)
    results: dict[str, Result] = {}
    for file in files:
        if file.suffix.lower() == ".json":
            async with comparing() as meaning:
                results[file.name] = await _measure(
                    file, unanswerable, tokenizer, meaning, threshold=threshold, sure_threshold=sure_threshold
                )
        else:
            async with answerer() as answers:
                results[file.name] = await _accept(expectations(file), answers)
    worse = False
    for name, result in results.items():
        old = before.get(name, {})
        worse |= _worsened(old.get("measures", {}), result.values)
        if not as_json:
            _print(console, name, result, old)
    if as_json:
        console.print_json(json.dumps({name: result.values for name, result in results.items()}, ensure_ascii=False))
    kept = before | {name: result.as_json() for name, result in results.items()}
    record.parent.mkdir(parents=True, exist_ok=True)
    record.write_text(json.dumps(kept, ensure_ascii=False, indent=1), "utf-8")
    return 1 if worse else 0


async def _measure(
    file: Path,
    unanswerable: Path | None,
    tokenizer: Tokenizer,
    meaning: Meaning | None,
    *,
    threshold: float,
    sure_threshold: float,
) -> Result:
    """Index a SQuAD file's own paragraphs in a temporary folder, and ask its questions of them."""
    questions = squad(file)
    foreign: Sequence[Item] = squad(unanswerable).items if unanswerable else ()
    with TemporaryDirectory(prefix="yuanju-") as folder:
        engine = LocalEngine(Path(folder), tokenizer)
        try:
            await fill(engine, questions.documents)
            measurement = Measurement(engine, tokenizer, meaning)
            outcomes = [
                await measurement.outcome(item)
                for item in track(questions.items, file.name, console=Console(stderr=True), transient=True)
            ]
            refused = [(await measurement.ranked(item.question))[1].confidence for item in foreign]
        finally:
            engine.close()
    values = measures(outcomes) | seen(outcomes, refused, threshold=threshold, sure_threshold=sure_threshold)
    if refused:
        values |= refusal([outcome.confidence for outcome in outcomes], refused)
    right = {outcome.question: outcome.sentence_rank == 1 for outcome in outcomes}
    return Result(values, right, {outcome.question: outcome.sentence for outcome in outcomes})


async def _accept(lines: Sequence[Expectation], answers: Answers) -> Result:
    """Ask an operator's documents the questions of an acceptance file."""
    right: dict[str, bool] = {}
    notes: dict[str, str] = {}
    first = third = known = shown = sure = wrongly_shown = wrongly_sure = 0
    for line in lines:
        answer = await answers.answer(line.question, limit=3)
        texts = [quote.sentence.text for quote in answer.quotes]
        notes[line.question] = texts[0] if texts else "未找到 (not found)"
        if line.expected is None:
            right[line.question] = answer.certainty != "sure"
            wrongly_shown += answer.answered
            wrongly_sure += answer.certainty == "sure"
            continue
        known += 1
        shown += answer.answered
        sure += answer.certainty == "sure"
        right[line.question] = bool(texts) and line.expected in texts[0]
        first += right[line.question]
        third += any(line.expected in text for text in texts)
    values: dict[str, float] = {}
    if known:
        values |= {"right at rank 1": first / known, "right in the first 3": third / known}
        values |= {SHOWN: shown / known, SURE: sure / known}
    if others := len(lines) - known:
        values |= {WRONGLY_SHOWN: wrongly_shown / others, WRONGLY_SURE: wrongly_sure / others}
    return Result(values, right, notes)


def _last(record: Path) -> dict[str, Any]:
    """Return what the last run kept; nothing when there was none."""
    try:
        kept = json.loads(record.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError) as error:
        raise QuestionSetError(record, f"holds no record of an earlier run ({error}); delete it") from error
    return kept if isinstance(kept, dict) else {}


def _worsened(old: Mapping[str, float], new: Mapping[str, float]) -> bool:
    """Return whether a measure got worse; longer sentences alone are not worse, nor are the highlights of one kind."""
    judged = {name: value for name, value in new.items() if name in old and name not in _NEITHER}
    judged = {name: value for name, value in judged.items() if not name.startswith(HIGHLIGHT_OF)}
    return any(_change(name, old[name], value) < -TOLERANCE for name, value in judged.items())


def _change(name: str, old: float, new: float) -> float:
    """Return by how much a measure got better, below 0 when it got worse."""
    if name == LENGTH:
        return (old - new) / 100
    return old - new if name == WRONGLY_SURE else new - old


def _print(console: Console, name: str, result: Result, old: Mapping[str, Any]) -> None:
    table = Table(title=f"{name} · {len(result.right)} questions", title_justify="left")
    for heading, justify in (
        ("measure", "left"),
        ("now", "right"),
        ("last run", "right"),
        ("change", "right"),
        ("", "left"),
    ):
        table.add_column(heading, justify=justify)  # type: ignore[arg-type]  # rich wants a literal
    before = old.get("measures", {})
    for measure, value in result.values.items():
        last = before.get(measure)
        difference = "" if last is None else _signed(measure, last, value)
        drawn = "" if measure == LENGTH else bar([value], whole=1)
        table.add_row(
            measure, _figure(measure, value), "" if last is None else _figure(measure, last), difference, drawn
        )
    console.print(table)
    was_right = old.get("right", {})
    changed = [question for question, right in result.right.items() if was_right.get(question, right) != right]
    for title, wanted in (("now wrong", False), ("now right", True)):
        questions = [question for question in changed if result.right[question] is wanted]
        if questions:
            console.print(f"[bold]{title}[/bold] ({len(questions)})", highlight=False)
            for question in questions[:_LISTED]:
                console.print(f"  {question} → {result.notes[question].strip()}", highlight=False, markup=False)
            if len(questions) > _LISTED:
                console.print(f"  … and {len(questions) - _LISTED} more", highlight=False)
    if not was_right:
        wrong = [question for question, right in result.right.items() if not right]
        console.print(f"[bold]wrong[/bold] ({len(wrong)})", highlight=False)
        for question in wrong[:_LISTED]:
            console.print(f"  {question} → {result.notes[question].strip()}", highlight=False, markup=False)


def _figure(measure: str, value: float) -> str:
    if measure == LENGTH:
        return f"{value:.1f}"
    return f"{value:.3f}" if measure.endswith("AUROC") or "MRR" in measure else f"{value:.1%}"


def _signed(measure: str, old: float, new: float) -> str:
    better = _change(measure, old, new)
    if abs(better) <= TOLERANCE:
        return "="
    colour = "dim" if measure in _NEITHER else "green" if better > 0 else "red"
    figure = f"{new - old:+.1f}" if measure == LENGTH else f"{100 * (new - old):+.1f}"
    return f"[{colour}]{figure}[/{colour}]"
