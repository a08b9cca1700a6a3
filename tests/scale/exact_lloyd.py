"""Lloyd's passes over rows of bytes in Python's fractions: slow, plain, and without NumPy."""

from fractions import Fraction


def in_steps(number):
    """The nearest whole number of 512ths; half-way the even one."""
    return Fraction(round(Fraction(number) * 512), 512)


def exact_passes(rows, start):
    """Pairs of a codebook, as tuples of fractions, and its distortion, until that falls no more."""
    codebook = [tuple(in_steps(number) for number in vector) for vector in start]
    rows = [tuple(int(number) for number in row) for row in rows]
    pairs = []
    while True:
        chosen = [nearest(row, codebook) for row in rows]
        errors = [squared_error(row, codebook[i]) for row, i in zip(rows, chosen, strict=True)]
        distortion = sum(errors) / (len(rows) * len(rows[0]))
        pairs.append((codebook, distortion))
        if len(pairs) > 1 and distortion >= pairs[-2][1]:
            return pairs
        codebook = moved(codebook, rows, chosen, errors)


def squared_error(row, vector):
    return sum((Fraction(x) - y) ** 2 for x, y in zip(row, vector, strict=True))


def nearest(row, codebook):
    """Of several code vectors as near the first."""
    errors = [squared_error(row, vector) for vector in codebook]
    return errors.index(min(errors))


def moved(codebook, rows, chosen, errors):
    """Centroids; the first empty region gets the worst row, and the others stay."""
    empty_ones = 0
    vectors = []
    for index, vector in enumerate(codebook):
        region = [row for row, i in zip(rows, chosen, strict=True) if i == index]
        if region:
            vectors.append(centroid(region))
            continue
        vectors.append(worst(rows, errors) if empty_ones == 0 else vector)
        empty_ones += 1
    return vectors


def centroid(region):
    columns = zip(*region, strict=True)
    return tuple(in_steps(Fraction(sum(column), len(region))) for column in columns)


def worst(rows, errors):
    """The row with the largest error; of several the first in the order of a dictionary."""
    largest = max(errors)
    worst_ones = [row for row, error in zip(rows, errors, strict=True) if error == largest]
    return tuple(Fraction(number) for number in min(worst_ones))
