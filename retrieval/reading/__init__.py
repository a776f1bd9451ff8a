"""Reading: the only room that opens documents. Formats, encodings and front matter live here.

``find`` lists a folder, ``read`` reads one file of it; importing this package imports no format library.
"""

from __future__ import annotations

from retrieval.reading.document import Reading, read
from retrieval.reading.finding import File, Listing, Skipped, find
from retrieval.reading.limits import Limits

__all__ = ["File", "Limits", "Listing", "Reading", "Skipped", "find", "read"]
