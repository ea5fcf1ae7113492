"""Who is told: subscriptions of the settings and of the database, and what becomes of alerts when somebody leaves."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from domain.alert import AlertKind, AlertState
from domain.change import ChangeKind
from domain.page import Programme
from domain.recipient import EVERYTHING, Cadence, Origin, Recipient, Role, Subscriber, Subscription, Wants
from storage.database import Database
from storage.errors import Busy, RecipientInSettings, RecipientKnown, UnknownRecipient
from storage.outbox import Outbox
from storage.recipients import Recipients
from tests.domain.records import page, report
from tests.storage.pages import ADMIN, READER, Story, hour, owed, url_of

A, B, C = (Recipient(f"{name}@example.org", "smtp") for name in "abc")
WANTS = Wants(
    watches=("one",),
    kinds=(ChangeKind.REPORT_ADDED, ChangeKind.PAGE_CHANGED),
    programmes=(Programme.NCPI,),
    areas=("Ynys Môn",),
    words=("harm’s way", "child"),
)
WEEK = 7 * 24


def register(people: Recipients, *wanted: Subscription, at: float = 0, by_mail: str = "smtp") -> None:
    people.register(wanted, hour(at), by_mail)


def names(subscribers: tuple[Subscriber, ...]) -> list[str]:
    return [one.subscription.recipient.address.partition("@")[0] for one in subscribers]


@contextmanager
def nobody_else_may_write(path: Path) -> Iterator[None]:
    """Hold the lock that every transaction needs that writes."""
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


class TestRegistering:
    """The settings' subscriptions become the database's."""

    def test_new_ones_are_added_as_they_are_written(self, people: Recipients) -> None:
        asked = (
            Subscription(A),
            Subscription(B, wants=WANTS, cadence=Cadence.WEEKLY),
            Subscription(A, Role.ADMIN),
            Subscription(Recipient("a@example.org", "maildir"), cadence=Cadence.DAILY),
        )
        register(people, *asked)
        found = people.subscribers()
        assert tuple(one.subscription for one in found) == asked
        assert [one.id for one in found] == [1, 2, 3, 4]
        assert {(one.origin, one.paused, one.added_at, one.left_at) for one in found} == {
            (Origin.SETTINGS, False, hour(0), None)
        }
        tokens = {one.token for one in found}
        assert len(tokens) == 4
        assert all(len(token) >= 20 for token in tokens)

    def test_changed_ones_are_changed_and_keep_number_and_token(self, people: Recipients) -> None:
        register(people, Subscription(A, wants=WANTS, cadence=Cadence.WEEKLY), Subscription(B))
        before = people.subscribers()
        register(people, Subscription(A), Subscription(B, wants=WANTS, cadence=Cadence.DAILY), at=1)
        one, two = people.subscribers()
        assert (one.subscription.wants, one.subscription.cadence) == (EVERYTHING, Cadence.IMMEDIATELY)
        assert (two.subscription.wants, two.subscription.cadence) == (WANTS, Cadence.DAILY)
        assert [(one.id, one.token, one.added_at) for one in (one, two)] == [
            (one.id, one.token, one.added_at) for one in before
        ]

    def test_those_that_ended_are_gone_and_their_rows_stay(self, people: Recipients) -> None:
        register(people, Subscription(A), Subscription(B))
        register(people, Subscription(B), at=1)
        assert names(people.subscribers()) == ["b"]
        gone, here = people.subscribers(gone=True)
        assert (gone.left_at, here.left_at) == (hour(1), None)
        register(people, Subscription(B), Subscription(C), at=2)
        assert people.subscribers(gone=True)[0].left_at == hour(1)

    def test_one_that_is_back_takes_up_its_row_and_is_not_paused(self, people: Recipients) -> None:
        register(people, Subscription(A))
        before = people.pause("a@example.org")
        register(people, at=1)
        register(people, Subscription(A, wants=WANTS), at=2)
        (back,) = people.subscribers(gone=True)
        assert (back.id, back.token) == (before.id, before.token)
        assert (back.paused, back.added_at, back.left_at) == (False, hour(2), None)
        assert back.subscription.wants == WANTS

    def test_a_pause_outlasts_other_changes(self, people: Recipients) -> None:
        register(people, Subscription(A))
        people.pause("a@example.org")
        register(people, Subscription(A, wants=WANTS), at=1)
        assert people.find("a@example.org").paused

    def test_those_added_by_hand_stay(self, people: Recipients) -> None:
        people.add(Subscription(A), hour(0))
        register(people, Subscription(B), at=1)
        register(people, at=2)
        assert names(people.subscribers()) == ["a"]

    def test_one_added_by_hand_that_comes_into_the_settings_is_theirs(self, people: Recipients) -> None:
        people.add(Subscription(A, wants=WANTS), hour(0))
        register(people, Subscription(A), at=1)
        (one,) = people.subscribers()
        assert (one.id, one.origin, one.subscription) == (1, Origin.SETTINGS, Subscription(A))
        register(people, at=2)
        assert people.subscribers() == ()

    def test_one_that_left_the_settings_may_be_added_by_hand(self, people: Recipients) -> None:
        register(people, Subscription(A))
        register(people, at=1)
        added = people.add(Subscription(A, wants=WANTS), hour(2))
        assert (added.id, added.origin, added.left_at) == (1, Origin.DATABASE, None)
        register(people, at=3)
        assert names(people.subscribers()) == ["a"]

    def test_a_subscription_that_is_named_twice_is_one(self, people: Recipients) -> None:
        register(people, Subscription(A), Subscription(A, wants=WANTS))
        (one,) = people.subscribers()
        assert one.subscription.wants == WANTS


class TestWriting:
    """Registering is done before every check, and must not keep another program waiting."""

    @pytest.fixture
    def hasty(self, tmp_path: Path) -> Iterator[Recipients]:
        """The recipients A, of the settings, and B, added by hand, in a database that waits for nobody."""
        with Database.open(url_of(tmp_path / "hasty.db"), busy_timeout=timedelta()) as database:
            people = Recipients(database)
            register(people, Subscription(A, wants=WANTS, cadence=Cadence.DAILY), Subscription(A, Role.ADMIN))
            people.add(Subscription(B), hour(0))
            yield people

    def test_what_is_known_is_not_written_again(self, hasty: Recipients, tmp_path: Path) -> None:
        asked = Subscription(A, Role.ADMIN), Subscription(A, wants=WANTS, cadence=Cadence.DAILY)
        with nobody_else_may_write(tmp_path / "hasty.db"):
            register(hasty, *asked, at=1)
            with pytest.raises(Busy):
                register(hasty, *asked, at=1, by_mail="maildir")
            with pytest.raises(Busy):
                register(hasty, *asked, Subscription(C), at=1)
            with pytest.raises(Busy):
                register(hasty, asked[0], at=1)
            with pytest.raises(Busy):
                register(hasty, asked[0], Subscription(A, wants=WANTS), at=1)


class TestByHand:
    """Subscriptions that are added, paused and removed by commands."""

    def test_who_is_added_is_given_back_as_stored(self, people: Recipients) -> None:
        added = people.add(Subscription(A, wants=WANTS, cadence=Cadence.DAILY), hour(3))
        assert (added.subscription.wants, added.subscription.cadence) == (WANTS, Cadence.DAILY)
        assert (added.origin, added.added_at, added.paused) == (Origin.DATABASE, hour(3), False)
        assert people.subscribers() == (added,)

    def test_who_is_here_cannot_be_added_again(self, people: Recipients) -> None:
        register(people, Subscription(A))
        people.add(Subscription(B), hour(0))
        for known in (A, B):
            with pytest.raises(RecipientKnown, match=rf"{known.address}: is a recipient already"):
                people.add(Subscription(known), hour(1))
        people.add(Subscription(A, Role.ADMIN), hour(1))
        people.add(Subscription(Recipient(A.address, "maildir")), hour(1))
        assert names(people.subscribers()) == ["a", "b", "a", "a"]

    def test_who_was_removed_may_be_added_again(self, people: Recipients) -> None:
        first = people.add(Subscription(A), hour(0))
        removed = people.remove("a@example.org", hour(1))
        assert (removed.id, people.subscribers()) == (first.id, ())
        again = people.add(Subscription(A, wants=WANTS), hour(2))
        assert (again.id, again.token, again.subscription.wants) == (first.id, first.token, WANTS)
        assert (again.added_at, again.left_at) == (hour(2), None)

    def test_who_stands_in_the_settings_cannot_be_removed(self, people: Recipients) -> None:
        register(people, Subscription(A))
        with pytest.raises(RecipientInSettings, match=r"a@example\.org: stands in the settings; take it out there"):
            people.remove("a@example.org", hour(1))
        assert names(people.subscribers()) == ["a"]

    def test_a_pause_is_set_and_ended_whatever_the_origin(self, people: Recipients) -> None:
        register(people, Subscription(A))
        people.add(Subscription(B), hour(0))
        for address in ("a@example.org", "b@example.org"):
            assert people.pause(address).paused
        assert [one.paused for one in people.subscribers()] == [True, True]
        assert not people.resume("a@example.org", hour(1)).paused
        assert [one.paused for one in people.subscribers()] == [False, True]


class TestFinding:
    """A subscriber by address, number or token."""

    @pytest.mark.parametrize("written", ["Jörg.A@Example.org", "jörg.a@example.org", "JÖRG.A@EXAMPLE.ORG"])
    def test_an_address_is_found_whatever_its_case(self, people: Recipients, written: str) -> None:
        people.add(Subscription(B), hour(0))
        added = people.add(Subscription(Recipient("Jörg.A@Example.org", "smtp")), hour(0))
        assert people.find(written) == added

    def test_a_number_and_a_token_are_found(self, people: Recipients) -> None:
        people.add(Subscription(A), hour(0))
        second = people.add(Subscription(B), hour(0))
        assert people.find("2") == people.find(second.token) == second

    @pytest.mark.parametrize(
        "name", ["nobody", "", "0", "7", "²", "-1", "9" * 18, "9" * 40, "a@example", "%", "a_example.org"]
    )
    def test_an_unknown_name_is_told(self, people: Recipients, name: str) -> None:
        people.add(Subscription(A), hour(0))
        for ask in (people.find, lambda one: people.remove(one, hour(1)), people.pause):
            with pytest.raises(UnknownRecipient, match="no such recipient; `recipients list` names them"):
                ask(name)

    def test_a_token_is_told_apart_by_case(self, people: Recipients) -> None:
        token = people.add(Subscription(A), hour(0)).token
        with pytest.raises(UnknownRecipient):
            people.find(token.swapcase())

    def test_who_is_gone_is_found_only_when_asked_for_and_after_who_is_here(self, people: Recipients) -> None:
        register(people, Subscription(A))
        register(people, at=1)
        for name in ("a@example.org", "1"):
            with pytest.raises(UnknownRecipient):
                people.find(name)
            assert people.find(name, gone=True).left_at == hour(1)
        here = people.add(Subscription(Recipient("a@example.org", "maildir")), hour(2))
        assert people.find("a@example.org", gone=True) == people.find("a@example.org") == here

    def test_of_several_the_one_that_was_added_by_hand_is_meant(self, people: Recipients) -> None:
        register(people, Subscription(A, Role.ADMIN))
        by_hand = people.add(Subscription(A), hour(0))
        assert people.find("a@example.org") == by_hand
        assert people.pause("a@example.org").id == by_hand.id
        assert people.remove("a@example.org", hour(1)).id == by_hand.id
        assert people.find("a@example.org").subscription.role is Role.ADMIN

    def test_or_else_the_first(self, people: Recipients) -> None:
        register(people, Subscription(A), Subscription(A, Role.ADMIN))
        assert people.find("a@example.org").id == 1


class TestMail:
    """Those added by hand get mail by whichever way is set."""

    def test_they_move_with_the_setting_and_keep_number_and_token(self, people: Recipients) -> None:
        local = Recipient("a@example.org", "maildir")
        added = people.add(Subscription(local, wants=WANTS), hour(0))
        register(people, at=1, by_mail="smtp")
        (moved,) = people.subscribers()
        assert moved.subscription == Subscription(A, wants=WANTS)
        assert (moved.id, moved.token, moved.added_at) == (added.id, added.token, added.added_at)
        register(people, at=2, by_mail="maildir")
        assert people.subscribers() == (added,)

    def test_those_of_the_settings_stay_by_the_way_that_is_written_there(self, people: Recipients) -> None:
        local = Subscription(Recipient("a@example.org", "maildir"))
        hook = Subscription(Recipient("ops", "webhook"), Role.ADMIN)
        register(people, local, hook, by_mail="maildir")
        before = people.subscribers()
        register(people, local, hook, Subscription(C), at=1, by_mail="smtp")
        assert people.subscribers()[:2] == before

    def test_who_is_told_that_way_as_administrator_is_moved_as_reader(self, people: Recipients) -> None:
        register(people, Subscription(A, Role.ADMIN))
        by_hand = people.add(Subscription(Recipient("a@example.org", "maildir")), hour(0))
        register(people, Subscription(A, Role.ADMIN), at=1, by_mail="smtp")
        assert people.find(str(by_hand.id)).subscription == Subscription(A)

    def test_who_comes_into_the_settings_at_the_same_time_is_one_subscriber(self, people: Recipients) -> None:
        added = people.add(Subscription(Recipient("a@example.org", "maildir"), wants=WANTS), hour(0))
        register(people, Subscription(A), at=1, by_mail="smtp")
        (one,) = people.subscribers()
        assert (one.id, one.origin, one.subscription) == (added.id, Origin.SETTINGS, Subscription(A))

    def test_who_gets_mail_that_way_already_is_not_moved(self, people: Recipients) -> None:
        register(people, Subscription(A), by_mail="maildir")
        people.add(Subscription(Recipient("a@example.org", "maildir")), hour(0))
        before = people.subscribers()
        register(people, Subscription(A), at=1, by_mail="smtp")
        assert people.subscribers() == before


class TestPending:
    """What is still owed to somebody who leaves."""

    @pytest.fixture
    def owing(self, story: Story, outbox: Outbox, people: Recipients) -> Outbox:
        """Alerts 1 to A, of the settings, and 2 to B, added by hand, due at hour 1; and 3 to A, which was refused."""
        register(people, Subscription(A), Subscription(C))
        by_hand = people.add(Subscription(B), hour(0))
        of_a = people.find("a@example.org").id
        story.reads(page(), 0)
        told = (
            *owed(AlertKind.CHANGES, A, subscriber=of_a),
            *owed(AlertKind.CHANGES, B, subscriber=by_hand.id),
        )
        story.reads(page(report("a")), 1, owed=told)
        story.reads(page(report("b")), 2, owed=owed(AlertKind.CHANGES, A, subscriber=of_a))
        outbox.refused(3, hour(2), "550 no such user")
        return outbox

    def states(self, outbox: Outbox) -> list[AlertState]:
        return [alert.state for alert in reversed(outbox.alerts())]

    def test_it_goes_the_way_that_mail_goes_when_that_is_changed(self, owing: Outbox, people: Recipients) -> None:
        claimed = owing.claim(hour(3), hour(3), due_only=True)
        assert claimed is not None
        of_a = people.find("a@example.org")
        local = [Subscription(Recipient(one.address, "maildir")) for one in (A, C)]
        register(people, *local, at=3, by_mail="maildir")
        assert [alert.recipient.channel for alert in reversed(owing.alerts())] == ["smtp", "maildir", "maildir"]
        assert people.find("a@example.org").id == of_a.id
        assert {one.subscription.recipient.channel for one in people.subscribers(gone=True)} == {"maildir"}
        assert [alert.id for alert in owing.waiting(hour(4))] == [2, 1]

    def test_it_is_called_off_for_who_is_removed(self, owing: Outbox, people: Recipients) -> None:
        people.remove("b@example.org", hour(3))
        assert self.states(owing) == [AlertState.PENDING, AlertState.CANCELLED, AlertState.FAILED]
        assert owing.letter(2).alert.last_error == "its recipient was removed"

    def test_what_was_sent_before_stays_sent(self, owing: Outbox, people: Recipients) -> None:
        owing.sent(2, hour(1))
        people.remove("b@example.org", hour(3))
        assert owing.letter(2).alert.state is AlertState.SENT

    def test_it_is_held_for_who_leaves_the_settings_and_sent_within_a_week(
        self, owing: Outbox, people: Recipients
    ) -> None:
        register(people, Subscription(C), at=3)
        assert self.states(owing) == [AlertState.PENDING, AlertState.PENDING, AlertState.FAILED]
        register(people, Subscription(A), Subscription(C), at=3 + WEEK)
        assert self.states(owing) == [AlertState.PENDING, AlertState.PENDING, AlertState.FAILED]
        letter = owing.claim(hour(3 + WEEK), hour(3 + WEEK), due_only=True)
        assert letter is not None
        assert letter.alert.id == 1

    def test_it_is_called_off_for_who_is_back_only_later(self, owing: Outbox, people: Recipients) -> None:
        register(people, Subscription(C), at=3)
        register(people, Subscription(A), Subscription(C), at=3.001 + WEEK)
        assert self.states(owing) == [AlertState.CANCELLED, AlertState.PENDING, AlertState.CANCELLED]
        assert owing.letter(1).alert.last_error == "its recipient had left"

    def test_how_long_it_was_pending_before_does_not_matter(self, owing: Outbox, people: Recipients) -> None:
        register(people, Subscription(C), at=WEEK)
        register(people, Subscription(A), Subscription(C), at=WEEK + 24)
        assert self.states(owing)[0] is AlertState.PENDING

    def test_alerts_without_a_subscription_are_nobody_s_to_call_off(
        self, story: Story, outbox: Outbox, people: Recipients
    ) -> None:
        story.reads(page(), 0, owed=owed(AlertKind.CHANGES, READER, ADMIN))
        people.add(Subscription(READER), hour(1))
        people.remove(READER.address, hour(2))
        assert self.states(outbox) == [AlertState.PENDING] * 2
