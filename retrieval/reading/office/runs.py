"""The characters of a Word paragraph, as the program shows them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import Any

from retrieval.reading.office.formulas import field_text, formula_text
from retrieval.reading.office.package import is_on
from retrieval.reading.office.symbols import is_symbol_font, symbols
from retrieval.reading.scripts import lowered, raised

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MATH = "{http://schemas.openxmlformats.org/officeDocument/2006/math}oMath"
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
TEXT_BOX = f"{W}txbxContent"
# What was deleted or moved away, what stands there twice, and what is set but not read.
UNREAD = frozenset((*(f"{W}{tag}" for tag in ("moveFrom", "pPr", "rPr", "rt", "sdtPr", "tblPr", "rubyPr")), FALLBACK))
DELETED = f"{W}del"
DELETIONS = "passages that tracked changes have deleted"
STRUCK = "passages that are struck out"
HIDDEN = "passages of hidden text"
_LONGEST_FIELD = 2_000
_CHARACTERS = {
    f"{W}tab": "\t", f"{W}noBreakHyphen": "-", f"{W}cr": "\v", f"{W}br": "\v", f"{W}ptab": "\t",
}  # fmt: skip


class Characters:
    """Reads the characters of paragraphs, and counts what it leaves out."""

    def __init__(self, run_properties: Callable[[str], Any], *, hidden: bool = False) -> None:
        """``run_properties`` returns the settings of a character style by its id, ``hidden`` says to read what is."""
        self.run_properties, self.hidden = run_properties, hidden
        self.left_out = Counter[str]()

    def of(self, paragraph: Any) -> str:
        """The characters of the paragraph; a line break within it is a vertical tab."""
        pieces: list[str] = []
        fields: list[list[str] | None] = []  # the instruction of each open field, None once it shows its result
        pending = [paragraph]
        while pending:
            element = pending.pop()
            tag = element.tag
            if tag == f"{W}r":
                self._run(element, pieces, pending, fields)
            elif tag == MATH:
                pieces.append(formula_text(element))
            elif tag == DELETED:
                self.left_out[DELETIONS] += 1
            elif tag not in UNREAD and tag != TEXT_BOX and not _is_placeholder(element):
                pending.extend(reversed(element))
        return "".join(pieces)

    def _run(self, run: Any, pieces: list[str], pending: list[Any], fields: list[list[str] | None]) -> None:
        """Adds the characters of a run; what stands in it that holds runs of its own is put off until after it."""
        settings = run.find(f"{W}rPr")
        reference = None if settings is None else settings.find(f"{W}rStyle")
        style = None if reference is None else self.run_properties(reference.get(f"{W}val") or "")

        def on(name: str) -> bool:
            own = settings is not None and settings.find(f"{W}{name}") is not None
            return is_on(settings if own else style, name)

        if on("vanish") and not self.hidden:
            self.left_out[HIDDEN] += any((child.text or "").strip() for child in run.iterfind(f"{W}t"))
            return
        text: list[str] = []
        inner: list[Any] = []
        for child in run:
            if child.tag == f"{W}t":
                text.append(child.text or "")
            elif child.tag == f"{W}sym":
                text.append(symbols(_character(child), child.get(f"{W}font") or ""))
            elif child.tag == f"{W}fldChar":
                text.append(_field(child, fields))
            elif child.tag == f"{W}instrText":
                if fields and fields[-1] is not None:
                    fields[-1].append(child.text or "")
            elif child.tag in _CHARACTERS:
                text.append(_CHARACTERS[child.tag])
            elif child.tag not in UNREAD and child.tag != TEXT_BOX and len(child):
                inner.append(child)
        pending.extend(reversed(inner))
        written = "".join(text)
        if written.strip() and (on("strike") or on("dstrike")):
            self.left_out[STRUCK] += 1
            return
        pieces.append(_set(written, settings, style))


def _set(text: str, settings: Any, style: Any) -> str:
    """The text in its font, and above or below the line."""
    if not text or (settings is None and style is None):
        return text
    font = _value(settings, "rFonts", "ascii")
    if is_symbol_font(font):
        text = symbols(text, font)
    match _value(settings, "vertAlign") or _value(style, "vertAlign"):
        case "superscript":
            return raised(text)
        case "subscript":
            return lowered(text)
    return text


def _field(mark: Any, fields: list[list[str] | None]) -> str:
    """What a mark of a field shows: the state of a form's box or list when it begins, an equation when it ends."""
    kind = mark.get(f"{W}fldCharType")
    if kind == "begin":
        fields.append([])
        return _form_field(mark.find(f"{W}ffData"))
    if kind in {"separate", "end"} and fields:
        instruction = fields[-1]
        if kind == "end":
            fields.pop()
        else:
            fields[-1] = None
        return field_text("".join(instruction)[:_LONGEST_FIELD]) if instruction else ""
    return ""


def _form_field(data: Any) -> str:
    if data is None:
        return ""
    box, choice = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        return "☑" if is_on(box, "checked" if box.find(f"{W}checked") is not None else "default") else "□"
    if choice is not None:
        entries = [entry.get(f"{W}val") or "" for entry in choice.iterfind(f"{W}listEntry")]
        chosen = _value(choice, "result") or _value(choice, "default") or "0"
        return entries[int(chosen)] if chosen.isdecimal() and int(chosen) < len(entries) else ""
    return ""


def _is_placeholder(element: Any) -> bool:
    """Whether a content control shows only what to fill in."""
    return element.tag == f"{W}sdt" and is_on(element.find(f"{W}sdtPr"), "showingPlcHdr")


def _character(symbol: Any) -> str:
    try:
        return chr(int(symbol.get(f"{W}char") or "", 16))
    except (ValueError, OverflowError):
        return ""


def _value(element: Any, name: str, attribute: str = "val") -> str:
    child = None if element is None else element.find(f"{W}{name}")
    return "" if child is None else child.get(f"{W}{attribute}") or ""
