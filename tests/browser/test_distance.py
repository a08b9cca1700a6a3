"""The line between the browser and JupyterLab is as long and as narrow as it says."""

import contextlib
import random
import socket
import socketserver
import statistics
import threading
import time

import pytest

from tests.browser.distance import HERE, Distance, Proxy

BANDWIDTH = 5  # Mbit/s
SECOND_OF_BYTES = BANDWIDTH * 125_000
LATE = 0.06  # seconds that a busy machine may add to a round trip
SLOW = 1.6  # times as long as computed that a transfer may take on a busy machine


class Echo(socketserver.BaseRequestHandler):
    """Sends back what comes, until the other side has ended."""

    def handle(self):
        while data := self.request.recv(65_536):
            self.request.sendall(data)


@pytest.fixture
def proxy():
    """A proxy before a server that echoes."""
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Echo) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        with Proxy(f"http://127.0.0.1:{server.server_address[1]}") as started:
            yield started
        server.shutdown()


@contextlib.contextmanager
def connection(proxy):
    port = int(proxy.address.rsplit(":", 1)[1])
    with socket.create_connection(("127.0.0.1", port), timeout=20) as opened:
        yield opened


def echoed(opened, data):
    """What comes back, and the seconds until all of it is there."""
    start = time.perf_counter()
    sender = threading.Thread(target=opened.sendall, args=(data,))
    sender.start()
    received = bytearray()
    while len(received) < len(data):
        received += opened.recv(65_536)
    taken = time.perf_counter() - start
    sender.join()
    return bytes(received), taken


@pytest.mark.parametrize("round_trip", [0, 100, 200])
def test_a_round_trip_takes_as_long_as_it_says(proxy, round_trip):
    proxy.go(Distance(round_trip, BANDWIDTH))
    with connection(proxy) as opened:
        echoed(opened, b"first")
        taken = statistics.median(echoed(opened, b"ping")[1] for _ in range(5))
    assert round_trip / 1000 <= taken <= round_trip / 1000 + LATE


def test_the_bandwidth_is_what_it_says_and_bytes_stay_in_order(proxy):
    proxy.go(Distance(0, BANDWIDTH))
    data = random.Random(0).randbytes(SECOND_OF_BYTES // 2)
    with connection(proxy) as opened:
        received, taken = echoed(opened, data)
    assert received == data
    assert 0.5 <= taken <= 0.5 * SLOW
    assert proxy.down == len(data)


def test_connections_share_the_bandwidth_and_take_turns(proxy):
    proxy.go(Distance(0, BANDWIDTH))
    times = []

    def send():
        with connection(proxy) as opened:
            times.append(echoed(opened, bytes(SECOND_OF_BYTES // 4))[1])

    threads = [threading.Thread(target=send) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert min(times) >= 0.4  # alone it would take a quarter of a second
    assert max(times) <= 0.5 * SLOW


def test_the_order_is_kept_when_the_distance_shrinks(proxy):
    with connection(proxy) as opened:
        proxy.go(Distance(300))
        opened.sendall(b"far ")
        time.sleep(0.05)
        proxy.go(HERE)
        received, _taken = echoed(opened, b"here")
        received += opened.recv(65_536) if len(received) < 8 else b""
    assert received == b"far here"


def test_the_end_of_a_connection_is_passed_on(proxy):
    proxy.go(Distance(100))
    with connection(proxy) as opened:
        opened.sendall(b"last")
        opened.shutdown(socket.SHUT_WR)
        assert opened.recv(65_536) == b"last"
        assert opened.recv(65_536) == b""


def test_quiet_is_counted_from_the_last_byte(proxy):
    with connection(proxy) as opened:
        echoed(opened, b"ping")
        time.sleep(0.3)
        assert 0.3 <= proxy.quiet_for() < 0.3 + 5 * LATE
        proxy.wait_until_quiet(0.6)
        assert 0.6 <= proxy.quiet_for() < 0.6 + 5 * LATE


def test_without_its_server_it_hangs_up():
    with Proxy("http://127.0.0.1:9") as proxy, connection(proxy) as opened:
        assert opened.recv(65_536) == b""


def test_it_stops_without_a_word_while_a_connection_is_open(proxy, caplog):
    with connection(proxy) as opened:
        echoed(opened, b"ping")
        proxy.stop()
        assert opened.recv(65_536) == b""
    assert caplog.records == []
