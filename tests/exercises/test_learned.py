"""The exercises of 11: right ways that are not ours pass, mistakes get the sentence they need."""

from types import SimpleNamespace

import nbformat
import numpy as np
import pytest
from scipy import special

from tests.exercises.support import (
    STRANGE,
    assert_one_sentence,
    assert_right,
    is_right,
    never,
    verdict,
    words_of,
)
from tests.support import ROOT
from vqlib import Codebook, design, learned, measure
from vqlib.exercises import batch_trial, loss_trial, table_trial, token_contest
from vqlib.exercises.token_contest import LEAST, OTHERS

ASKED = [
    ("11.1", "the samples of a frame"),
    ("11.1", "the minutes"),
    ("11.2", "the slopes as it stands"),
    ("11.2", "the factor"),
    ("11.2", "your loss"),
    ("11.3", "the bounds"),
    ("11.3", "your guess"),
    ("11.3", "the mean of an even codebook"),
    ("11.3", "your two codebooks"),
    ("11.4", "your two functions"),
    ("11.4", "the slope at 3"),
    ("11.5", "your function"),
    ("11.5", "both changes on new pictures"),
    ("11.5", "your explanation"),
    ("11.6", "your model"),
]


@pytest.mark.parametrize(("name", "what"), ASKED)
@pytest.mark.parametrize("answer", STRANGE)
def test_strange_answers_get_one_sentence(name, what, answer):
    assert_one_sentence(words_of(name, what, answer))


@pytest.mark.parametrize(
    ("name", "what", "answer"),
    [
        ("11.2", "your loss", never),
        ("11.4", "your two functions", (never, never)),
        ("11.4", "your two functions", (lambda latents, levels: np.zeros(3), never)),
        ("11.5", "your function", never),
        ("11.6", "your model", never),
    ],
)
def test_the_error_of_a_function_is_told(name, what, answer):
    assert "It raises RuntimeError" in words_of(name, what, answer)


# --- 11.1 -----------------------------------------------------------------------------------------


def test_bits_counted_one_by_one_are_right():
    tokens = np.zeros((75, 8), int)  # of a second
    bits = tokens.size * np.log2(1024)
    assert is_right("11.1", "the samples of a frame", 24_000 // len(tokens))
    assert is_right("11.1", "the rate with eight stages", bits / 1000)
    assert is_right("11.1", "the stages at 5 kbps", np.floor(5000 / (75 * 10)))
    assert is_right("11.1", "the hour at the receiver", 3600 * tokens[:, :2].size * 10 / 8000)
    assert is_right("11.1", "the rate with an entropy coder", (bits - 75 * 2) / 1000)
    codebooks = np.zeros((8, 1024, 128), np.float32)
    assert is_right("11.1", "the minutes", 8 * codebooks.nbytes / bits / 60)
    assert is_right("11.1", "the seconds", [4096 / tokens.size])


# --- 11.2 -----------------------------------------------------------------------------------------


def make_loss(*, moves_codebook, moves_latents, decoded, factors=(1, 0.25)):
    """A loss from three functions of latents, code vectors and what is held of both."""

    def loss(latents, codebook, held_latents, held_codebook, decoder_loss):
        nearest = Codebook(held_codebook).encode(held_latents)
        values = latents, codebook[nearest], held_latents, held_codebook[nearest]
        first = factors[0] * (moves_codebook(*values) ** 2).mean()
        second = factors[1] * (moves_latents(*values) ** 2).mean()
        return decoder_loss(decoded(*values)) + first + second

    return loss


RIGHT = {
    "moves_codebook": lambda z, e, held_z, held_e: e - held_z,
    "moves_latents": lambda z, e, held_z, held_e: z - held_e,
    "decoded": lambda z, e, held_z, held_e: held_e + z - held_z,
}


def one_number(function, decoder_loss=lambda values: 0.0):
    """Slopes of the latent 3 and of the code vector 1."""
    found = []
    for move in ((1e-4, 0), (0, 1e-4)):
        ends = []
        for sign in (1, -1):
            moved = np.array([[3.0]]) + sign * move[0], np.array([[1.0]]) + sign * move[1]
            ends.append(function(*moved, np.array([[3.0]]), np.array([[1.0]]), decoder_loss))
        found.append((ends[0] - ends[1]) / 2e-4)
    return found


def test_slopes_by_differences_are_right():
    assert is_right("11.2", "the slopes as they are meant", one_number(make_loss(**RIGHT)))
    given = namespace_of("11.2")
    assert is_right("11.2", "the slopes as it stands", np.array(one_number(given["loss"])))
    assert not is_right("11.2", "the slopes as it stands", one_number(make_loss(**RIGHT)))


def test_the_factor_that_balances_is_right():
    """Of the function as it stands, by its slopes for several factors."""
    parts = {**RIGHT, "moves_codebook": lambda z, e, held_z, held_e: z + held_e - 2 * held_z}
    factors = np.linspace(0, 2, 41)
    slopes = [one_number(make_loss(**parts, factors=(1, factor)))[0] for factor in factors]
    balanced = np.interp(0, slopes, factors)
    assert is_right("11.2", "the factor", balanced)
    assert not is_right("11.2", "the factor", balanced + 0.05)


def test_a_loss_put_otherwise_is_right():
    assert_right("11.2", "your loss", make_loss(**RIGHT))
    live = {**RIGHT, "moves_codebook": lambda z, e, held_z, held_e: held_z - e}
    assert_right("11.2", "your loss", make_loss(**live))


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"moves_codebook": lambda z, e, held_z, held_e: held_e - held_z}, "No loss moves"),
        ({"moves_codebook": lambda z, e, held_z, held_e: e - z}, "5.00 times the force"),
        (
            {"moves_latents": lambda z, e, held_z, held_e: z + held_e - 2 * held_z},
            "The latents are pushed away from their code vectors.",
        ),
        ({"moves_latents": lambda z, e, held_z, held_e: z - e}, "The commitment moves the"),
        ({"moves_latents": lambda z, e, held_z, held_e: held_z - held_e}, "0.00 times the force"),
        ({"factors": (0.25, 1)}, "with a quarter of the force"),
        ({"factors": (1, 1)}, "its value is another one"),
        ({"decoded": lambda z, e, held_z, held_e: e}, "The decoder's error moves the codebook"),
        ({"decoded": lambda z, e, held_z, held_e: held_e}, "does not reach the latents"),
        ({"decoded": lambda z, e, held_z, held_e: z}, "its value is another one"),
    ],
)
def test_a_loss_with_a_fault_is_told(changed, said):
    assert said in words_of("11.2", "your loss", make_loss(**{**RIGHT, **changed}))


def test_a_loss_may_not_change_what_it_is_given():
    def moves(latents, codebook, *others):
        latents += 0.1
        return make_loss(**RIGHT)(latents, codebook, *others)

    assert "It changes the latents" in words_of("11.2", "your loss", moves)


def test_the_gradients_wanted_are_those_of_the_library():
    """The trial's differences agree with the derivatives written down by hand."""
    latents, codebook = loss_trial.values()
    nearest = Codebook(codebook).encode(latents)
    apart = 2 * (latents - codebook[nearest]) / latents.size
    to_codebook = np.zeros_like(codebook)
    np.subtract.at(to_codebook, nearest, apart)
    found = loss_trial.gradients(loss_trial.right_loss, loss_trial.nothing)
    np.testing.assert_allclose(found[0], loss_trial.COMMITMENT * apart, atol=1e-8)
    np.testing.assert_allclose(found[1], to_codebook, atol=1e-8)
    assert set(nearest.tolist()) == set(range(loss_trial.UNUSED))


# --- 11.3 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(20))
def test_1000_batches_tell_the_mean_of_an_even_codebook(seed):
    tokens = np.random.default_rng(seed).integers(512, size=(1000, 64))
    printed = [measure.perplexity(batch) for batch in tokens]
    assert is_right("11.3", "the mean of an even codebook", np.mean(printed))
    assert not is_right("11.3", "the mean of an even codebook", np.mean(printed) + 1)


def test_bounds_are_reached_by_the_best_batches():
    bounds = [measure.perplexity(np.arange(64)), measure.perplexity(np.arange(4 * 64))]
    assert is_right("11.3", "the bounds", bounds)
    assert is_right("11.3", "the tokens that are enough", 512 / 64)


def test_what_the_hasty_rule_moves_can_be_counted():
    tokens = np.random.default_rng(0).integers(512, size=(20_000, 64))
    different = [len(np.unique(batch)) for batch in tokens]
    assert is_right("11.3", "the share that is moved", 1 - np.mean(different) / 512)


def test_patience_by_trying_is_right():
    batches = 1
    while (1 - 1 / 512) ** (64 * batches) > 0.001:
        batches += 1
    assert is_right("11.3", "the batches of patience", batches)
    assert not is_right("11.3", "the batches of patience", batches - 1)
    assert not is_right("11.3", "the batches of patience", batches + 1)


def even_on(count):
    shares = np.zeros(512)
    shares[:count] = 1 / count
    return shares


def with_one_of(share):
    shares = np.full(512, (1 - share) / 511)
    shares[7] = share
    return shares


@pytest.mark.parametrize(
    "pair",
    [
        (even_on(100), with_one_of(0.2)),
        [even_on(60).tolist(), with_one_of(0.25)],
        np.array([even_on(80), with_one_of(0.22)]),
    ],
)
def test_codebooks_that_mislead_are_right(pair):
    assert_right("11.3", "your two codebooks", pair)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        ((even_on(100), even_on(200)), "the first must be ahead by 1 there."),
        ((with_one_of(0.2), even_on(100)), "the second must have twice as much or more."),
        ((even_on(100), with_one_of(0.2)[:511]), "The second must have 512 shares, got 511."),
        ((even_on(100), 2 * with_one_of(0.2)), "shares that sum to 1, got 2."),
        ((even_on(100) - 0.5, with_one_of(0.2)), "The first has a share below 0: -0.5."),
        ((even_on(100),), "It must be two in brackets, each of 512 shares."),
    ],
)
def test_codebooks_that_do_not_mislead_are_told(pair, said):
    assert said in words_of("11.3", "your two codebooks", pair)


def test_the_perplexity_of_batches_has_a_small_standard_error():
    for shares in (even_on(512), even_on(100), with_one_of(0.2)):
        counts = np.random.default_rng(1).multinomial(64, shares, size=batch_trial.BATCHES)
        entropy = special.entr(counts / 64).sum(axis=1)
        by_other_seed = np.exp(entropy).mean()
        assert abs(batch_trial.in_batches(shares) - by_other_seed) < batch_trial.LUCK


# --- 11.4 -----------------------------------------------------------------------------------------


def as_published(small=1e-3, shift=np.tan):
    """As in the code of Mentzer et al. 2023, where a tan stands for the inverse of tanh."""

    def encode(latents, levels):
        counts = np.array(levels)
        reach = (counts - 1) * (1 - small) / 2
        offset = np.where(counts % 2, 0.0, 0.5)
        bent = np.tanh(latents + shift(offset / reach)) * reach - offset
        digits = np.round(bent) + counts // 2
        return (digits * np.cumprod([1, *levels[:-1]])).sum(axis=1)

    def decode(indices, levels):
        counts = np.array(levels)
        digits = indices[:, None] // np.cumprod([1, *levels[:-1]]) % counts
        return (digits - counts // 2) / (counts // 2)

    return encode, decode


def of_the_library():
    def encode(latents, levels):
        grid = learned.Finite(levels)
        return grid.search(grid.bound(latents)[0])

    return encode, lambda indices, levels: learned.Finite(levels).vectors[indices]


def test_the_library_may_not_do_the_work():
    grid = learned.Finite([5])
    words = "It uses Finite; do without vqlib.learned."
    assert words_of("11.4", "your two functions", of_the_library()) == words
    by_one = as_published()[0], lambda indices, levels: grid.vectors[indices]
    assert words_of("11.4", "your two functions", by_one) == words


def test_the_library_has_the_grid_that_is_asked_for():
    ours = of_the_library()
    theirs = as_published()
    latents = np.random.default_rng(0).normal(0, 2, (500, 4))
    levels = (8, 5, 5, 5)
    indices = ours[0](latents, levels)
    assert np.mean(indices == theirs[0](latents, levels)) > 0.98
    np.testing.assert_allclose(ours[1](indices, levels), theirs[1](indices, levels))


def by_codebooks(shift):
    """The nearest of each component's levels, searched one by one; the last component first."""

    def levels_of(count):
        return (np.arange(count) - (count - 1) / 2) / (count / 2)

    def encode(latents, levels):
        total = np.zeros(len(latents), int)
        for column, count in zip(latents.T, levels, strict=True):
            reach = levels_of(count)[-1] if count % 2 else shift
            apart = np.abs(reach * np.tanh(column)[:, None] - levels_of(count))
            total = count * total + apart.argmin(axis=1)
        return total.tolist()

    def decode(indices, levels):
        points = np.unravel_index(np.asarray(indices), levels)
        columns = [levels_of(count)[place] for count, place in zip(levels, points, strict=True)]
        # Of five levels the outermost are -1 and 1.
        widths = [levels_of(count)[-1] if count % 2 else 1 for count in levels]
        return np.stack(columns, axis=1) / np.array(widths)

    return encode, decode


GRIDS = [as_published(), as_published(0, np.arctanh), by_codebooks(1.0), by_codebooks(0.9)]


@pytest.mark.parametrize("pair", GRIDS)
def test_grids_of_other_kinds_are_right(pair):
    assert_right("11.4", "your two functions", pair)


def changed(encode=None, decode=None):
    """One of two right functions replaced by one that gets it and its arguments."""
    ours = as_published()
    first = (lambda *given: encode(ours[0], *given)) if encode else ours[0]
    second = (lambda *given: decode(ours[1], *given)) if decode else ours[1]
    return first, second


def in_place(ours, latents, levels):
    latents *= 1.0001
    return ours(latents, levels)


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (changed(encode=lambda ours, z, n: ours(z, n) + 1), "encode's indices go from 1 to 5"),
        (changed(encode=lambda ours, z, n: ours(z, n) / 2), "encode must return 123 whole"),
        (changed(encode=lambda ours, z, n: ours(z, n)[:, None]), "got shape (123, 1)"),
        (changed(encode=lambda ours, z, n: ours(-z, n)), "goes down where a latent goes up"),
        (changed(encode=lambda ours, z, n: ours(z / 4, n)), "reach 3 of the 5"),
        (changed(encode=lambda ours, z, n: ours(z + 0.1, n)), "is taken for"),
        (changed(encode=in_place), "encode changes the latents"),
        (changed(decode=lambda ours, i, n: 2 * ours(i, n)), "decode goes as far as 2"),
        (changed(decode=lambda ours, i, n: ours(i, n) ** 3), "not at equal steps"),
        (changed(decode=lambda ours, i, n: ours(i // 2, n)), "has 3 different values"),
        (changed(decode=lambda ours, i, n: ours(i, n)[:, 0]), "got shape (5,)"),
        (changed(encode=lambda ours, z, n: ours(z[:, ::-1], n[::-1])), "number alike?"),
        (as_published()[0], "It must be two functions in brackets: encode, decode."),
    ],
)
def test_grids_with_a_fault_are_told(pair, said):
    assert said in words_of("11.4", "your two functions", pair)


def test_the_slope_by_differences_is_right():
    assert is_right("11.4", "the slope at 3", (np.tanh(3.001) - np.tanh(2.999)) / 0.002)
    assert is_right("11.4", "the slope at 3", learned.Finite([5]).bound(np.array([[3.0]]))[1])
    assert not is_right("11.4", "the slope at 3", special.expit(3) * special.expit(-3))


# --- 11.5 -----------------------------------------------------------------------------------------


def by_sums(network, samples):
    """The means by a matrix of zeros and ones; as a Codebook."""
    chosen = np.eye(network.size)[network.encode(samples)]
    counts = chosen.sum(axis=0)[:, None]
    own = network.decode(np.arange(network.size))
    return Codebook(np.where(counts > 0, chosen.T @ samples / np.maximum(counts, 1), own))


def test_means_by_another_way_are_right():
    assert_right("11.5", "your function", by_sums)
    assert_right("11.5", "your function", lambda *given: by_sums(*given).vectors.tolist())


def test_the_trial_has_tokens_with_and_without_samples():
    network, samples = table_trial.trial()
    used = np.unique(network.encode(samples)).size
    assert 2 <= used < len(samples) < table_trial.SIZE


@pytest.mark.parametrize(
    ("function", "said"),
    [
        (lambda network, samples: network.decode(np.arange(32)), "not below the network's own."),
        (lambda network, samples: np.full((32, 6), np.nan), "gets NaN"),
        (lambda network, samples: np.zeros((6, 32)), "an array (32, 6), got shape (6, 32)."),
        (lambda network, samples: by_sums(network, samples).vectors[:5], "got shape (5, 6)."),
        (lambda network, samples: by_sums(network, samples).vectors * 0.999, "less can be had"),
        (lambda network, samples: by_sums(network, samples[:29]), "less can be had"),
        (lambda network, samples: np.vstack([samples, samples[:2]]), "not below"),
        (lambda network, samples: design.lloyd(samples, 32), "It raises ValueError"),
        (lambda network, samples: "table", "It must be an array of numbers, got str."),
    ],
)
def test_tables_with_a_fault_are_told(function, said):
    assert said in words_of("11.5", "your function", function)


def test_a_table_may_not_change_the_samples():
    def halves(network, samples):
        samples /= 2
        return by_sums(network, samples)

    assert "It changes the samples" in words_of("11.5", "your function", halves)


def test_a_round_of_lloyd_never_does_worse_on_what_it_knows():
    """What the three choices say, on a network of the trial's kind."""
    network, samples = table_trial.trial()
    table = by_sums(network, samples)
    tokens = network.encode(samples)
    first = measure.mse(samples, table.vectors[tokens])
    assert first <= network.distortion(samples)
    assert table.distortion(samples) <= first
    assert is_right("11.5", "the first change on known pictures", "cannot rise")
    assert is_right("11.5", "the second change on known pictures", "Cannot rise")
    assert is_right("11.5", "both changes on new pictures", "may rise")


def test_means_of_few_may_do_worse_on_others():
    network, samples = table_trial.trial()
    few = by_sums(network, samples[:10]).vectors[network.encode(samples[10:])]
    assert measure.mse(samples[10:], few) > network.distortion(samples[10:])


@pytest.mark.parametrize(
    "text",
    [
        "The decoder knows K pictures only, and k-means looks for the best K there are. The "
        "network finds some K that are worse. But it can be trained on speech, or so that people "
        "like the result.",
        "k-means puts each code vector on the centroid of its region. Gradient steps through a "
        "network come near that, e.g. after 500 steps, and no nearer. With many tokens for a "
        "picture no table is small enough, and there a network helps.",
    ],
)
def test_explanations_in_other_words_are_right(text):
    assert verdict("11.5", "your explanation", text).right


# --- 11.6 -----------------------------------------------------------------------------------------


def namespace_of(name):
    """What the first code cell of the lesson and the given cells of an exercise define."""
    cells = nbformat.read(ROOT / "notebooks" / "11_learned_codebooks.ipynb", as_version=4).cells
    codes = [cell.source for cell in cells if cell.cell_type == "code"]
    filled = next(place for place, code in enumerate(codes) if f'check("{name}", ' in code)
    found = {}
    exec(codes[0], found)
    exec(codes[filled - 1], found)
    return found


@pytest.fixture(scope="module")
def given():
    return SimpleNamespace(**namespace_of("11.6"))


def chances(given, columns):
    """Shares (4, 33, 32) of each token after each neighbour, on the known pages."""
    tables = np.ones((4, 33, 32))
    for column in columns:
        np.add.at(tables[column], (given.known_neighbours[:, column], given.known_tokens), 1)
    return tables / tables.sum(axis=2, keepdims=True)


def overall(given):
    counts = np.bincount(given.known_tokens, minlength=32) + 1
    return counts / counts.sum()


def of_one(given, column):
    table = chances(given, [column])[column]
    return lambda neighbours: table[neighbours[:, column]]


def averaged(given):
    return lambda near: (of_one(given, 0)(near) + of_one(given, 2)(near)) / 2


def of_three(given):
    """Powers of three witnesses' shares, divided by how often a token comes."""
    tables = chances(given, [0, 2, 3])
    powers = {0: 0.6, 2: 0.6, 3: 0.24}

    def model(neighbours):
        logarithms = -0.4 * np.log(overall(given))
        for column, power in powers.items():
            logarithms = logarithms + power * np.log(tables[column][neighbours[:, column]])
        return special.softmax(logarithms, axis=1)

    return model


def rivals(given):
    return {
        "the same length for all": lambda near: np.full((len(near), 32), 1 / 32),
        "how often each token comes": lambda near: np.tile(overall(given), (len(near), 1)),
        "the token above": of_one(given, 2),
        "the token to the left": of_one(given, 0),
        "the token to the left and the one above, their shares averaged": averaged(given),
        "a model of three neighbours": of_three(given),
    }


def test_others_have_the_bits_that_are_listed(given):
    tokens, neighbours = token_contest.unseen_page()
    models = rivals(given)
    assert models.keys() == OTHERS.keys()
    for name, model in models.items():
        shares = model(neighbours)[np.arange(len(tokens)), tokens]
        assert -np.log2(shares).mean() == pytest.approx(OTHERS[name], abs=0.03), name


def test_the_lesson_lays_out_pages_as_the_contest_does(given):
    for name, page in zip(token_contest.KNOWN, given.pages, strict=True):
        picture = given.image.sample(name)
        np.testing.assert_array_equal(page, token_contest.tokens_of(picture, given.tiles))
        there = token_contest.neighbours_of(page)
        np.testing.assert_array_equal(given.neighbours_of(page), there)


def test_neighbours_are_in_their_columns():
    page = np.arange(6).reshape(2, 3)
    found = token_contest.neighbours_of(page)
    assert found[4].tolist() == [3, 0, 1, 2]
    assert found[0].tolist() == [32, 32, 32, 32]
    assert found[5].tolist() == [4, 1, 2, 32]


def test_models_that_beat_the_left_are_right(given):
    for model in (averaged(given), of_three(given)):
        assert_right("11.6", "your model", model)
    place = verdict("11.6", "your model", of_three(given)).words
    assert place.startswith("You have 1.8")
    assert f"{LEAST} alone needs" in words_of("11.6", "your model", of_one(given, 0))


def leaky(given):
    """Looks at the row below, where the next place's left neighbour is the token itself."""
    left = of_one(given, 0)

    def model(neighbours):
        shares = left(neighbours) * 0.5
        nexts = np.roll(neighbours[:, 0], -1) % 32
        shares[np.arange(len(shares)), nexts] += 0.5
        return shares

    return model


def certain(neighbours):
    shares = np.zeros((len(neighbours), 32))
    shares[np.arange(len(shares)), neighbours[:, 0] % 32] = 1
    return shares


@pytest.mark.parametrize(
    ("model", "said"),
    [
        (certain, "come where they have the share 0"),
        (lambda near: np.full((len(near), 32), 1.0), "must sum to 1, got 32."),
        (lambda near: np.full((len(near), 33), 1 / 33), "of shape (16960, 32), got (16960, 33)."),
        (lambda near: np.eye(32)[near[:, 0] % 32] * 3 - 2 / 32, "It returns a share below 0"),
        (lambda near: ["a"] * len(near), "What it returns must be an array of numbers"),
    ],
)
def test_models_with_a_fault_are_told(model, said):
    assert said in words_of("11.6", "your model", model)


def test_a_model_sees_single_places_only(given):
    words = words_of("11.6", "your model", leaky(given))
    assert words.startswith("The shares at a place are others when it is asked for with fewer")
