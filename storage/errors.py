"""The storage's errors, as a tree. Each message is one line that names the file and the way out.

Where it lists records to choose from, it has a line for each.
"""

from __future__ import annotations


class StorageError(Exception):
    """Whatever keeps the database from being read or written."""


class NotADatabase(StorageError):
    """The file is something else, or damaged."""


class NewerDatabase(StorageError):
    """A later version of the program wrote the database."""


class MigrationFailed(StorageError):
    """The database could not be brought to the newest revision, and is as it was."""


class Unwritable(StorageError):
    """The disk is full, or the file or its folder may not be written."""


class Busy(StorageError):
    """Another program holds the database for longer than we wait."""


class LockHeld(StorageError):
    """Another run of checks is under way; the message says whose."""


class PastChanged(StorageError):
    """Another run stored something while a history was being completed; nothing was written."""


class UnknownChange(StorageError):
    """No change has such a number."""


class UnknownSnapshot(StorageError):
    """No snapshot has the number, or none is as old as the time asked about."""


class UnknownWatch(StorageError):
    """The database knows no watch of that name."""


class UnknownRecord(StorageError):
    """No record has the key, the address or the words; the message lists some that are near."""


class SeveralRecords(StorageError):
    """Several records are meant; the message lists them."""


class NoFullText(StorageError):
    """The SQLite that Python uses here was built without full-text search."""


class UnknownAlert(StorageError):
    """No alert has the number."""


class UnknownRecipient(StorageError):
    """Nobody has the address, number or token."""


class RecipientKnown(StorageError):
    """Somebody who is to be added is there already."""


class RecipientInSettings(StorageError):
    """A recipient stands in the settings, and cannot be removed from the database alone."""
