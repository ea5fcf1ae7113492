"""What the service tells the one who started it: that it is ready, alive, reloading, stopping (sd_notify(3))."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Mapping
from datetime import timedelta


class Supervisor:
    """systemd, or nobody: then nothing is told. The protocol is one datagram to a socket that the environment names."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._address = environment.get("NOTIFY_SOCKET", "")
        meant = environment.get("WATCHDOG_PID", str(os.getpid())) == str(os.getpid())
        microseconds = environment.get("WATCHDOG_USEC", "") if meant else ""
        self._watchdog = timedelta(microseconds=int(microseconds)) if microseconds.isdigit() else None

    @property
    def signs_of_life_every(self) -> timedelta | None:
        """How often `alive` is to be called: a third of what systemd allows for; None where it does not watch."""
        return self._watchdog and self._watchdog / 3

    def ready(self, status: str) -> None:
        """The service has begun, or goes on after `reloading`."""
        self._tell("READY=1", f"STATUS={status}")

    def reloading(self) -> None:
        """The settings are being read anew; `ready` follows."""
        self._tell("RELOADING=1", f"MONOTONIC_USEC={time.monotonic_ns() // 1000}")

    def stopping(self) -> None:
        """The service is ending."""
        self._tell("STOPPING=1")

    def alive(self) -> None:
        """A sign of life for the watchdog, which kills the service where there is none for too long."""
        if self._watchdog:
            self._tell("WATCHDOG=1")

    def _tell(self, *lines: str) -> None:
        if not self._address:
            return
        # "@" stands for the zero byte that an address outside the file system begins with.
        address = "\0" + self._address[1:] if self._address.startswith("@") else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as told:
                told.sendto("\n".join(lines).encode(), address)
        except OSError:
            return  # a supervisor that is gone is no reason to stop
