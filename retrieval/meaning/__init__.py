"""What words leave unsaid: a small encoder turns texts into vectors, whose angles tell how close their meanings are.

It writes nothing: answers stay verbatim. An extra, ``pip install 'yuanju[meaning]'``, and a model in a folder.
"""

from __future__ import annotations

from retrieval.meaning.encoder import Encoder
from retrieval.meaning.meaning import Meaning
from retrieval.meaning.vectors import Vectors

__all__ = ["Encoder", "Meaning", "Vectors"]
