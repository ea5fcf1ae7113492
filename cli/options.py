"""Options that several commands share."""

from __future__ import annotations

import click

from cli.main import Context

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
watch_option = click.option("--watch", metavar="W", help="Only this watch.")
one_watch_option = click.option("--watch", metavar="W", help="Which watch; may be left out where there is one.")
at_option = click.option("--at", metavar="D", help="As of this time; of a bare day, its end. Default: now.")
pass_context = click.make_pass_decorator(Context)
