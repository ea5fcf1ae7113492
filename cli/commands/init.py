"""`init`: a settings file to start from."""

from __future__ import annotations

import os
from pathlib import Path

import click

from cli.errors import CommandError
from cli.main import Context
from cli.options import pass_context
from cli.settings import MISSION_NAME, MISSION_URL
from cli.sources import CONFIG_VARIABLE, LOCAL_FILE

TEMPLATE = f"""\
# Settings of hmicfrs-monitor. A line that begins with "#" shows a default, or an example where there is none.
# The environment overrides this file: HMICFRS_MONITOR_MAIL__HOST is mail.host.

[scraper]
# user_agent_contact = "you@example.org"   # goes into the User-Agent, so that the site can reach you
# timeout_seconds = 20
# max_bytes = 5_000_000
# attempts = 3                             # tries at one fetch
# min_delay_seconds = 1.0                  # between two requests to one host
# max_per_host = 1                         # requests at once to one host
# respect_robots = true
# allow_private_addresses = false          # true only to watch a server of your own

[storage]
# url = "sqlite:////var/lib/hmicfrs-monitor/monitor.db"   # default: monitor.db in the XDG data folder

[mail]                                     # without a host, alerts go to a Maildir beside the database
# host = "smtp.example.org"
# port = 587
# security = "starttls"                    # starttls | tls | none
# username = "monitor"
# password_file = "/run/secrets/smtp"
# from = "HMICFRS monitor <monitor@example.org>"
# to = ["team@example.org"]                # [] where all readers are named by `recipients add`
# admin = ["ops@example.org"]              # told of trouble with a page or with the mail
# allow_only = ["me@example.org"]          # under test: nothing is sent to anybody else; "@example.org" is a domain
# unsubscribe = ["https://example.org/leave?who={{token}}"]   # or "mailto:…"; {{token}} says who leaves
# dkim_domain = "example.org"              # these three sign mails, where the mail server does not
# dkim_selector = "monitor"
# dkim_key_file = "/etc/hmicfrs-monitor/dkim.pem"

[alerts]
# first_retry_seconds = 60                 # a failed try is repeated after this pause, then twice as long each time
# longest_retry_seconds = 21_600           # up to this one
# give_up_after_days = 7                   # and for so long
# digest_at = "08:30"                      # when digests are due, in the zone of [schedules]
# digest_day = "monday"                    # the day of weekly ones
# admin_after_failures = 3                 # a page that cannot be had is told to the administrator after so many
# installation = "watchtower"              # what messages call this installation; default: the name of the machine
# dashboard = "https://monitor.example.org/"   # linked in messages

[schedules]
# timezone = "Europe/London"
# workers = 48                             # checks under way at once, over all hosts
# second_look_seconds = 60                 # `run` looks again at a suspect page after this pause
# jitter_seconds = 30                      # and at each page up to so long after its time, so that not all are at once
# drain_seconds = 60                       # told to stop, it waits so long for what is under way

[monitoring]
# ping_url_file = "/run/secrets/ping"      # holds an address, as of healthchecks.io: told of each run, and how it went
# listen = "127.0.0.1:9464"                # where `run` answers, to this machine alone: /health and /metrics
# textfile = "/var/lib/prometheus/node-exporter/hmicfrs-monitor.prom"   # the same metrics, for node_exporter
# log = "console"                          # console | json

[archive]                                  # where `import wayback` asks for captures of the past, so often in a minute
# url = "https://web.archive.org"
# index_per_minute = 20
# fetches_per_minute = 15

[[watch]]
name = "{MISSION_NAME}"
url = "{MISSION_URL}"
# schedule = "0 * * * *"                   # a cron line (0 and 7 are Sunday), or "every 30 minutes"
# expected_title = "child abuse and child protection issues"   # the title must hold these words
# least_share = 0.5                        # fewer reports or sections than this share of the last ones are suspect

# More recipients, each told of what satisfies all of its lists. By mail, unless a channel is named: "feed" is an Atom
# file or a folder, "webhook" an address that JSON is posted to, "chat" an address that apprise knows.
#
# [[recipient]]
# address = "commissioner@example.org"
# when = "daily"                           # immediately | daily | weekly
# watches = ["child-protection"]
# kinds = ["report-added", "report-changed"]
# programmes = ["NCPI", "JTAI"]
# areas = ["Cleveland", "national"]        # "national": reports that name no force or area
# words = ["exploitation", "cause of concern"]
# heartbeat = true                         # and a sign of life once a week, at the time of weekly digests
#
# [[recipient]]
# channel = "feed"
# name = "public"
# address = "/srv/www/hmicfrs.xml"
#
# [[recipient]]
# channel = "webhook"
# name = "case-system"
# address = "https://cases.example.org/hooks/hmicfrs"
# secret_file = "/run/secrets/webhook"     # signs as Standard Webhooks does
#
# [[recipient]]
# channel = "chat"
# name = "on-call"
# address_file = "/run/secrets/chat"
# admin = true                             # told of trouble, not of changes
"""


@click.command()
@click.option("--force", is_flag=True, help="Overwrite a file that is there.")
@pass_context
def init(context: Context, force: bool) -> None:
    """Write a commented settings file: ./hmicfrs-monitor.toml, or what --config or $HMICFRS_MONITOR_CONFIG names."""
    path = context.config or Path(os.environ.get(CONFIG_VARIABLE) or LOCAL_FILE)
    try:
        with path.open("w" if force else "x", encoding="utf-8") as file:
            file.write(TEMPLATE)
    except FileExistsError:
        raise CommandError(f"{path}: is there already; --force overwrites it") from None
    except OSError as error:
        raise CommandError(f"{path}: cannot be written: {error.strerror}") from error
    if not context.quiet:
        click.echo(f"wrote {path}; next: `hmicfrs-monitor doctor`, then `hmicfrs-monitor check`")
