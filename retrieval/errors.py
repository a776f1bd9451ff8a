"""What can go wrong in retrieval: one root, each error with its facts as attributes.

The message of each says what is wrong, where, and what to do; it is meant to be shown to an operator as it is.
"""

from __future__ import annotations

from pathlib import Path


class YuanjuError(Exception):
    """The root of all errors that Yuanju raises on purpose."""

    passing: bool = False
    """Whether it may be over by itself, as where a server is only being started."""


class UnreadableDocument(YuanjuError):  # noqa: N818 - named for what it is about; the suffix would add nothing
    """A document that could not be read; the others can.

    ``path`` is relative to the documents folder, ``reason`` a clause without a full stop.
    """

    def __init__(self, path: str, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"{path}: {reason}")


class ReaderError(YuanjuError):
    """The process that reads documents could not be had. ``reason`` is a clause without a full stop."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(f"The process that reads documents {reason}")


class DocumentsFolderError(YuanjuError):
    """The documents folder is missing, is not a folder, may not be listed, or holds nothing to read."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"Documents folder {folder}: {reason}")


class IndexFolderError(YuanjuError):
    """The index folder cannot be written, or holds no index that can be opened."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"Index folder {folder}: {reason}")


class ForeignIndexError(IndexFolderError):
    """An index that another version, or this one with other settings, has made: whole, but of no use here.

    Nothing is lost: it is made anew from the documents. ``newer`` tells that a newer version has made it.
    """

    def __init__(self, folder: Path, *, format_found: int = 0, format_known: int = 0) -> None:
        self.newer = format_found > format_known
        if self.newer:
            version = f"a newer Yuanju (format {format_found}; this one knows {format_known})"
            reason = f"was made by {version}; it is made anew from the documents, so nothing is lost"
        else:
            reason = "was made by another version" if format_found else "was made with other settings"
        super().__init__(folder, reason)


class DamagedIndexError(YuanjuError):
    """Postings that are not as they were written, which only a question has brought to light."""

    def __init__(self) -> None:
        super().__init__("The index is damaged: `yuanju check` says where it is; delete that folder, it is made again.")


class AnswerTimeoutError(YuanjuError):
    """A question took longer than an answer may; what it was is not repeated."""

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        super().__init__(f"A question was given up after {seconds:g} seconds")


class QuestionSetError(YuanjuError):
    """A file of questions for ``evaluate`` that cannot be used. ``reason`` is a clause without a full stop."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"Question set {path}: {reason}")


class SynonymsError(YuanjuError):
    """The table of synonyms in the documents folder cannot be read. ``reason`` is a clause without a full stop."""

    def __init__(self, path: Path, reason: str) -> None:
        self.path = path
        self.reason = reason
        super().__init__(f"Synonyms {path}: {reason}; save it as UTF-8 text, a group of words a line")


class MeaningError(YuanjuError):
    """The encoder of meanings in a folder cannot be used. ``reason`` is a clause without a full stop."""

    def __init__(self, folder: Path, reason: str) -> None:
        self.folder = folder
        self.reason = reason
        super().__init__(f"Meaning {folder}: {reason}")


class MeaningTimeoutError(YuanjuError):
    """Meanings could not be compared in time."""

    def __init__(self) -> None:
        super().__init__("Meanings took too long to compare")


class EngineError(YuanjuError):
    """The search engine that is asked over the network cannot do what it is asked to.

    ``place`` is its address, without credentials; ``reason`` a clause without a full stop that says what to do.
    """

    def __init__(self, place: str, reason: str, *, passing: bool = False) -> None:
        self.place = place
        self.reason = reason
        self.passing = passing
        super().__init__(f"Search engine {place}: {reason}")


class OvertakenError(EngineError):
    """Another process has changed the collection since this one looked at it: look again."""
