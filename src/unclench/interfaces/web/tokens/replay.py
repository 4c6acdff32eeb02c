"""Token ids already used, as hashes, until the token they came with has expired. Workers share them by a folder."""

from __future__ import annotations

import asyncio
import os
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from hashlib import sha256
from pathlib import Path

from unclench.interfaces.web.work import BusyError

MOST = 1_000_000  # ids at one time: 40 bytes or so each
CLEAN_EVERY = 500
WAIT_S = 0.5  # for another worker that is writing
FILE = "tokens.sqlite"


class Replays:
    """What was used. Without a folder it is kept in memory, for one worker alone.

    It fails closed: an id that cannot be remembered is not accepted.
    """

    def __init__(self, folder: str = "", *, most: int = MOST) -> None:
        self._path = Path(folder) / FILE if folder else None
        self._most = most
        self._since_clean = CLEAN_EVERY  # the first use cleans what an earlier run left
        self._db: sqlite3.Connection | None = None
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="token-ids")

    async def first_use(self, iss: str, jti: str, *, until: float, now: float) -> bool:
        """Remember an id until a time (seconds since 1970); False where it is known already.

        Raises
        ------
        BusyError
            where it cannot be remembered: too many are, or the folder cannot be written.
        """
        loop = asyncio.get_running_loop()
        try:
            return await loop.run_in_executor(self._pool, self._remember, _hash(iss, jti), until, now)
        except (sqlite3.Error, OSError):
            raise BusyError from None

    def close(self) -> None:
        """Close the file."""
        if self._db is not None:
            self._pool.submit(self._db.close).result()
            self._db = None
        self._pool.shutdown(wait=True)

    def _remember(self, key: bytes, until: float, now: float) -> bool:
        db = self._db or self._opened()
        self._since_clean += 1
        if self._since_clean > CLEAN_EVERY:
            self._since_clean = 0
            db.execute("DELETE FROM used WHERE until < ?", (now,))
            if db.execute("SELECT count(*) FROM used").fetchone()[0] >= self._most:
                self._since_clean = CLEAN_EVERY
                raise BusyError
        # One statement, so that of two workers with the same id exactly one is first.
        return db.execute("INSERT OR IGNORE INTO used VALUES (?, ?)", (key, until)).rowcount == 1

    def _opened(self) -> sqlite3.Connection:
        if self._path is not None:
            # Made before SQLite does, so that it is nobody else's from the start. Its companions take the same mode.
            os.close(os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_NOFOLLOW, 0o600))
        db = sqlite3.connect(self._path or ":memory:", timeout=WAIT_S, isolation_level=None, check_same_thread=False)
        db.execute("PRAGMA journal_mode = WAL")
        db.execute("PRAGMA synchronous = NORMAL")
        db.execute("CREATE TABLE IF NOT EXISTS used (id BLOB PRIMARY KEY, until REAL NOT NULL) WITHOUT ROWID")
        self._db = db
        return db


def _hash(iss: str, jti: str) -> bytes:
    """One way: neither the issuer nor the id can be read from it."""
    return sha256(f"{len(iss)}:{iss}:{jti}".encode()).digest()
