"""A look through the whole database, part by part: whether what is stored is what was stored, and agrees."""
