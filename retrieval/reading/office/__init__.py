"""Word, Excel and PowerPoint, as the programs show their files."""
