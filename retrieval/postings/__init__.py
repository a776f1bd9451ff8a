"""Which paragraphs hold which terms: arrays, how they are built from runs, and the exact search in them."""

from __future__ import annotations
