"""Files that hold files: zip, and EPUB, which is one."""
