"""Where settings come from, and how every fault is told at once."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from cli.commands.init import TEMPLATE
from cli.errors import CommandError
from cli.settings import DEFAULT_WATCH, load_settings
from cli.subscriptions import subscriptions
from cli.validation import loopback
from domain.recipient import Cadence, Role


def write(folder: Path, text: str) -> Path:
    path = folder / "settings.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_with_no_file_everything_has_a_working_default(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    settings = load_settings(None, {"HOME": str(tmp_path)})
    assert settings.source is None
    assert settings.watches == (DEFAULT_WATCH,)
    assert settings.scraper.max_bytes == 5_000_000
    assert settings.watches[0].watch().expected_title == "child abuse and child protection issues"


def test_the_files_are_looked_for_in_the_promised_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    places = {
        name: tmp_path / path
        for name, path in {
            "flag": "flag.toml",
            "variable": "variable.toml",
            "local": "hmicfrs-monitor.toml",
            "xdg": "xdg/hmicfrs-monitor/config.toml",
        }.items()
    }
    for path in places.values():
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text("", encoding="utf-8")
    environment = {"HMICFRS_MONITOR_CONFIG": str(places["variable"]), "XDG_CONFIG_HOME": str(tmp_path / "xdg")}
    assert load_settings(places["flag"], environment).source == places["flag"]
    assert load_settings(None, environment).source == places["variable"]
    del environment["HMICFRS_MONITOR_CONFIG"]
    assert load_settings(None, environment).source == Path("hmicfrs-monitor.toml")
    places["local"].unlink()
    assert load_settings(None, environment).source == places["xdg"]


def test_the_environment_overrides_the_file(tmp_path: Path) -> None:
    path = write(tmp_path, '[mail]\nhost = "a.example.org"\nto = ["x@example.org"]\n[scraper]\nattempts = 2')
    environment = {
        "HMICFRS_MONITOR_MAIL__TO": "y@example.org, z@example.org",
        "HMICFRS_MONITOR_SCRAPER__RESPECT_ROBOTS": "false",
        "HMICFRS_MONITOR_SCRAPER__TIMEOUT_SECONDS": "2.5",
    }
    settings = load_settings(path, environment)
    assert settings.mail.to == ("y@example.org", "z@example.org")
    assert settings.mail.host == "a.example.org"
    assert (settings.scraper.respect_robots, settings.scraper.timeout_seconds) == (False, 2.5)
    assert settings.scraper.attempts == 2


FAULTS = [
    ("[scraper]\ntimeout = 3", "scraper.timeout: no such setting; did you mean timeout_seconds?"),
    ("[scrapper]", "scrapper: no such setting; did you mean scraper?"),
    ('[scraper]\nattempts = "many"', "scraper.attempts: Expected `int`"),
    ("[scraper]\nattempts = 0", "scraper.attempts: Expected `int` >= 1"),
    ("scraper = 3", "scraper: must be a table"),
    ('[schedules]\ntimezone = "Europe/Londn"', "schedules.timezone: 'Europe/Londn'"),
    ('[storage]\nurl = "postgresql://x"', "storage.url: 'postgresql://x'"),
    ('[mail]\nhost = "smtp.example.org"', "mail.to: names nobody"),
    ('[mail]\nto = ["nobody"]', "mail.to: 'nobody' is not a mail address"),
    ('[mail]\nto = ["a@example.org\\nBcc: b@example.org"]', "has a line break"),
    ('[mail]\nsecurity = "maybe"', "mail.security: Invalid enum value 'maybe'"),
    ('[mail]\npassword = "a"\npassword_file = "b"\nusername = "c"', "mail.password: stands beside"),
    ('[mail]\npassword = "a"', "mail.username: is missing"),
    (
        '[mail]\nhost = "smtp.example.org"\nto = ["a@example.org"]\nusername = "c"\nsecurity = "none"',
        "mail.security: ",
    ),
    ('[watch]\nname = "a"', "watch: write it as [[watch]]"),
    ('[[watch]]\nname = "a"', "watch 1: url is missing"),
    ('[[watch]]\nname = "a b"\nurl = "https://example.org/"', "watch 1: name: Expected `str` matching"),
    ('[[watch]]\nname = "a"\nurl = "ftp://example.org/"', "watch a: url: 'ftp://example.org/'"),
    ('[[watch]]\nname = "a"\nurl = "https://u:p@example.org/"', "watch a: url: must not hold"),
    ('[[watch]]\nname = "a"\nurl = "https://example.org/"\nschedule = "60 * * * *"', "watch a: schedule: minute"),
    ('[[watch]]\nname = "a"\nurl = "https://a.org/"\n' * 2, "watch a: the name stands 2 times"),
    ("[scraper", "is not TOML"),
    ('[mail]\nunsubscribe = ["http://example.org/"]', "mail.unsubscribe: 'http://example.org/' is no short address"),
    ('[mail]\ndkim_domain = "example.org"', "mail.dkim_selector: is missing"),
    ('[alerts]\ndigest_at = "8:30"', "alerts.digest_at: Expected `str` matching"),
    ('[alerts]\ndigest_day = "Mon"', "alerts.digest_day: Invalid enum value 'Mon'"),
    ("[alerts]\nfirst_retry_seconds = 60\nlongest_retry_seconds = 10", "alerts.longest_retry_seconds: is less than"),
    ('[alerts]\ndashboard = "javascript:alert(1)"', "alerts.dashboard: 'javascript:alert(1)'"),
    ('[monitoring]\nping_url = "https://a.org/x"\nping_url_file = "y"', "monitoring.ping_url: stands beside"),
    ('[monitoring]\nping_url = "hc-ping.com/x"', "monitoring.ping_url: does not begin with https:// or http://"),
    ('[monitoring]\ntextfile = "/var/lib/metrics.txt"', "monitoring.textfile: '/var/lib/metrics.txt' does not end"),
    ('[monitoring]\ntextfile = "/var/lib/.prom"', "monitoring.textfile: '/var/lib/.prom' does not end with .prom"),
    ('[monitoring]\nlog = "xml"', "monitoring.log: Invalid enum value 'xml'"),
    ("[monitoring]\nport = 1", "monitoring.port: no such setting"),
    ('[recipient]\naddress = "a@example.org"', "recipient: write it as [[recipient]]"),
    ("[[recipient]]", "recipient 1: address: is missing"),
    ('[[recipient]]\naddress = "nobody"', "recipient nobody: address: 'nobody' is not a mail address"),
    ('[[recipient]]\naddress = "a@example.org"\nwant = 1', "recipient 1.want: no such setting"),
    ('[[recipient]]\naddress = "a@example.org"\nwhen = "hourly"', "recipient 1: when: Invalid enum value 'hourly'"),
    ('[[recipient]]\naddress = "a@example.org"\nchannel = "fax"', "recipient a@example.org: channel: 'fax' is none of"),
    ('[[recipient]]\naddress = "a@example.org"\nwatches = ["x"]', "recipient a@example.org: watches: 'x' is no watch"),
    ('[[recipient]]\naddress = "a@example.org"\nkinds = ["x"]', "recipient a@example.org: 'x' is none of report-added"),
    ('[[recipient]]\naddress = "a@example.org"\nprogrammes = ["x"]', "'x' is none of NCPI"),
    ('[[recipient]]\naddress = "a@example.org"\nwords = ["…"]', "'…' has no word in it"),
    ('[[recipient]]\naddress = "a@example.org"\nsecret = "x"', "name, address_file and secret are not for mail"),
    ('[[recipient]]\nchannel = "feed"\naddress = "x.xml"', "name: is missing; a feed is known by one"),
    ('[[recipient]]\nchannel = "feed"\nname = "x"', "recipient x: address: is missing"),
    ('[[recipient]]\nchannel = "feed"\nname = "x"\naddress = "x.xml"\nadmin = true', "recipient x: admin: a feed is"),
    ('[[recipient]]\nchannel = "feed"\nname = "x"\naddress = "x.xml"\nheartbeat = true', "heartbeat: a feed is for"),
    ('[mail]\nto = ["a@example.org"]\n[[recipient]]\naddress = "A <A@example.org>"', "a@example.org: is named 2 times"),
]


@pytest.mark.parametrize(("text", "told"), FAULTS)
def test_a_fault_is_told_with_its_key_and_file(tmp_path: Path, text: str, told: str) -> None:
    path = write(tmp_path, text)
    with pytest.raises(CommandError) as caught:
        load_settings(path, {})
    assert told in str(caught.value)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize(
    ("written", "address"),
    [
        ("127.0.0.1:9464", ("127.0.0.1", 9464)),
        ("127.9.9.9:65535", ("127.9.9.9", 65535)),
        ("localhost:1", ("127.0.0.1", 1)),
        ("[::1]:9464", ("::1", 9464)),
    ],
)
def test_it_listens_on_loopback(tmp_path: Path, written: str, address: tuple[str, int]) -> None:
    settings = load_settings(write(tmp_path, f'[monitoring]\nlisten = "{written}"'), {})
    assert settings.monitoring.listen == written
    assert loopback(written) == address


@pytest.mark.parametrize(
    "written",
    [
        "0.0.0.0:9464",
        "[::]:9464",
        "10.0.0.1:9464",
        "192.168.1.1:9464",
        "[::ffff:10.0.0.1]:9464",
        "example.org:9464",
        "localhost.example.org:9464",
        "127.0.0.1",
        "127.0.0.1:0",
        "127.0.0.1:65536",
        "127.0.0.1:-1",
        "127.0.0.1:9464 ",
        "127.0.0.1:٩٤٦٤",
        "127.1:9464",
        ":9464",
        "::1:9464",
        "[127.0.0.1]x:9464",
        "9464",
    ],
)
def test_it_listens_nowhere_else(tmp_path: Path, written: str) -> None:
    with pytest.raises(CommandError, match=r"monitoring\.listen: .* is no loopback address with a port"):
        load_settings(write(tmp_path, f'[monitoring]\nlisten = "{written}"'), {})


def test_a_fault_in_what_is_pinged_does_not_tell_it(tmp_path: Path) -> None:
    with pytest.raises(CommandError) as caught:
        load_settings(write(tmp_path, '[monitoring]\nping_url = "hc-ping.com/5ecret"'), {})
    assert "5ecret" not in str(caught.value)


def test_all_faults_are_told_at_once(tmp_path: Path) -> None:
    path = write(tmp_path, '[scraper]\nattempts = 0\nfoo = 1\n[schedules]\ntimezone = "Mars"\n')
    environment = {"HMICFRS_MONITOR_MAIL__PORT": "x", "HMICFRS_MONITOR_MIAL__HOST": "y"}
    with pytest.raises(CommandError) as caught:
        load_settings(path, environment)
    lines = str(caught.value).splitlines()
    assert len(lines) == 5
    assert "$HMICFRS_MONITOR_MIAL__HOST: no such setting; did you mean HMICFRS_MONITOR_MAIL__HOST?" in lines


def test_a_named_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="no such settings file"):
        load_settings(tmp_path / "none.toml", {})


def uncommented() -> str:
    lines = TEMPLATE.splitlines()
    return "\n".join(line.removeprefix("# ") if " = " in line or line.startswith("# [[") else line for line in lines)


def test_every_line_of_the_template_is_a_good_setting(tmp_path: Path) -> None:
    settings = load_settings(write(tmp_path, uncommented()), {})
    told = [(one.recipient.channel, one.role, one.cadence) for one in subscriptions(settings)]
    assert told == [
        ("smtp", Role.READER, Cadence.IMMEDIATELY),
        ("smtp", Role.READER, Cadence.DAILY),
        ("feed", Role.READER, Cadence.IMMEDIATELY),
        ("webhook", Role.READER, Cadence.IMMEDIATELY),
        ("chat", Role.ADMIN, Cadence.IMMEDIATELY),
        ("smtp", Role.ADMIN, Cadence.IMMEDIATELY),
    ]


def test_the_template_holds_every_default(tmp_path: Path) -> None:
    plain = load_settings(write(tmp_path, TEMPLATE), {})
    assert plain.watches == (DEFAULT_WATCH,)
    document = tomllib.loads(uncommented())
    assert set(document["scraper"]) == set(plain.scraper.__struct_fields__)
    assert set(document["mail"]) == {"from", *plain.mail.__struct_fields__} - {"sender", "password"}
    assert set(document["alerts"]) == set(plain.alerts.__struct_fields__)
    for key in ("first_retry_seconds", "longest_retry_seconds", "give_up_after_days", "digest_at", "digest_day"):
        assert document["alerts"][key] == getattr(plain.alerts, key)
    assert set(document["monitoring"]) == set(plain.monitoring.__struct_fields__) - {"ping_url"}
    assert document["monitoring"]["log"] == plain.monitoring.log
    for key in ("timeout_seconds", "max_bytes", "attempts", "min_delay_seconds", "max_per_host", "respect_robots"):
        assert document["scraper"][key] == getattr(plain.scraper, key)
    assert (document["mail"]["port"], document["mail"]["security"]) == (plain.mail.port, plain.mail.security)
    (watch,) = document["watch"]
    assert watch["schedule"] == DEFAULT_WATCH.schedule
    assert watch["expected_title"] == DEFAULT_WATCH.watch().expected_title
    assert watch["least_share"] == DEFAULT_WATCH.least_share
