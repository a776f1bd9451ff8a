"""HTML: what of a page is the document, and what is the site around it."""
