"""Prints the digest of some passes and the kernels of BLAS; a test starts this as a process."""

from threadpoolctl import threadpool_info

from tests.scale.chunks import BLOCKS, digest, first_passes

if __name__ == "__main__":
    print(digest(first_passes(BLOCKS)))
    print(*{library.get("architecture") for library in threadpool_info()})
