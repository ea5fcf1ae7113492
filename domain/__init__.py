"""The subject itself: pages, sections, reports, changes, alerts. Pure; no I/O, no clock, no logging."""
