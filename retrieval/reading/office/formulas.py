"""Formulas of Word on one line: 1/3, 10⁵, √(x+1) (Office MathML, and the EQ fields of older files)."""

from __future__ import annotations

import re
from typing import Any

from retrieval.reading.scripts import lowered, raised

_SIMPLE = re.compile(r"[\w.,%²³⁰-⁹₀-₉]*$")
_FRACTION = re.compile(r"\d{1,9}/\d")
_DEEPEST = 50
_EQUATION = re.compile(r"\\(f|r|s|o|i|x|b|l)((?:\\\w{2}\d*(?:\([^()]*\))?)*)\s*\(([^()]*)\)", re.IGNORECASE)
_CIRCLES = frozenset("○□△◇〇")
_MOST_STEPS = 50


def formula_text(element: Any, depth: int = 0) -> str:
    """The text of a formula, or of a part of one."""
    kind = str(element.tag).rpartition("}")[2]
    if kind == "t" or kind.endswith("Pr") or depth > _DEEPEST:
        return (element.text or "") if kind == "t" else ""

    def part(name: str) -> str:
        child = element.find(f"{{*}}{name}")
        return "" if child is None else formula_text(child, depth + 1)

    match kind:
        case "f":
            return f"{_grouped(part('num'))}/{_grouped(part('den'))}"
        case "sSup" | "sSub" | "sSubSup":
            return part("e") + lowered(part("sub")) + raised(part("sup"))
        case "nary":
            return _property(element, "chr", "∫") + lowered(part("sub")) + raised(part("sup")) + part("e")
        case "rad":
            return f"{raised(part('deg'))}√{_grouped(part('e'))}"
    pieces: list[str] = []
    for child in element:
        pieces.append(beside("".join(pieces[-1:]), formula_text(child, depth + 1)))
    return "".join(pieces) if kind != "d" else _delimited(element, pieces)


def beside(before: str, formula: str) -> str:
    """Return the formula, set off from a number right before it: 2 and 1/2 are 2 1/2, not 21/2."""
    return f" {formula}" if before[-1:].isdigit() and _FRACTION.match(formula) else formula


def _delimited(element: Any, pieces: list[str]) -> str:
    inner = ",".join(filter(None, pieces))
    return _property(element, "begChr", "(") + inner + _property(element, "endChr", ")")


def field_text(instruction: str) -> str:
    r"""What the instruction of an EQ field shows; nothing for other fields, which hold what they show.

    >>> field_text(r" EQ \f(1,3) "), field_text(r"eq \o\ac(○,2)")
    ('1/3', '②')
    """
    written = instruction.strip()
    if not re.match(r"eq\b", written, re.IGNORECASE):
        return ""
    written = written[2:].strip().replace("\\,", "\x00").replace("\\ (", "(")
    for _ in range(_MOST_STEPS):
        replaced = _EQUATION.sub(_equation, written, count=1)
        if replaced == written:
            break
        written = replaced
    return written.replace("\x01", "(").replace("\x02", ")").replace("\x00", ",").strip()


def _equation(match: re.Match[str]) -> str:
    kind, options, inner = match[1].lower(), match[2].lower(), match[3]
    parts = [part.strip() for part in re.split("[,;，]", inner)]
    shown = inner
    if kind == "f" and len(parts) == 2:
        shown = f"{_grouped(parts[0])}/{_grouped(parts[1])}"
    elif kind == "r":
        shown = f"{raised(parts[0]) if len(parts) > 1 else ''}√{_grouped(parts[-1])}"
    elif kind == "s":
        shown = lowered(inner) if "\\do" in options else raised(inner) if "\\up" in options else inner
    elif kind == "o":
        circled = [part for part in parts if part not in _CIRCLES]
        shown = _circled(circled[0]) if len(circled) == 1 else "".join(circled)
    elif kind == "b":
        shown = f"({inner})"
    elif kind == "i":
        shown = "∫" + "".join(parts)
    return shown.replace("(", "\x01").replace(")", "\x02")


def _circled(text: str) -> str:
    return chr(ord("①") + int(text) - 1) if text.isdecimal() and 1 <= int(text) <= 20 else text


def _grouped(text: str) -> str:
    """The text in brackets, where it would be read otherwise."""
    return (
        text
        if _SIMPLE.match(text) or (text.startswith(("(", "\x01")) and text.endswith((")", "\x02")))
        else f"({text})"
    )


def _property(element: Any, name: str, default: str) -> str:
    found = element.find(f"{{*}}{str(element.tag).rpartition('}')[2]}Pr/{{*}}{name}")
    if found is None:
        return default
    return next((value for key, value in found.attrib.items() if key.endswith("}val")), default)
