"""Prints the digest of some passes and what they ran on; a test starts this as a process.

With the word `client` on the client that notebook 12 makes, else in threads.
"""

import logging
import os
import sys
from contextlib import nullcontext

from threadpoolctl import threadpool_info

from tests.scale.chunks import BLOCKS, digest, first_passes


def client():
    from distributed import Client

    address = os.environ.get("DASK_SCHEDULER_ADDRESS")
    if address:
        return Client(address)
    quiet = {"dashboard_address": "127.0.0.1:0", "silence_logs": logging.CRITICAL}
    return Client(n_workers=2, threads_per_worker=1, **quiet)


if __name__ == "__main__":
    with client() if "client" in sys.argv else nullcontext() as found:
        print(digest(first_passes(BLOCKS)))
        if found is None:
            print(*{library.get("architecture") for library in threadpool_info()})
        else:
            print(found.scheduler.address, len(found.nthreads()))
