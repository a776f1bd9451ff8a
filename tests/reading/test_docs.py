from __future__ import annotations

from dataclasses import fields
from pathlib import Path

import pytest

from retrieval.reading import Declaration, Limits
from retrieval.reading.formats import FORMATS

DOCS = (Path(__file__).parents[2] / "docs" / "reading.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("suffix", [suffix for format_ in FORMATS for suffix in format_.suffixes] + [".zip"])
def test_each_suffix_is_documented(suffix: str) -> None:
    assert f"`{suffix}`" in DOCS


@pytest.mark.parametrize("name", [field.name for field in fields(Limits)])
def test_each_limit_is_documented_with_its_default(name: str) -> None:
    value = getattr(Limits(), name)
    shown = f"{value // 1024**2:,} MiB" if name.endswith("_bytes") else f"{value:,}"
    assert f"| `{name}` | {shown} |" in DOCS


@pytest.mark.parametrize("key", [field.name for field in fields(Declaration)])
def test_each_key_of_documents_toml_is_documented(key: str) -> None:
    assert f"\n{key} = " in DOCS
