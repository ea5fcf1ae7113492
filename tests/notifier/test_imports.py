"""What the notifier's modules cost to import: templates and word differences only where a letter is written."""

from __future__ import annotations

import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("module", "absent"),
    [
        ("notifier.facts", {"jinja2", "css_inline", "rapidfuzz", "smtplib", "email.message"}),
        ("notifier.worddiff", {"jinja2", "css_inline", "smtplib", "email.message"}),
        ("notifier.channels", {"jinja2", "css_inline", "rapidfuzz", "smtplib", "apprise", "httpx"}),
        ("notifier.mail", {"jinja2", "css_inline", "rapidfuzz", "dkim"}),
        ("notifier.message", {"smtplib", "dkim"}),
        ("notifier.maildir", {"jinja2", "css_inline", "rapidfuzz", "smtplib"}),
        ("notifier.channels", {"jinja2", "css_inline", "rapidfuzz", "smtplib", "httpx", "email.message"}),
        ("notifier.webhook", {"jinja2", "css_inline", "rapidfuzz", "smtplib"}),
        ("notifier.feed", {"css_inline", "smtplib"}),
        ("notifier.comparison_html", {"css_inline", "smtplib", "email.message"}),
        ("notifier.comparison_markdown", {"jinja2", "css_inline", "smtplib"}),
        ("notifier.chat", {"apprise", "jinja2", "css_inline", "smtplib"}),
    ],
)
def test_a_module_imports_nothing_heavy_that_it_does_not_need(module: str, absent: set[str]) -> None:
    code = f"import sys, {module}; print(' '.join(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert not absent & set(loaded.stdout.split())
