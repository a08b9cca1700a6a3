"""A line of some length between browser and JupyterLab: a proxy on loopback that takes its time.

It stands for a kernel that is far away. What goes through arrives half a round trip later, each way
has a bandwidth that all connections share, and the order is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import threading
import time
from dataclasses import dataclass
from urllib.parse import urlsplit

READ_AT_ONCE = 65_536  # bytes
PIECE = 4096  # bytes: connections take turns after so many
PATIENCE = 20  # seconds for the proxy to start and to stop
LONGEST = 60  # seconds in which it is quiet, whatever comes ahead


@dataclass(frozen=True)
class Distance:
    """How far away a server is."""

    round_trip: float
    """Milliseconds, half of them each way."""
    bandwidth: float = math.inf
    """Mbit/s each way."""


HERE = Distance(0)


class Way:
    """One direction of the line, for all connections."""

    def __init__(self) -> None:
        self.distance = HERE
        self.bytes = 0
        """How many have arrived."""
        self.last = time.monotonic()
        """When the last of them arrived."""
        self._free_at = 0.0
        self._turn = asyncio.Lock()  # hands on in the order in which it was asked for

    async def carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """All that one connection sends this way, and then its end."""
        under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()
        async with asyncio.TaskGroup() as both:
            both.create_task(self._depart(reader, under_way))
            both.create_task(self._arrive(under_way, writer))

    async def _depart(
        self, reader: asyncio.StreamReader, under_way: asyncio.Queue[tuple[float, bytes]]
    ) -> None:
        while data := await reader.read(READ_AT_ONCE):
            read_at = time.monotonic()
            for at in range(0, len(data), PIECE):
                piece = data[at : at + PIECE]
                departure = await self._pass(len(piece), read_at)
                under_way.put_nowait((departure + self._half_a_trip(), piece))
        under_way.put_nowait((time.monotonic() + self._half_a_trip(), b""))

    async def _pass(self, size: int, read_at: float) -> float:
        """Wait until so many bytes have departed; when that was.

        They depart at a time that is computed, so that sleeping a little too long each time does
        not add up.
        """
        async with self._turn:
            taken = 8 * size / (1e6 * self.distance.bandwidth)
            self._free_at = max(self._free_at, read_at) + taken
            departure = self._free_at
            await sleep_until(departure)
        return departure

    def _half_a_trip(self) -> float:
        return self.distance.round_trip / 2000

    async def _arrive(
        self, under_way: asyncio.Queue[tuple[float, bytes]], writer: asyncio.StreamWriter
    ) -> None:
        while True:
            arrival, piece = await under_way.get()
            await sleep_until(arrival)
            if not piece:
                writer.write_eof()
                return
            self.bytes += len(piece)
            self.last = time.monotonic()
            writer.write(piece)
            await writer.drain()


async def sleep_until(moment: float) -> None:
    """Sleep until this moment of `time.monotonic`."""
    wait = moment - time.monotonic()
    if wait > 0:
        await asyncio.sleep(wait)


class Proxy:
    """Hands on to a server on loopback what comes to an address of its own, and its answers back.

    It runs in a thread of its own. Its distance can be changed at any time: what is under way keeps
    the old one.

    Parameters
    ----------
    server : str
        The address of the server, as `http://127.0.0.1:8888`.
    """

    def __init__(self, server: str) -> None:
        self._server_port = urlsplit(server).port
        self._is_ready = threading.Event()
        self._thread = threading.Thread(target=asyncio.run, args=(self._serve(),), daemon=True)
        self._thread.start()
        if not self._is_ready.wait(PATIENCE):
            raise RuntimeError("the proxy did not start")

    def __enter__(self) -> Proxy:
        return self

    def __exit__(self, *_error: object) -> None:
        self.stop()

    def stop(self) -> None:
        """Hang up, and take no more connections."""
        if self._thread.is_alive():
            self._loop.call_soon_threadsafe(self._is_over.set)
            self._thread.join(PATIENCE)

    def go(self, distance: Distance) -> None:
        """Be so far away from now on."""
        self._up.distance = distance
        self._down.distance = distance

    @property
    def down(self) -> int:
        """Bytes that have arrived from the server so far."""
        return self._down.bytes

    def quiet_for(self) -> float:
        """Seconds since anything arrived at either end."""
        return time.monotonic() - max(self._up.last, self._down.last)

    def wait_until_quiet(self, seconds: float) -> None:
        """Wait until nothing has arrived for so long: all is answered.

        Not for ever, as JupyterLab asks its server something now and then.
        """
        until = time.monotonic() + LONGEST
        while self.quiet_for() < seconds and time.monotonic() < until:
            time.sleep(0.02)

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._is_over = asyncio.Event()
        self._up = Way()
        self._down = Way()
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        self.address = f"http://127.0.0.1:{port}"
        self._is_ready.set()
        await self._is_over.wait()
        server.close()  # `asyncio.run` cancels the connections that are left

    async def _connect(
        self, from_page: asyncio.StreamReader, to_page: asyncio.StreamWriter
    ) -> None:
        """A connection of the page; that it is made takes a round trip."""
        await asyncio.sleep(self._up.distance.round_trip / 1000)
        # A connection that is cancelled at the end ends well: Python 3.11 would make noise of it.
        with contextlib.suppress(OSError, asyncio.CancelledError):
            from_server, to_server = await asyncio.open_connection("127.0.0.1", self._server_port)
            with contextlib.closing(to_page), contextlib.closing(to_server):
                await self._carry_both_ways((from_page, to_page), (from_server, to_server))
        to_page.close()

    async def _carry_both_ways(self, page, server) -> None:
        from_page, to_page = page
        from_server, to_server = server
        with contextlib.suppress(ExceptionGroup):  # one end has hung up: so does the other
            async with asyncio.TaskGroup() as both:
                both.create_task(self._up.carry(from_page, to_server))
                both.create_task(self._down.carry(from_server, to_page))
