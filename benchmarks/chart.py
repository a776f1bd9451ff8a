"""The figures of ``engines.py`` as a table in Markdown and as a plot in SVG."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

COLUMNS = (
    ("build_cpu_s", "build CPU s"),
    ("build_peak_mb", "its peak MB"),
    ("disk_mb", "disk MB"),
    ("cold_cpu_s", "cold answer CPU s"),
    ("private_mb", "private MB"),
    ("p50_ms", "p50 ms"),
    ("p99_ms", "p99 ms"),
    ("p50_cpu_ms", "p50 CPU ms"),
    ("p99_cpu_ms", "p99 CPU ms"),
    ("questions", "questions"),
    ("agreement", "top 10 agree"),
)
COLOURS = {
    "rank-bm25": "#8a8f98", "plain postings": "#b9a06c", "SQLite FTS5": "#5b8db8", "bm25s NumPy": "#9b7bb8",
    "bm25s numba": "#c0608a", "tantivy": "#d08a3c", "Yuanju": "#1f7a3d",
}  # fmt: skip
WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 400, 64, 150, 34, 48

SMALLEST = 10_000
"""Paragraphs from which on a collection counts for the plot and the fit."""

Figures = dict[str, dict[str, dict[str, Any]]]


def tables(figures: Figures) -> str:
    """Give a table for each size."""
    lines = []
    for size, engines in sorted(figures.items(), key=lambda item: int(item[0])):
        lines += [
            "",
            f"**{int(size):,} paragraphs**",
            "",
            "| engine | " + " | ".join(name for _, name in COLUMNS) + " |",
        ]
        lines.append("|---|" + "---:|" * len(COLUMNS))
        for engine, one in engines.items():
            lines.append(f"| {engine} | " + " | ".join(str(one.get(key, "")) for key, _ in COLUMNS) + " |")
    return "\n".join([*lines, "", exponents(figures)])


def exponents(figures: Figures) -> str:
    """Say how each engine's p50 grows: the slope of a line through the logarithms, least squares."""
    lines = ["p50 grows with paragraphs to the power of:"]
    for engine, points in _series(figures).items():
        if len(points) > 1:
            xs, ys = [math.log(size) for size, _ in points], [math.log(value) for _, value in points]
            x, y = sum(xs) / len(xs), sum(ys) / len(ys)
            slope = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)) / sum((a - x) ** 2 for a in xs)
            lines.append(f"- {engine}: {slope:.2f}")
    return "\n".join(lines)


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
