"""The commands that an operator sees in a terminal."""
