"""What the exercises of notebook 08_structured ask for."""

from .digits_trial import are_digits
from .greed_trial import loses_by_greed
from .kinds import Exercises, Guess, Number, Property, Sentences
from .packing_trial import packs_even_rows
from .parts_trial import quantizes_in_parts
from .stage_contest import place_among_stages

EXERCISES: Exercises = {
    "08.1": (
        Number("comparisons by greedy search", 0.1),
        Number("comparisons with 4 survivors", 0.1),
        Number("comparisons in the tree", 0.1),
        # With the root or without.
        Number("vectors stored by the tree", 10, words="It has to be right within ten."),
        Number("the rate of the indices", 0.001),
        Number("the rate of the codebooks", 0.001),
        Number("the pixels", 1000, words="It has to be right within 1000."),
    ),
    "08.2": (
        Property("your codebooks", are_digits),
        Number("the errors after one, two and three stages", 0.005, count=3),
        Guess("your guess", 1, 64),
        Number("the levels used backwards", 0.1),
        Number("the error backwards", 0.01),
    ),
    "08.3": (Property("your example", loses_by_greed),),
    "08.4": (
        Property("your function", quantizes_in_parts),
        Sentences(
            "your explanation",
            (
                "Does it say what the two halves of such rows have in common?",
                "Does it say why neighbouring halves come back in their places?",
                "Does it say why turned rows bring both faults to light?",
            ),
            terms={
                r"same|alike|similar|equal|identical|common|statisti|distribut|varian|differ"
                r"|spread|large|small|scale": "How do the two halves of a row compare?",
                r"order|place|position|neighbour|neighbor|consecutive|adjacent|contiguous|sequen"
                r"|column|stack|side by side|concat|sort|put back|join|permut|shuffl|ind(ex|ic)"
                r"|left|right": ("What happens to the places of the numbers?"),
            },
        ),
    ),
    "08.5": (
        Number("the rows that are left", 0.5),
        Property("your two functions", packs_even_rows),
        Guess("your guess", -20, 20),
        # From 100,000 rows it has a standard error of 0.002.
        Number("the gain at equal rate", 0.02, words="It has to be right within 0.02 dB."),
    ),
    "08.6": (Property("your stages", place_among_stages),),
}
