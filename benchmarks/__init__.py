"""Measurements: of search engines, of reading, of answers; each says at its head what it measures."""
