"""What the exercises of notebook 11_learned_codebooks ask for."""

from .batch_trial import misleads
from .finite_trial import is_finite_quantizer
from .kinds import Choice, Exercises, Guess, Number, Property, Sentences
from .loss_trial import has_right_gradients
from .table_trial import is_best_table
from .token_contest import shortens_the_page

MAY_RISE = ("cannot rise", "may rise")

EXERCISES: Exercises = {
    "11.1": (
        Number("the samples of a frame", 0.1),
        Number("the rate with eight stages", 0.01),
        Number("the stages at 5 kbps", 0.1),
        Number("the hour at the receiver", 0.5),
        Number("the rate with an entropy coder", 0.01),
        Number("the minutes", 0.1),
        Number("the seconds", 0.01),
    ),
    "11.2": (
        Number("the slopes as it stands", 0.001, count=2),
        Number("the slopes as they are meant", 0.001, count=2),
        Number("the factor", 0.01),
        Property("your loss", has_right_gradients),
    ),
    "11.3": (
        Number("the bounds", 0.1, count=2),
        Number("the tokens that are enough", 0.1),
        Guess("your guess", 1, 512),
        # 1000 batches have a standard error of 0.08; 20 seeds of 200 give 58.6 to 59.4.
        Number("the mean of an even codebook", 0.5),
        Number("the share that is moved", 0.002),
        Number("the batches of patience", 0.1),
        Property("your two codebooks", misleads),
    ),
    "11.4": (
        Property("your two functions", is_finite_quantizer),
        Number("the slope at 3", 0.0002),
    ),
    "11.5": (
        Property("your function", is_best_table),
        Choice("the first change on known pictures", MAY_RISE),
        Choice("the second change on known pictures", MAY_RISE),
        Choice("both changes on new pictures", MAY_RISE),
        Sentences(
            "your explanation",
            (
                "Does it say what the decoder is with one token for each picture?",
                "Does it say what k-means can do with such a table that the network cannot do "
                "better?",
                "Does it say what a network can do that such a table cannot?",
            ),
            terms={
                r"table|list|(?<!k-)\bmeans?\b|centroid|average|cent(re|er)|lloyd|free|direct"
                r"|optim|best|least|minimi|different|codebook": (
                    "Say what a decoder is that gets one token."
                ),
                r"large|big|long|context|whole|sound|audio|speech|voice|video|music|\bloss|error"
                r"|percept|look|\beye|generat|sampl|prior|predict|model|several|many|structure"
                r"|share|grow|exponen|dimension|resolution|detail|sharp|natural": (
                    "Say what networks are used for, where a table will not do."
                ),
            },
        ),
    ),
    "11.6": (Property("your model", shortens_the_page),),
}
