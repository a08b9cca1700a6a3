"""What the exercises of notebook 03_design ask for."""

from .codebook_contest import place_in_the_contest
from .kinds import Exercises, Guess, Number, Property, Sentences
from .lloyd_trial import ends_better, lloyd_is_mended
from .spread_trial import spreads

EXERCISES: Exercises = {
    "03.1": (
        Number("the stops at the end", 0.5, count=2),
        Number("the mean squared walk", 0.5),
        Property("your start", ends_better),
    ),
    "03.2": (
        Guess("your guess", 0, 1),
        # Of 500 runs the share has a standard error of 0.02. By 20 seeds of the houses it was 0.18
        # to 0.28, with a standard deviation of 0.023; the given houses have 0.21.
        Number("the share", 0.1, words="It is a share from 0 to 1, and right within a tenth."),
        # From 18.0 to 19.2 dB, by the same seeds; the given houses have 18.3.
        Number("the worst end", 1.0),
    ),
    "03.3": (
        Property("your function", lloyd_is_mended),
        Sentences(
            "your sentences",
            (
                "Does each say what goes wrong, and with which houses it shows?",
                "Could somebody else find the line by it?",
            ),
            terms={
                r"mean|average|cent(?:re|er|roid)|ind(?:ex|ices)|nonzero|member|position|number": (
                    "One fault is in what a stop moves to."
                ),
                r"empty|nobody|no ?one|none|no house|nan|unused|without|idle|alone|zero": (
                    "One fault shows when nobody goes to a stop."
                ),
                r"half|tie|equal|same|middle|threshold|border|between|both|argmin": (
                    "One fault shows when a house is as far from one stop as from the next."
                ),
            },
        ),
    ),
    "03.4": (Property("your function", spreads),),
    "03.5": (
        Number("the upper level", 0.0005),
        Number("the mean squared error", 0.0005),
        Number("K² D at 64 levels", 0.001),
        Number("the limit", 0.005),
    ),
    "03.6": (Property("your codebook", place_in_the_contest),),
}
