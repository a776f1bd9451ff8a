"""What a button asks for when it is pressed, and what is kept until then: declared types, checked in both directions.

An action packs into the data that a button sends and refuses, when it is made, what does not fit there; ``unpacked``
returns ``None`` for data that is none of ours, since a client may send any. ``Kept`` is what an action's key leads to.
"""

from __future__ import annotations

import json
import re
from dataclasses import asdict, dataclass, fields
from functools import cache
from typing import TYPE_CHECKING, Annotated, ClassVar, Literal, get_args

from bot.language import Language

if TYPE_CHECKING:
    from pydantic import TypeAdapter

DATA_BYTES = 64
"""Telegram takes no more of a button."""

_KEY = re.compile(r"[\w-]{1,32}", re.ASCII)
_NUMBER = re.compile(r"\d{1,6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class KeptAnswer:
    """An answer that was given: whose it is, the question as it was ``asked`` and as it was understood.

    One that is ``literal`` was looked for as it was typed.
    """

    chat_id: int
    person_id: int
    language: Language
    question: str
    asked: str
    answer_id: int
    literal: bool = False
    kind: Literal["answer"] = "answer"


@dataclass(frozen=True, slots=True)
class KeptQuestions:
    """Questions that can be chosen, to be looked for as they are typed where that is ``literal``."""

    chat_id: int
    questions: tuple[str, ...]
    literal: bool = False
    kind: Literal["questions"] = "questions"


@dataclass(frozen=True, slots=True)
class KeptPerson:
    """Somebody who may have everything about themselves deleted."""

    chat_id: int
    person_id: int
    kind: Literal["person"] = "person"


@dataclass(frozen=True, slots=True)
class KeptList:
    """A list that an operator turns the pages of, or has as a file."""

    chat_id: int
    kind: Literal["list"] = "list"


@dataclass(frozen=True, slots=True)
class KeptUpload:
    """A file that waits, under the name ``stored``, to be put at ``path`` among the documents, or not."""

    chat_id: int
    path: str
    stored: str
    kind: Literal["upload"] = "upload"


@dataclass(frozen=True, slots=True)
class KeptRemoval:
    """A file that was at ``path`` and is kept under the name ``stored``; perhaps another has taken its place.

    That one is told by ``modified``, when it was written (nanoseconds since 1970); 0 where there is none.
    """

    chat_id: int
    path: str
    stored: str
    modified: int = 0
    kind: Literal["removal"] = "removal"


Kept = KeptAnswer | KeptQuestions | KeptPerson | KeptList | KeptUpload | KeptRemoval


@cache
def _adapter() -> TypeAdapter[Kept]:
    """Return what reads the kept; it is built when first needed: an answer in the terminal keeps nothing."""
    from pydantic import Field, TypeAdapter

    return TypeAdapter(Annotated[Kept, Field(discriminator="kind")])


def dumped(kept: Kept) -> str:
    """Return what is kept as JSON; halves of characters, which it cannot hold, are replaced."""
    return json.dumps(asdict(kept), ensure_ascii=False).encode("utf-8", "replace").decode()


def loaded(text: str) -> Kept | None:
    """Return what was kept as JSON; ``None`` where another version of the bot has written something else."""
    from pydantic import ValidationError

    try:
        return _adapter().validate_json(text)
    except ValidationError:
        return None


@dataclass(frozen=True, slots=True)
class _Action:
    """``key`` leads to what is kept, which is a ``needs``; further fields are numbers from 0 to 999,999.

    ``operators`` only, or only the person whom the message answers (``own``), may press some; others count as questions
    (``asks``). One without further fields is a dataclass by this one, which takes less time to load.
    """

    key: str

    code: ClassVar[str]
    needs: ClassVar[type[Kept]]
    operators: ClassVar[bool] = False
    own: ClassVar[bool] = False
    asks: ClassVar[bool] = False

    def __post_init__(self) -> None:
        if not _KEY.fullmatch(self.key) or not all(0 <= number < 10**6 for number in self._numbers):
            raise ValueError(f"{self} cannot be packed")
        if len(self.packed.encode()) > DATA_BYTES:
            raise ValueError(f"{self} has more than {DATA_BYTES} bytes")

    @property
    def packed(self) -> str:
        """The data that a button sends."""
        return ":".join((self.code, self.key, *map(str, self._numbers)))

    @property
    def _numbers(self) -> list[int]:
        return [getattr(self, field.name) for field in fields(self)[1:]]


@dataclass(frozen=True, slots=True)
class ShowPage(_Action):
    """Turn to a page of an answer."""

    page: int
    code, needs, asks = "p", KeptAnswer, True


@dataclass(frozen=True, slots=True)
class ShowContext(_Action):
    """Show the paragraphs of a page, on as many screens as it takes."""

    page: int
    screen: int
    code, needs, asks = "c", KeptAnswer, True


class VoteUp(_Action):
    """Vote for an answer, or take that back."""

    code, needs = "u", KeptAnswer


class VoteDown(_Action):
    """Vote against an answer, or take that back."""

    code, needs = "d", KeptAnswer


class Explain(_Action):
    """Say why an answer was chosen."""

    code, needs, operators = "w", KeptAnswer, True


class ExplainDetails(_Action):
    """Show the numbers by which an answer was chosen."""

    code, needs, operators = "v", KeptQuestions, True


class AskAlone(_Action):
    """Ask the question again, not as a follow-up."""

    code, needs, own, asks = "n", KeptAnswer, True, True


class AskLiterally(_Action):
    """Ask the question again as it was typed, without correcting it."""

    code, needs, asks = "l", KeptAnswer, True


class Relate(_Action):
    """Offer questions that go on from an answer."""

    code, needs, asks = "r", KeptAnswer, True


@dataclass(frozen=True, slots=True)
class Ask(_Action):
    """Ask one of the questions that were offered."""

    choice: int
    code, needs, asks = "a", KeptQuestions, True


class Forget(_Action):
    """Delete everything that is kept about a person."""

    code, needs, own = "F", KeptPerson, True


class Cancel(_Action):
    """Delete nothing."""

    code, needs, own = "X", KeptPerson, True


@dataclass(frozen=True, slots=True)
class ShowSources(_Action):
    """Turn to a page of the list of documents."""

    page: int
    code, needs, operators = "S", KeptList, True


class ExportUnanswered(_Action):
    """Send the questions without an answer as a file."""

    code, needs, operators = "E", KeptList, True


class AcceptUpload(_Action):
    """Put a file among the documents."""

    code, needs, operators = "U", KeptUpload, True


class DiscardUpload(_Action):
    """Leave a file out."""

    code, needs, operators = "D", KeptUpload, True


class Restore(_Action):
    """Bring a document back that was removed."""

    code, needs, operators = "R", KeptRemoval, True


Action = (
    ShowPage
    | ShowContext
    | VoteUp
    | VoteDown
    | Explain
    | ExplainDetails
    | AskAlone
    | AskLiterally
    | Relate
    | Ask
    | Forget
    | Cancel
    | ShowSources
    | ExportUnanswered
    | AcceptUpload
    | DiscardUpload
    | Restore
)

_BY_CODE: dict[str, type[Action]] = {action.code: action for action in get_args(Action)}


def unpacked(data: str | None) -> Action | None:
    """Return the action that a button sends; ``None`` for what is none of ours."""
    code, *values = (data or "").split(":")
    action = _BY_CODE.get(code)
    if action is None or len(values) != len(fields(action)):
        return None
    key, *numbers = values
    if not _KEY.fullmatch(key) or not all(map(_NUMBER.fullmatch, numbers)):
        return None
    return action(key, *map(int, numbers))
