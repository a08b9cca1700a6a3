"""What the exercises of notebook 12_scaling ask for."""

from .kinds import Choice, Exercises, Guess, Number, Property, Sentences
from .reading_contest import stands_by_what_it_reads
from .reservoir_trial import is_uniform
from .rounding_trial import lands_elsewhere
from .totals_trial import adds_up

PLANS = ("A", "B", "C", "D")
BETTER = ("the pass", "the larger sample")

FEWER = (
    r"sampl|subset|random|few|some rows|part of|fraction|portion|small|hundred|thousand|less"
    r"|not all|share|tenth|percent|%|memory|one (machine|computer)|\d+ (rows|blocks|vectors)"
)
"""Words for what is enough for training."""
EVERY_ROW = (
    r"encod|\bcod(ed|ing)\b|measur|compress|quanti[sz]|distort|index|indices|convert|assign|store"
    r"|nearest|(every|each|all|any) (row|block|vector|sample)s?|touch|everything"
)
"""Words for what has to see all rows."""

EXERCISES: Exercises = {
    "12.1": (
        Number("the rows", 1),
        Number("the pictures", 0.1, count=2),
        Number("the least overheads", 0.01, count=2, words="It has to be right within 0.01 %."),
        Number("the rows at once", 0.5),
        Choice("the plan that fits", PLANS),
        Number("the totals", 0.5),
    ),
    "12.2": (
        Number("two chunks", 0.01, count=2),
        Number("three chunks", 0.01, count=2),
        Property("your three functions", adds_up),
    ),
    "12.3": (
        Property("your five things", lands_elsewhere),
        Number("the trillions of bytes", 0.1),
        Number("the rows of squared errors", 1, words="It has to be right within one row."),
        Number("the finest steps", 0.1),
    ),
    "12.4": (
        Property("your function", is_uniform),
        Number("the chances", 0.0001, count=2),
        Number("the rows ever taken", 10, words="It has to be right within ten."),
    ),
    "12.5": (
        Number("the millions of rows", 0.01),
        Number("their megabytes", 0.2),
        Guess("your guess", 0, 10),
        # One sample has a standard deviation of 0.078, so 30 have a standard error of 0.014:
        # twenty times thirty samples give 0.28 to 0.33.
        Number("what all passes bring", 0.05),
        # 0.037 and 0.007; twenty times thirty samples give 0.149 to 0.174.
        Number("what one pass brings", 0.03),
        # The larger sample is ahead by 0.11 dB, with a standard error of 0.01.
        Choice("the better one", BETTER),
        Sentences(
            "your explanation",
            (
                "Does it say how many rows a code vector needs, however many there are in all?",
                "Does it say what a pass over everything is worth then?",
                "Does it say what has to see every row?",
            ),
            terms={
                FEWER: "What is enough for training, in place of all rows?",
                EVERY_ROW: "Which work has to touch every row?",
            },
        ),
    ),
    "12.6": (Property("your function", stands_by_what_it_reads),),
}
