"""What can go wrong in retrieval.

RetrievalError
├── ReadError               a file cannot be read; the message is one clear line for the report
│   ├── UnsupportedFormat   there is no reader for this kind of file
│   ├── PageForbidden       the site asks robots not to fetch this page
│   ├── PageGone            the site says that there is no such page
│   └── ReaderKilled        the child process that read it broke a limit (time, memory, output)
└── StoreError              the store cannot be used
    ├── StoreBusy           another process holds the write lock
    ├── StoreFull           there is no room left on its disk
    ├── StoreCorrupt        not a database, or a damaged one
    └── StoreTooNew         written by a newer Quoth
"""

from __future__ import annotations


class RetrievalError(Exception):
    """Base of all; `str(error)` is a sentence that a person may read."""


class ReadError(RetrievalError):
    """A file cannot be read."""


class UnsupportedFormat(ReadError):
    """There is no reader for this kind of file."""


class PageForbidden(ReadError):
    """The site asks robots not to fetch this page."""


class PageGone(ReadError):
    """The site says that there is no such page."""


class ReaderKilled(ReadError):
    """The reader's child process broke a limit and was stopped."""


class StoreError(RetrievalError):
    """The store cannot be used."""


class StoreBusy(StoreError):
    """Another process holds the write lock."""


class StoreFull(StoreError):
    """There is no room left on its disk."""


class StoreCorrupt(StoreError):
    """The file is not a database of ours, or it is damaged."""


class StoreTooNew(StoreError):
    """The file was written by a newer Quoth."""
