"""What the documentation shows is what the program does."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parent.parent


def test_the_picture_is_of_a_conversation_as_it_goes_today(tmp_path: Path) -> None:
    drawn = tmp_path / "conversation.svg"
    subprocess.run([sys.executable, ROOT / "docs" / "picture.py", drawn], check=True)  # noqa: S603
    assert drawn.read_text(encoding="utf-8") == (ROOT / "docs" / "conversation.svg").read_text(encoding="utf-8")
