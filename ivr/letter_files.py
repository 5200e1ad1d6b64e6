"""Files that came with e-mails: kept by us, and served like those at Twilio (`ivr.file_pages`)."""

from collections.abc import AsyncIterator

from db.letters import FILES, find_file
from db.pool import Pool
from ivr.file_sources import Fetched, FileGone

PIECE = 256 * 1024  # bytes


class LetterFiles:
    def __init__(self, pool: Pool) -> None:
        self._pool = pool

    def holds(self, address: str) -> bool:
        return address.startswith(FILES) and address.removeprefix(FILES).isdecimal()

    async def fetch(self, address: str, part: str = "") -> Fetched:
        """Always whole. Raises FileGone."""
        if not self.holds(address):
            raise FileGone(f"{address} is no file of a letter")
        async with self._pool.acquire() as connection:
            content = await find_file(connection, int(address.removeprefix(FILES)))
        if content is None:
            raise FileGone(address)
        return Fetched(_pieces(content), _nothing, len(content))


async def _pieces(content: bytes) -> AsyncIterator[bytes]:
    for begin in range(0, len(content), PIECE):
        yield content[begin : begin + PIECE]


async def _nothing() -> None:
    """There is nothing to close."""
