"""What is recorded as files for others to open: tables, lines, feeds, web archives, evidence, differences as pages."""
