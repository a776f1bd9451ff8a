"""An encoder made in the tests: a vector for each character, those of a group alike, and the mean over a text."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from tokenizers import Tokenizer, models, normalizers, pre_tokenizers

SPECIAL = ("[PAD]", "[UNK]", "[CLS]", "[SEP]")
SIZE = 32


def make(folder: Path, characters: str, *, alike: Sequence[str] = (), seed: int = 1) -> Path:
    """Write a model folder whose vocabulary is ``characters``; those of each string in ``alike`` mean the same."""
    folder.mkdir(parents=True, exist_ok=True)
    vocabulary = {token: number for number, token in enumerate((*SPECIAL, *dict.fromkeys(characters)))}
    table = np.random.default_rng(seed).normal(size=(len(vocabulary), SIZE)).astype(np.float32)
    for group in alike:
        table[[vocabulary[character] for character in group]] = table[vocabulary[group[0]]]
    write_model(folder / "model.onnx", table)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizers.BertNormalizer()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.save(str(folder / "tokenizer.json"))
    (folder / "encoder.json").write_text(json.dumps({"pooling": "mean"}), "utf-8")
    return folder


def write_model(file: Path, table: NDArray[np.float32], *, inputs: Sequence[str] = ("input_ids",)) -> None:
    """Write a model that looks each token up in a table."""
    graph = helper.make_graph(
        [helper.make_node("Gather", ["table", "input_ids"], ["last_hidden_state"])],
        "lookup",
        [helper.make_tensor_value_info(name, TensorProto.INT64, ["batch", "length"]) for name in inputs],
        [helper.make_tensor_value_info("last_hidden_state", TensorProto.FLOAT, ["batch", "length", table.shape[1]])],
        [numpy_helper.from_array(table, "table")],
    )
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9)
    onnx.save(made, str(file))
