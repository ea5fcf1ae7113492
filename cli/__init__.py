"""The commands and the wiring: the only folder that reads settings and builds things."""
