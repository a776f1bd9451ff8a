"""Pictures of text, photographed or scanned: from pixels to lines, which then make paragraphs as in PDFs."""
