"""The past of a page: captures from the Internet Archive, saved files, WARC files and exports of our own."""
