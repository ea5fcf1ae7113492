"""The reader's version, apart from the reader, so that to ask for it imports none of that."""

READER_VERSION = 1
"""Goes up whenever the same bytes may give another page than before."""
