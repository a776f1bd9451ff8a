"""The encoder: a text to the vector of its meaning, by a model of the BERT kind in a folder.

Three files: ``model.onnx``, ``tokenizer.json``, and ``encoder.json``, which says how the model is used:

    {"pooling": "first", "question_prefix": "", "text_prefix": "", "sha256": {"model.onnx": "…", "tokenizer.json": "…"}}

``pooling`` is ``first`` (the first position's vector) or ``mean``; all others may be left out. With ``sha256``, files
that are not the ones meant, such as another model's tokenizer, are refused.
"""

from __future__ import annotations

import hashlib
import json
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from retrieval import extras
from retrieval.errors import MeaningError

if TYPE_CHECKING:
    from onnxruntime import InferenceSession
    from tokenizers import Tokenizer

Vector = NDArray[np.float16]
TOKENS = 128
"""What of a longer text is left out: a sentence has 40 tokens, with title and heading 60."""

_MODEL, _TOKENIZER, _USE = "model.onnx", "tokenizer.json", "encoder.json"
_POOLINGS = ("first", "mean")
_PREFIXES = ("question_prefix", "text_prefix")


class Encoder:
    """Turns texts into vectors of length one. May be used by several threads at once.

    Every text goes through the model alone: a quantised model scales what it computes by the largest value in a batch,
    so that in a batch the vector of a text would depend on its neighbours. ``fingerprint`` tells models apart.
    """

    def __init__(
        self, folder: Path, session: InferenceSession, tokenizer: Tokenizer, use: dict[str, Any], *, fingerprint: str
    ) -> None:
        self.folder = folder
        self.fingerprint = fingerprint
        self._session = session
        self._tokenizer = tokenizer
        self._mean = use["pooling"] == "mean"
        self._question_prefix, self._text_prefix = (str(use.get(name, "")) for name in _PREFIXES)
        self._inputs = {one.name for one in session.get_inputs()}

    @classmethod
    def of(cls, folder: Path) -> Encoder:
        """Load the model in a folder and try it. Raises ``MeaningError``, which says what is wrong."""
        if not all(find_spec(name) for name in ("onnxruntime", "tokenizers")):
            raise MeaningError(folder, f"needs the extra packages: {extras.command('meaning')}")
        missing = [name for name in (_MODEL, _TOKENIZER, _USE) if not (folder / name).is_file()]
        if missing:
            raise MeaningError(folder, f"has no file {missing[0]}")
        use, digest = _use(folder)
        encoder = cls(folder, _session(folder), _tokenizer(folder), use, fingerprint=digest)
        encoder._try()
        return encoder

    def question(self, text: str) -> Vector:
        """Return the vector of a question."""
        return self._vector(self._question_prefix + text)

    def text(self, text: str) -> Vector:
        """Return the vector of a text that may answer."""
        return self._vector(self._text_prefix + text)

    def _vector(self, text: str) -> Vector:
        return self._pooled(self._tokenizer.encode(text).ids)

    def _pooled(self, ids: list[int]) -> Vector:
        row = np.array([ids], dtype=np.int64)
        feeds = {"input_ids": row, "attention_mask": np.ones_like(row), "token_type_ids": np.zeros_like(row)}
        found = self._session.run(None, {name: feeds[name] for name in self._inputs})[0]
        states = np.asarray(found, dtype=np.float32)[0]
        vector = states.mean(axis=0) if self._mean else states[0]
        length = float(np.linalg.norm(vector))
        return np.asarray(vector / max(length, 1e-9), dtype=np.float16)

    def _try(self) -> None:
        """Encode a text, and the last token that the tokenizer knows: the model must have as many."""
        try:
            vector = self.text("试试 test")
            self._pooled([max(self._tokenizer.get_vocab(with_added_tokens=True).values())])
        except Exception as error:
            reason = f"its model and its tokenizer do not go together: {_first_line(error)}"
            raise MeaningError(self.folder, reason) from error
        if vector.ndim != 1 or not np.isfinite(vector).all() or not vector.any():
            raise MeaningError(self.folder, "its model gives no vector for each position of a text")


def _use(folder: Path) -> tuple[dict[str, Any], str]:
    """Read how the model is used; return it with a digest of all files."""
    try:
        written = (folder / _USE).read_bytes()
        use = json.loads(written)
        digests = {name: _digest(folder / name) for name in (_MODEL, _TOKENIZER)}
    except (OSError, ValueError) as error:
        raise MeaningError(folder, f"its file {_USE} cannot be read: {_first_line(error)}") from error
    if not isinstance(use, dict) or use.get("pooling") not in _POOLINGS:
        raise MeaningError(folder, f'its file {_USE} must say "pooling": "first" or "mean"')
    expected_digests = use.get("sha256") or {}
    if not isinstance(expected_digests, dict):
        raise MeaningError(folder, f'its file {_USE} must name files by "sha256"')
    for name, expected in expected_digests.items():
        if digests.get(name) != expected:
            raise MeaningError(folder, f"its file {name} is not the one that {_USE} names by its SHA-256")
    return use, hashlib.sha256(json.dumps(digests).encode() + written).hexdigest()


def _digest(file: Path) -> str:
    with file.open("rb") as opened:
        return hashlib.file_digest(opened, "sha256").hexdigest()


def _session(folder: Path) -> InferenceSession:
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = (
        1  # several texts at once do better than several parts
    )
    options.enable_cpu_mem_arena = False  # it would keep what the longest text took, for each thread
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(folder / _MODEL, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # its errors have no root but this
        raise MeaningError(folder, f"its file {_MODEL} cannot be loaded: {_first_line(error)}") from error
    unknown = {one.name for one in session.get_inputs()} - {"input_ids", "attention_mask", "token_type_ids"}
    if unknown:
        raise MeaningError(folder, f"its file {_MODEL} is no encoder of the BERT kind: it wants {min(unknown)}")
    return session


def _tokenizer(folder: Path) -> Tokenizer:
    from tokenizers import Tokenizer

    try:
        tokenizer: Tokenizer = Tokenizer.from_file(str(folder / _TOKENIZER))
    except Exception as error:  # it raises Exception itself
        raise MeaningError(folder, f"its file {_TOKENIZER} cannot be loaded: {_first_line(error)}") from error
    tokenizer.no_padding()
    tokenizer.enable_truncation(TOKENS)
    return tokenizer


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
