"""An address in, a `Page` out: the only folder that knows HTML, and how pages are fetched."""
