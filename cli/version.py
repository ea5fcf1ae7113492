"""The program's version, for the User-Agent, the mails and `--version`."""

VERSION = "0.1.0"
