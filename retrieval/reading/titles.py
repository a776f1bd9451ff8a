"""Titles that tell documents apart: one that every other document has gets the name of the file or folder beside it."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from retrieval.simplified import in_both_scripts

_GENERIC = re.compile(
    in_both_scripts(
        r"概述|概览|总览|综述|简介|介绍|关于(?:我们|本站|本书)?|常见问题(?:解答|与解答|汇总)?|问答|首页|主页|欢迎|说明|使用说明|前言|引言|序言?|目录|总则|"
        r"正文|附录|附件|无标题|未命名|新建文档|"
        r"readme|index|faqs?|q&a|about(?: us)?|overview|introduction|intro|home(?: page)?|welcome|summary|untitled|"
        r"main|document|default|page|sheet ?\d+|\d+"
    ),
    re.IGNORECASE,
)


def telling_title(title: str, path: PurePosixPath) -> str:
    """Return a title with the name of its file, else of the nearest folder that has one, where it is generic.

    >>> telling_title("概述", PurePosixPath("docs/备份/index.md"))
    '备份 · 概述'
    >>> telling_title("报销制度", PurePosixPath("docs/备份/index.md"))
    '报销制度'
    """
    if not _GENERIC.fullmatch(title.strip()):
        return title
    names = (path.stem, *(folder.name for folder in path.parents))
    name = next((name for name in names if name and not _GENERIC.fullmatch(name)), None)
    return f"{name} · {title}" if name else title
