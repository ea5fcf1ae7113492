"""Nothing is lost, and twice comes only what the server took without a word of it reaching the mark."""

from __future__ import annotations

from email import message_from_bytes
from email.policy import default
from pathlib import Path

import pytest

from domain.alert import AlertKind, AlertState
from tests.delivery.faults import ADMIN, FAULTS, READERS, Cell, Fault, cells
from tests.delivery.setting import SPARE
from tests.delivery.workers import Fate

pytestmark = [pytest.mark.timeout(300), pytest.mark.usefixtures("trusted")]


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_a_delivery_that_is_killed_between_any_two_steps_is_made_good(fault: Fault, tmp_path: Path) -> None:
    twice = 0
    for number, cell in enumerate(cells(fault, tmp_path)):
        assert cell.fate == (Fate(True, fault.points[:number]) if number else Fate(False, fault.points))
        is_made_good(cell)
        twice += cell.twice
    assert (twice > 0) == fault.can_come_twice


def is_made_good(cell: Cell) -> None:
    refused = READERS[1:2] if cell.fault.refused else ()
    told = {alert.recipient.address: alert for alert in cell.alerts if alert.kind is AlertKind.CHANGES}
    assert {address for address, alert in told.items() if alert.state is AlertState.SENT} == {*READERS} - {*refused}
    assert {address for address, alert in told.items() if alert.state is AlertState.FAILED} == {*refused}
    for address, alert in told.items():
        copies = cell.copies(address)
        assert len(copies) in ({0} if address in refused else {1, 2})
        assert {copy.message_id for copy in copies} <= {alert.message_id}
        assert len({copy.content for copy in copies}) <= 1
    assert (cell.lost, cell.unlike) == (0, 0)
    assert cell.twice in cell.may_come_twice()
    _is_told_to_the_administrator_once(cell)


def _is_told_to_the_administrator_once(cell: Cell) -> None:
    notices = [alert for alert in cell.alerts if alert.kind is AlertKind.UNDELIVERED]
    if not cell.fault.refused:
        assert (notices, cell.copies(ADMIN), cell.local_mails) == ([], [], ())
        return
    assert {alert.recipient.address: alert.state for alert in notices} == {
        ADMIN: AlertState.SENT,
        SPARE.address: AlertState.SENT,
    }
    assert len(notices) == 2
    assert len(cell.copies(ADMIN)) in {1, 2}
    (local,) = cell.local_mails
    body = message_from_bytes(local, policy=default).get_body(("plain",))
    assert body is not None
    assert READERS[1] in body.get_content()
