"""Reading: the only room that opens documents. Formats, encodings and front matter live here.

``find`` lists a folder, ``declared`` reads what it says of its documents, ``read`` reads one file: that is what the
processes of ``retrieval.reading.readers`` do, which everything else uses. Importing this imports no format library.
"""

from __future__ import annotations

from retrieval.reading.declarations import Declaration, Declarations, declared
from retrieval.reading.document import Reading, read
from retrieval.reading.finding import (
    UNREACHED,
    File,
    Listing,
    Skipped,
    by_parts,
    find,
    is_document_name,
    is_litter,
)
from retrieval.reading.limits import Limits

__all__ = [
    "UNREACHED",
    "Declaration",
    "Declarations",
    "File",
    "Limits",
    "Listing",
    "Reading",
    "Skipped",
    "by_parts",
    "declared",
    "find",
    "is_document_name",
    "is_litter",
    "read",
]
