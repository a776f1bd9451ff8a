"""The registry of formats: which suffix is which format, which module reads it, and what to do about the others.

Reading modules are named here and imported when the first file of their format is read, so that listing a folder
costs no import.
"""

from __future__ import annotations

from dataclasses import dataclass

from retrieval.reading.images import recognition


@dataclass(frozen=True, slots=True)
class Format:
    """A format that can be read: its name, the module of this package that reads it, and its suffixes."""

    name: str
    module: str
    suffixes: tuple[str, ...]


FORMATS: tuple[Format, ...] = (
    Format("text", "text.plain", (".txt", ".text")),
    Format("markdown", "text.markdown", (".md", ".markdown", ".mkd", ".mdown", ".mdx")),
    Format("html", "web.page", (".html", ".htm", ".xhtml", ".shtml")),
    Format("pdf", "pdf.pages", (".pdf",)),
    Format("docx", "office.word", (".docx", ".docm", ".dotx")),
    Format("pptx", "office.slides", (".pptx", ".pptm", ".ppsx")),
    Format("xlsx", "office.sheets", (".xlsx", ".xlsm")),
    Format("csv", "text.delimited", (".csv", ".tsv")),
    Format("epub", "archives.epub", (".epub",)),
    Format("picture", "images.photo", (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")),
)

ARCHIVE_SUFFIX = ".zip"

_BY_SUFFIX = {suffix: format_ for format_ in FORMATS for suffix in format_.suffixes}


def format_of(suffix: str) -> Format | None:
    """The format of files with this suffix (``.TXT`` as well as ``.txt``), if it can be read."""
    return _BY_SUFFIX.get(suffix.lower())


def is_readable(suffix: str) -> bool:
    """Whether files with this suffix can be read here, as a document or as an archive of documents."""
    format_ = format_of(suffix)
    if format_ is None:
        return suffix.lower() == ARCHIVE_SUFFIX
    return format_.name != "picture" or recognition.is_installed()


_AS = "save it as {}".format
_TO = "convert it to {}".format
_ADVICE = {
    **dict.fromkeys((".doc", ".dot", ".wps", ".rtf", ".odt", ".pages"), _AS(".docx")),
    **dict.fromkeys((".xls", ".xlsb", ".xlt", ".et", ".ods", ".numbers"), _AS(".xlsx")),
    **dict.fromkeys((".ppt", ".pps", ".dps", ".odp", ".key"), _AS(".pptx")),
    **dict.fromkeys((".mht", ".mhtml", ".webarchive"), "open it in a browser and save the page as .html or .pdf"),
    **dict.fromkeys((".php", ".asp", ".aspx", ".jsp"), "open the page in a browser and save it as .html"),
    **dict.fromkeys((".rar", ".7z", ".tar", ".gz", ".tgz", ".bz2", ".xz"), "pack what is in it as .zip"),
    **dict.fromkeys((".mobi", ".azw", ".azw3"), _TO(".epub")),
    **dict.fromkeys((".caj", ".djvu", ".xps", ".oxps"), _TO(".pdf")),
    **dict.fromkeys((".rst", ".adoc", ".tex", ".org", ".ipynb"), _TO(".md, for example with pandoc")),
    **dict.fromkeys((".json", ".jsonl", ".xml"), "save what people are to find as .csv, .md or .txt"),
    **dict.fromkeys((".srt", ".vtt", ".ass"), "save what is said as .txt, without the times"),
    **dict.fromkeys((".bmp", ".heic", ".gif"), _AS(".png or .jpg")),
    ".ofd": "open it in an OFD reader and save or print it as .pdf",
    ".chm": "save its pages as .html",
    **dict.fromkeys((".bak", ".old", ".orig"), "rename it without that ending if it is to be read"),
    ".log": "rename it to .txt",
}
_MISLEADING = frozenset({".doc", ".xls", ".ppt", ".wps", ".et", ".dps"})


def refusal(suffix: str) -> str | None:
    """Why files with this suffix, in small letters, are not read and what to do about it; ``None`` where they are."""
    if is_readable(suffix):
        return None
    if not suffix:
        return "has no suffix that says its format"
    advice = _ADVICE.get(suffix) or (recognition.advice() if format_of(suffix) else None)
    return f"{suffix} files are not read; {advice}" if advice else f"{suffix} files are not read"


def may_mislead(suffix: str) -> bool:
    """Whether programs give this suffix, of a format that is not read, also to files of one that is: HTML as .xls."""
    return suffix in _MISLEADING
