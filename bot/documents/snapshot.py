"""One state of the documents, with all that answers from it."""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Sequence
from functools import cached_property
from pathlib import Path

from bot.access import Audience
from retrieval.answering import Answerer
from retrieval.engines.protocol import Engine
from retrieval.index.notes import Notes, format_notes
from retrieval.language import Tokenizer
from retrieval.language.synonyms import default
from retrieval.library import FileReport, held, lexicon_of


class Snapshot:
    """An index that is open, and the dictionary, stop words and synonyms that belong to it.

    It never changes: a question that keeps to one snapshot is answered from one state of everything. ``version`` tells
    snapshots apart, ``suggested`` are the questions that were found for an audience.
    """

    def __init__(
        self,
        engine: Engine,
        tokenizer: Tokenizer,
        manifest: Notes,
        answerer: Callable[..., Answerer],
    ) -> None:
        self._manifest = manifest
        lexicon = lexicon_of(manifest)
        tokenizer.adopt(lexicon.words, lexicon.stop)
        self.version = hashlib.blake2b(format_notes(manifest.all).encode(), digest_size=6).hexdigest()
        self.tokenizer = tokenizer
        synonyms = default().overruled(lexicon.synonyms)
        self.answerer = answerer(engine, tokenizer, synonyms=synonyms, unchanging=True)
        self.suggested: dict[Audience, tuple[str, ...]] = {}

    @cached_property
    def files(self) -> Sequence[FileReport]:
        """The files in it; of a hundred thousand, they take longer to be read than to be opened."""
        return held(self._manifest)


async def opened(
    engine: Callable[[Tokenizer], Engine],
    cache_folder: Path,
    answerer: Callable[..., Answerer],
) -> Snapshot | None:
    """Open the newest state of the documents; ``None`` where there is no index that can be used.

    ``engine`` opens the newest index there is for a tokenizer; ``cache_folder`` is the tokenizer's; ``answerer`` makes
    one of an engine, a tokenizer and synonyms.
    """
    while True:
        tokenizer = Tokenizer(cache_folder)
        engine_now = await asyncio.to_thread(engine, tokenizer)
        try:
            manifest = await engine_now.manifest()
        except FileNotFoundError:  # a newer index has taken the place of this one meanwhile
            continue
        if manifest is None:
            return None
        return await asyncio.to_thread(Snapshot, engine_now, tokenizer, manifest, answerer)
