"""What the exercises of notebook 10_weights ask for."""

from .block_contest import stands_among_blocks
from .gradient_trial import finds_gradients
from .kinds import Choice, Exercises, Guess, Number, Property, Sentences
from .turn_trial import quantizes_turned

LENGTHS = (16, 32, 64, 128, 256, 512, 1024, 2048)

EXERCISES: Exercises = {
    "10.1": (
        Number("AQLM on the large matrix", 0.001),
        Number("AQLM on the small matrix", 0.001),
        Number("one codebook of 65,536", 0.001),
        Number("the rows", 10, words="It has to be right within ten."),
        Number("NF4 in blocks of 16", 0.001),
        Number("NF4 with quantized scales", 0.001),
        Number("Q2_K", 0.001),
    ),
    "10.2": (
        Guess("your guess", 16, 2048),
        # The best is 0.027 dB or more above the next, on each of 20 sets of as many numbers.
        Choice("the best length", LENGTHS),
        Choice("the best length with cheap scales", LENGTHS),
        Choice("the best length for the matrix", LENGTHS),
        # By the same 20 seeds it is 1.75 to 1.81.
        Number("what blocks of 64 give away", 0.1, words="It has to be right within 0.1 dB."),
    ),
    "10.3": (Property("your function", quantizes_turned),),
    "10.4": (Property("your function", finds_gradients),),
    "10.5": (
        Number("the levels", 0.1, count=2, words="What is log2 K of so many?"),
        Number(
            "their errors",
            0.0001,
            count=2,
            words="It has to be right within 0.0001, for the best table of so many levels.",
        ),
        Sentences(
            "your explanation",
            (
                "Does it say what Lloyd and Max were allowed to know of a weight, and what NF4's "
                "file says besides?",
                "Does it say what that costs?",
                "Does it say who is ahead when both pay the same?",
            ),
            terms={
                r"scale|largest|absmax|maxim|strength|block|range|extreme": (
                    "What does NF4's file hold beside the indices?"
                ),
                r"\bbits?\b|rate|cost|pay|price|byte|expens|free": "What does that cost?",
            },
        ),
    ),
    "10.6": (Property("your two functions", stands_among_blocks),),
}
