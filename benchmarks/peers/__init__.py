"""Whole runs of hmicfrs-monitor beside those of urlwatch and webchanges, over the same pages of one local server."""
