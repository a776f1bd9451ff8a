"""The build's only code: what the index page of a release links to is where the release comes from.

``PROJECT_URL=https://forge.example/owner/yuanju python -m build`` makes every link of README.md absolute and fills in
the project's URLs; without it nothing is claimed. All else is in pyproject.toml.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

from setuptools import setup

url = os.environ.get("PROJECT_URL", "").rstrip("/")
readme = Path(__file__).with_name("README.md").read_text(encoding="utf-8")
if url:
    readme = re.sub(r"(!\[[^\]]*\]\()(?!https?:|#)", rf"\1{url}/raw/HEAD/", readme)
    readme = re.sub(r"(?<!!)(\[[^\]]*\]\()(?!https?:|#)", rf"\1{url}/blob/HEAD/", readme)
pages = {"Documentation": "blob/HEAD/docs/README.md", "Changelog": "blob/HEAD/CHANGELOG.md", "Issues": "issues"}
setup(
    long_description=readme,
    long_description_content_type="text/markdown",
    project_urls={"Homepage": url, **{name: f"{url}/{path}" for name, path in pages.items()}} if url else {},
)
