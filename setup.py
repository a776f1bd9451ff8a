"""The build's only code: the sample is packed, and what the index page of a release links to is where it comes from.

``PROJECT_URL=https://forge.example/owner/yuanju python -m build`` makes every link of README.md absolute and fills in
the project's URLs; without it nothing is claimed. All else is in pyproject.toml.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

ROOT = Path(__file__).parent


class BuildWithSample(build_py):
    """Packs the document of ``seeds`` for ``yuanju sample``, where that has more than the package."""

    def run(self) -> None:
        """Build, and add the document."""
        super().run()
        if not self.editable_mode:
            for document in (ROOT / "seeds").glob("*.txt"):
                self.copy_file(str(document), str(Path(self.build_lib, "bot", "sample", document.name)))


url = os.environ.get("PROJECT_URL", "").rstrip("/")
readme = (ROOT / "README.md").read_text(encoding="utf-8")
if url:
    readme = re.sub(r"(!\[[^\]]*\]\()(?!https?:|#)", rf"\1{url}/raw/HEAD/", readme)
    readme = re.sub(r"(?<!!)(\[[^\]]*\]\()(?!https?:|#)", rf"\1{url}/blob/HEAD/", readme)
pages = {"Documentation": "blob/HEAD/docs/README.md", "Changelog": "blob/HEAD/CHANGELOG.md", "Issues": "issues"}
setup(
    cmdclass={"build_py": BuildWithSample},
    long_description=readme,
    long_description_content_type="text/markdown",
    project_urls={"Homepage": url, **{name: f"{url}/{path}" for name, path in pages.items()}} if url else {},
)
