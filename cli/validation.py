"""What a type cannot say of the settings: zones, schedules, addresses, and what must stand together."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from email.utils import parseaddr
from ipaddress import ip_address
from pathlib import PurePath
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cli.subscriptions import recipient_faults
from notifier.channels import BY_ADDRESS
from schedules.cron import BadSchedule, parse_schedule

if TYPE_CHECKING:
    from cli.settings import Settings, WatchSettings

LONGEST_WAY_OUT = 300
"""Of an address to leave by, in characters: two of them fit into one line of a header."""

_HOST_AND_PORT = re.compile(r"(localhost|[0-9.]+|\[[0-9A-Fa-f:.]+\]):([0-9]{1,5})")
_HIGHEST_PORT = 65_535


def faults_of(settings: Settings) -> Iterator[str]:
    """A line for each fault, naming the setting."""
    try:
        ZoneInfo(settings.schedules.timezone)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        yield f'schedules.timezone: {settings.schedules.timezone!r} is no time zone; write it like "Europe/London"'
    if settings.storage.url is not None and not settings.storage.url.startswith("sqlite:///"):
        yield f"storage.url: {settings.storage.url!r} does not begin with sqlite:/// and a file"
    yield from _mail_faults(settings)
    yield from _alert_faults(settings)
    yield from _monitoring_faults(settings)
    yield from recipient_faults(settings)
    if fault := address_fault(settings.archive.url):
        yield f"archive.url: {fault}"
    names = Counter(watch.name for watch in settings.watches)
    yield from (f"watch {name}: the name stands {count} times" for name, count in names.items() if count > 1)
    for watch in settings.watches:
        yield from _watch_faults(watch)


def _watch_faults(watch: WatchSettings) -> Iterator[str]:
    try:
        parse_schedule(watch.schedule)
    except BadSchedule as error:
        yield f"watch {watch.name}: schedule: {error}"
    if fault := address_fault(watch.url):
        yield f"watch {watch.name}: url: {fault}"


def address_fault(url: str) -> str | None:
    """What is wrong with the address of a page, None for nothing."""
    try:
        parts = urlsplit(url)
        valid = parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        valid = False
    if not valid or any(c.isspace() or not c.isprintable() for c in url):
        return f"{url!r} is not an address that begins with http:// or https://"
    if parts.username or parts.password:
        return "must not hold a user name or password"
    return None


def _mail_faults(settings: Settings) -> Iterator[str]:
    mail = settings.mail
    if mail.host and mail.to is None and not any(not one.admin for one in settings.recipients):
        yield 'mail.to: names nobody; write it like ["team@example.org"], or [] where `recipients add` names them'
    if mail.password and mail.password_file:
        yield "mail.password: stands beside mail.password_file; keep one of them"
    if (mail.password or mail.password_file) and not mail.username:
        yield "mail.username: is missing beside a password"
    if mail.username and mail.security == "none" and mail.host not in {None, "localhost", "127.0.0.1", "::1"}:
        yield 'mail.security: "none" would send the password in the clear; use "starttls" or "tls"'
    keys = ("dkim_domain", "dkim_selector", "dkim_key_file")
    missing = [key for key in keys if not getattr(mail, key)]
    if len(missing) < len(keys):
        yield from (f"mail.{key}: is missing; the three dkim settings belong together" for key in missing)
    for address in mail.unsubscribe:
        if not address.startswith(("https://", "mailto:")) or len(address) > LONGEST_WAY_OUT:
            yield f"mail.unsubscribe: {address!r} is no short address that begins with https:// or mailto:"
    yield from (f"{place}: {fault}" for place, fault in _address_faults(settings))


def _address_faults(settings: Settings) -> Iterator[tuple[str, str]]:
    mail = settings.mail
    addresses = [("mail.to", address) for address in mail.to or ()]
    addresses += [("mail.admin", address) for address in mail.admin]
    if mail.host:
        addresses.append(("mail.from", mail.sender))
    for one in settings.recipients:
        if one.address and (one.channel is None or one.channel in BY_ADDRESS):
            addresses.append((f"recipient {one.address}: address", one.address))
    for place, address in addresses:
        if fault := mail_address_fault(address):
            yield place, fault


def _alert_faults(settings: Settings) -> Iterator[str]:
    alerts = settings.alerts
    if alerts.longest_retry_seconds < alerts.first_retry_seconds:
        yield "alerts.longest_retry_seconds: is less than alerts.first_retry_seconds"
    if alerts.dashboard and (fault := address_fault(alerts.dashboard)):
        yield f"alerts.dashboard: {fault}"


def _monitoring_faults(settings: Settings) -> Iterator[str]:
    monitoring = settings.monitoring
    if monitoring.ping_url and monitoring.ping_url_file:
        yield "monitoring.ping_url: stands beside monitoring.ping_url_file; keep one of them"
    if monitoring.ping_url and not monitoring.ping_url.startswith(("https://", "http://")):
        yield "monitoring.ping_url: does not begin with https:// or http://"  # without itself, which is a secret
    if monitoring.listen:
        try:
            loopback(monitoring.listen)
        except ValueError as error:
            yield f"monitoring.listen: {error}"
    if monitoring.textfile and PurePath(monitoring.textfile).suffix != ".prom":
        yield f"monitoring.textfile: {monitoring.textfile!r} does not end with .prom, as node_exporter wants it"


def loopback(text: str) -> tuple[str, int]:
    """An address that this machine alone can ask, and a port: "127.0.0.1:9464", "[::1]:9464". Raises ValueError."""
    parts = _HOST_AND_PORT.fullmatch(text)
    if parts and 0 < int(parts[2]) <= _HIGHEST_PORT:
        host = "127.0.0.1" if parts[1] == "localhost" else parts[1].strip("[]")
        with suppress(ValueError):
            if ip_address(host).is_loopback:
                return host, int(parts[2])
    raise ValueError(f'{text!r} is no loopback address with a port; write it like "127.0.0.1:9464"')


def mail_address_fault(address: str) -> str | None:
    """What is wrong with a mail address, perhaps with a name before it; None for nothing."""
    if "\n" in address or "\r" in address:
        return f"{address!r} has a line break"
    from email_validator import EmailNotValidError, validate_email  # 70 ms, and only mail users need it

    bare = parseaddr(address)[1]
    try:
        validate_email(bare or address, check_deliverability=False, allow_smtputf8=True, test_environment=True)
    except EmailNotValidError as error:
        if bare.endswith("@localhost") and not bare.startswith("@"):
            return None
        return f"{address!r} is not a mail address: {error}"
    return None
