"""Reading: the only room that opens documents. Formats, encodings and front matter live here.

``find`` lists a folder, ``Readers`` read its files in processes of their own, ``declared`` reads what the folder says
of its documents. ``read`` is what those processes do. Importing this package imports no format library.
"""

from __future__ import annotations

from retrieval.reading.declarations import Declaration, Declarations, declared
from retrieval.reading.document import Reading, read
from retrieval.reading.finding import UNREACHED, File, Listing, Skipped, find, is_document_name, is_litter
from retrieval.reading.limits import Limits
from retrieval.reading.readers import Readers

__all__ = [
    "UNREACHED",
    "Declaration",
    "Declarations",
    "File",
    "Limits",
    "Listing",
    "Readers",
    "Reading",
    "Skipped",
    "declared",
    "find",
    "is_document_name",
    "is_litter",
    "read",
]
