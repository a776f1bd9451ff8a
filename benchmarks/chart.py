"""The figures of ``engines.py`` as a table in Markdown and as a plot in SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from typing import Any

NAMES = {
    "build_cpu_s": "build CPU s", "build_peak_mb": "its peak MB", "disk_mb": "disk MB",
    "cold_cpu_s": "cold answer CPU s",
    "private_mb": "private MB", "p50_ms": "p50 ms", "p99_ms": "p99 ms", "p50_cpu_ms": "p50 CPU ms",
    "p99_cpu_ms": "p99 CPU ms", "questions": "questions", "rounds": "rounds", "agreement": "top 10 agree",
}  # fmt: skip
COLUMNS = tuple(NAMES)
OURS = "Yuanju"
GOALS = (
    (1_000_000, "p50_ms", "bm25s numba", 0.22),
    (1_000_000, "p50_ms", "tantivy", 0.06),
    (1_000_000, "p50_ms", "rank-bm25", 1 / 5500),
    (1_000_000, "p99_ms", "bm25s numba", 0.5),
    (100_000, "p50_ms", "bm25s numba", 0.55),
    (10_000, "p50_ms", "bm25s numba", 0.7),
    (12, "p50_ms", "rank-bm25", 1.0),
    (1_000_000, "cold_cpu_s", "bm25s numba", 1 / 70),
    (1_000_000, "cold_cpu_s", "rank-bm25", 1 / 200),
    (1_000_000, "build_cpu_s", "tantivy", 1.0),
)
LIMITS = ((1_000_000, "private_mb", 40), (1_000_000, "build_peak_mb", 1000), (1_000_000, "disk_mb", 500))
BEGIN, END = "<!-- measured: written by benchmarks/engines.py -->", "<!-- until here -->"
COLOURS = {
    "rank-bm25": "#8a8f98", "plain postings": "#b9a06c", "SQLite FTS5": "#5b8db8", "bm25s NumPy": "#9b7bb8",
    "bm25s numba": "#c0608a", "tantivy": "#d08a3c", "Yuanju": "#1f7a3d",
}  # fmt: skip
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 64, 150, 34, 48

SMALLEST = 10_000
"""Paragraphs from which on a collection counts for the plot and the fit."""

Figures = dict[str, dict[str, dict[str, Any]]]


def inserted(page: str, results: Mapping[str, Any]) -> str:
    """Put what was measured into a page in Markdown, between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{measured(results)}\n{END}{after}"


def measured(results: Mapping[str, Any]) -> str:
    """Return what was measured: on what machine, what was aimed at and reached, a table for each size, and growth."""
    machine, figures = results["machine"], results["figures"]
    on = f"On {machine['processors']} cores of {machine['kind']}, Python {machine['python']}."
    return "\n".join([on, "", *goals(results), *tables(figures), "", exponents(figures)])


def goals(results: Mapping[str, Any]) -> Iterator[str]:
    """Return the ratios that were aimed at, as lines of a table, as far as they were measured."""
    yield "| what | goal | measured | |"
    yield "|---|---|---|---|"
    for size, key, other, goal in GOALS:
        engines = results["figures"].get(str(size), {})
        if OURS in engines and other in engines:
            ratio = _ratio(engines, key, other)
            shown = _share(ratio)
            if (cpu := key.replace("_ms", "_cpu_ms")) != key:
                shown += f" (CPU {_share(_ratio(engines, cpu, other))})"
            what = f"{size:,} paragraphs: {NAMES[key]}, of {other}'s"
            yield f"| {what} | ≤ {_share(goal)} | {shown} | {_reached(ratio <= goal)} |"
    for size, key, most in LIMITS:
        value = results["figures"].get(str(size), {}).get(OURS, {}).get(key)
        if value is not None:
            yield f"| {size:,} paragraphs: {NAMES[key]} | ≤ {most:,} | {value:,} | {_reached(value <= most)} |"
    if "starting" in results:
        ours, script = results["starting"]["ask_cpu_s"], results["starting"]["script_cpu_s"]
        measured = f"{ours:.2f} s / {script:.2f} s = {ours / script:.2f}"
        what = "`ask` on the seed document, process start included, of a script's that only imports and cuts once"
        yield f"| {what} | ≤ 1 | {measured} | {_reached(ours <= script)} |"
    if len(points := _series(results["figures"]).get(OURS, [])) > 1:
        power = _exponent(points)
        yield f"| growth of p50 with paragraphs | ≤ linear | to the power of {power:.2f} | {_reached(power <= 1)} |"


def _ratio(engines: Mapping[str, Mapping[str, float]], key: str, other: str) -> float:
    return engines[OURS][key] / (engines[other][key] or math.inf)


def _share(ratio: float) -> str:
    return f"{ratio:.2f}" if ratio >= 0.03 else f"1/{1 / ratio:,.0f}" if ratio > 0 else "0"


def _reached(reached: bool) -> str:
    return "reached" if reached else "**not reached**"


def tables(figures: Figures) -> list[str]:
    """Return a table for each size."""
    lines = []
    for size, engines in sorted(figures.items(), key=lambda item: int(item[0])):
        lines += ["", f"**{int(size):,} paragraphs**", ""]
        lines.append("| engine | " + " | ".join(NAMES[key] for key in COLUMNS) + " |")
        lines.append("|---|" + "---:|" * len(COLUMNS))
        for engine, one in engines.items():
            lines.append(f"| {engine} | " + " | ".join(str(one.get(key, "")) for key in COLUMNS) + " |")
    return lines


def exponents(figures: Figures) -> str:
    """Return how each engine's p50 grows."""
    grown = {engine: _exponent(points) for engine, points in _series(figures).items() if len(points) > 1}
    return "\n".join(["p50 grows with paragraphs to the power of:", *(f"- {one}: {grown[one]:.2f}" for one in grown)])


def _exponent(points: list[tuple[int, float]]) -> float:
    """Return the slope of a line through the logarithms, by least squares."""
    xs, ys = [math.log(size) for size, _ in points], [math.log(value) for _, value in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)


def drawn(figures: Figures) -> str:
    """Draw p50 against paragraphs, both logarithmic."""
    body = "\n".join(_elements(_series(figures)))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" '
        f'font-size="12"><rect width="{WIDTH}" height="{HEIGHT}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _series(figures: Figures) -> dict[str, list[tuple[int, float]]]:
    series: dict[str, list[tuple[int, float]]] = {}
    large = {size: engines for size, engines in figures.items() if int(size) >= SMALLEST}
    for size, engines in sorted(large.items(), key=lambda item: int(item[0])):
        for engine, one in engines.items():
            series.setdefault(engine, []).append((int(size), one["p50_ms"]))
    return series


def _elements(series: dict[str, list[tuple[int, float]]]) -> Iterator[str]:
    sizes = sorted({size for points in series.values() for size, _ in points})
    values = [value for points in series.values() for _, value in points]
    low, high = math.floor(math.log10(min(values))), math.ceil(math.log10(max(values)))
    first, span = math.log10(sizes[0]), math.log10(sizes[-1] / sizes[0]) or 1

    def x(size: float) -> float:
        return LEFT + (math.log10(size) - first) / span * (WIDTH - LEFT - RIGHT)

    def y(value: float) -> float:
        return HEIGHT - BOTTOM - (math.log10(value) - low) / (high - low) * (HEIGHT - TOP - BOTTOM)

    yield f'<text x="{LEFT}" y="20" font-weight="700">Median time of a question, exact top 10, in milliseconds</text>'
    for power in range(low, high + 1):
        at = y(10**power)
        yield f'<line x1="{LEFT}" y1="{at:.1f}" x2="{WIDTH - RIGHT}" y2="{at:.1f}" stroke="#e3e6ea"/>'
        yield f'<text x="{LEFT - 8}" y="{at + 4:.1f}" text-anchor="end" fill="#5a646e">{10**power:g}</text>'
    for size in sizes:
        yield f'<text x="{x(size):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle" fill="#5a646e">{size:,}</text>'
    middle = (LEFT + WIDTH - RIGHT) / 2
    yield f'<text x="{middle}" y="{HEIGHT - 8}" text-anchor="middle" fill="#5a646e">paragraphs</text>'
    taken: list[float] = []
    for engine, points in sorted(series.items(), key=lambda item: item[1][-1][1]):
        colour = COLOURS.get(engine, "#333333")
        path = " ".join(f"{x(size):.1f},{y(value):.1f}" for size, value in points)
        yield f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2.5"/>'
        for size, value in points:
            yield f'<circle cx="{x(size):.1f}" cy="{y(value):.1f}" r="3.5" fill="{colour}"/>'
        # Names never cover one another: each stands at least a line above the last.
        at = min([y(points[-1][1]) + 4, *(other - 15 for other in taken[-1:])])
        taken.append(at)
        yield f'<text x="{WIDTH - RIGHT + 10}" y="{at:.1f}" fill="{colour}" font-weight="700">{engine}</text>'
