"""Symbol fonts: what their letters look like, as characters."""

from __future__ import annotations

_WINGDINGS = {
    0x28: "☎", 0x2A: "✉", 0x31: "🖹", 0x36: "⌛", 0x41: "✌", 0x4A: "☺", 0x4C: "☹", 0x6C: "●", 0x6D: "○", 0x6E: "■",
    0x6F: "□", 0x70: "□", 0x71: "□", 0x72: "□", 0x73: "◆", 0x74: "◆", 0x75: "◆", 0x76: "❖", 0x77: "◆", 0x9E: "·",
    0x9F: "•", 0xA0: "▪", 0xA1: "○", 0xA4: "◉", 0xA7: "▪", 0xA8: "□", 0xAB: "★", 0xD8: "➢", 0xDC: "➲", 0xDF: "←",
    0xE0: "→", 0xE1: "↑", 0xE2: "↓", 0xE8: "➔", 0xEF: "⇦", 0xF0: "⇨", 0xF1: "⇧", 0xF2: "⇩", 0xFB: "✗", 0xFC: "✓",
    0xFD: "☒", 0xFE: "☑",
    **{0x81 + number: character for number, character in enumerate("①②③④⑤⑥⑦⑧⑨⑩")},
    **{0x8C + number: character for number, character in enumerate("❶❷❸❹❺❻❼❽❾❿")},
}  # fmt: skip
_WINGDINGS_2 = {
    0x4F: "✗", 0x50: "✓", 0x51: "☒", 0x52: "☑", 0x53: "☒", 0x54: "☒", 0x55: "⊗", 0x56: "⊗", 0x97: "●", 0x98: "●",
    0x99: "○", 0x9A: "○", 0xA2: "■", 0xA3: "□", 0xA4: "□", 0xA5: "□",
    **{0x69 + number: character for number, character in enumerate("⓪①②③④⑤⑥⑦⑧⑨⑩")},
    **{0x74 + number: character for number, character in enumerate("⓿❶❷❸❹❺❻❼❽❾❿")},
}  # fmt: skip
_WEBDINGS = {0x61: "✓", 0x72: "✗", 0x63: "□", 0x67: "■", 0x6E: "●", 0xC9: "☎"}
_SYMBOL = {
    0x61: "α", 0x62: "β", 0x67: "γ", 0x64: "δ", 0x65: "ε", 0x71: "θ", 0x6C: "λ", 0x6D: "μ", 0x70: "π", 0x72: "ρ",
    0x73: "σ", 0x74: "τ", 0x66: "φ", 0x77: "ω", 0x44: "Δ", 0x53: "Σ", 0x46: "Φ", 0x57: "Ω", 0xA3: "≤", 0xA5: "∞",
    0xAE: "→", 0xAC: "←", 0xAD: "↑", 0xAF: "↓", 0xB0: "°", 0xB1: "±", 0xB3: "≥", 0xB4: "×", 0xB7: "•", 0xB8: "÷",
    0xB9: "≠", 0xBB: "≈", 0xD6: "√", 0xE5: "∑", 0xF0: "",
}  # fmt: skip
_FONTS = {"wingdings": _WINGDINGS, "wingdings 2": _WINGDINGS_2, "webdings": _WEBDINGS, "symbol": _SYMBOL}
_PRIVATE = 0xF000


def is_symbol_font(font: str) -> bool:
    """Whether a font shows symbols in place of letters."""
    return font.lower() in _FONTS


def symbols(text: str, font: str) -> str:
    r"""The text as a symbol font shows it; letters of the private area that it does not have are left out.

    >>> symbols("R", "Wingdings 2"), symbols("\uf0a3", "Wingdings 2")
    ('☑', '□')
    """
    characters = _FONTS.get(font.lower(), {})
    return "".join(_symbol(letter, characters) for letter in text)


def _symbol(letter: str, characters: dict[int, str]) -> str:
    code = ord(letter)
    private = _PRIVATE <= code < _PRIVATE + 0x100
    if private:
        code -= _PRIVATE
    return characters.get(code, "" if private else letter)
