"""PDF: from glyphs at places on a page to lines, and from lines to paragraphs."""
