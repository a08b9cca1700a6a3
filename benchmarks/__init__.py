"""Tables of speed and quality, each against peers in one run; README.md has the last ones."""
