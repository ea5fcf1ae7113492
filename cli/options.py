"""Options that several commands share."""

from __future__ import annotations

import click

from cli.main import Context

json_option = click.option("--json", "as_json", is_flag=True, help="One JSON document on standard output.")
watch_option = click.option("--watch", metavar="W", help="Only this watch.")
one_watch_option = click.option("--watch", metavar="W", help="Which watch; may be left out where there is one.")
at_option = click.option("--at", metavar="D", help="As of this time; of a bare day, its end. Default: now.")
allow_only_option = click.option(
    "--allow-only",
    metavar="A",
    multiple=True,
    expose_value=False,
    callback=lambda ctx, _parameter, listed: ctx.find_object(Context).allow_only(listed),
    help="Send to this address alone (@example.org: a domain); may stand several times. The rest waits.",
)
pass_context = click.make_pass_decorator(Context)
