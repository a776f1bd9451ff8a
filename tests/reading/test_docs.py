from __future__ import annotations

from dataclasses import fields
from pathlib import Path

from retrieval.reading import Declaration, Limits
from retrieval.reading.formats import FORMATS

DOCS = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")


def test_each_suffix_is_documented() -> None:
    suffixes = [suffix for format_ in FORMATS for suffix in format_.suffixes]
    assert [suffix for suffix in (*suffixes, ".zip") if f"`{suffix}`" not in DOCS] == []


def test_each_limit_is_documented_with_its_default() -> None:
    limits = {field.name: getattr(Limits(), field.name) for field in fields(Limits)}
    rows = (
        f"| `{name}` | " + (f"{value // 1024**2:,} MiB" if name.endswith("_bytes") else f"{value:,}") + " |"
        for name, value in limits.items()
    )
    assert [row for row in rows if row not in DOCS] == []


def test_each_key_of_documents_toml_is_documented() -> None:
    assert [field.name for field in fields(Declaration) if f"\n{field.name} = " not in DOCS] == []
