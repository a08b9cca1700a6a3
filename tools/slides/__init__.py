"""`make slides`: decks of slides that open from the disk, with the notebooks' own figures."""
