"""What makes and stores things of this repository; no part of the module `vqlib`."""
