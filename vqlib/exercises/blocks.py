"""What the exercises of notebook 06_blocks ask for."""

from .blocks_trial import cuts_into_blocks, puts_blocks_back, shows_in_tiles
from .kinds import Exercises, Guess, Number, Property, Sentences
from .picture_contest import smallest_file

EXERCISES: Exercises = {
    "06.1": (
        Number("the rate of the indices", 0.002),
        Number("the rate of the codebook", 0.002),
        Number("the pixels", 100_000, words="It has to be right within 1 %."),
    ),
    "06.2": (
        Property("cut", cuts_into_blocks),
        Property("put_back", puts_blocks_back),
    ),
    "06.3": (
        Guess("your guess", 0, 100),
        Number("the PSNR of two greys", 0.05),
        # From 70 starts, each with a shuffle of its own: 17.04 to 17.65.
        Number("the PSNR of 16 tiles", 0.8),
        Sentences(
            "your explanation",
            (
                "Does it say what the four pixels of a block have in common before, and after?",
                "Does it say what tiles make of that?",
                "Does it say why two greys do not notice?",
            ),
            terms={
                r"neighbour|neighbor|correlat|depend|alike|similar|resembl|relat|common|know|tell"
                r"|beside|next to|random|chance|nearby|adjacent|surround": (
                    "What do the pixels of one block have to do with each other?"
                )
            },
        ),
    ),
    "06.4": (
        Guess("your guess", -20, 40),
        Number("the components", 0.1),
        Number("the colours of the palette", 0.1),
        # From 20 starts: 5.34 to 5.47.
        Number("the gain", 0.3),
    ),
    "06.5": (Property("your function", shows_in_tiles),),
    "06.6": (Property("your file", smallest_file),),
}
