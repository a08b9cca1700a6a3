"""JPEG files of at most so many bytes: the best one there is, and read by another decoder."""

import cv2
import numpy as np
import pytest

from tests.image.support import part_of
from vqlib import image

PICTURES = {
    "grey": image.grey(part_of("china")),
    "colour": part_of("astronaut"),
    "flat": np.full((40, 30), 200, np.uint8),
    "noise": np.random.default_rng(0).integers(0, 256, (50, 60), dtype=np.uint8),
}


def decoded(content):
    """A JPEG file by OpenCV, grey or RGB."""
    picture = cv2.imdecode(np.frombuffer(content, np.uint8), cv2.IMREAD_UNCHANGED)
    return picture if picture.ndim == 2 else picture[..., ::-1]


def psnr_by_numpy(one, other):
    return 10 * np.log10(255**2 / np.mean((one.astype(float) - other) ** 2))


def sizes_of(jpegs):
    return {quality: len(jpegs.content(quality)) for quality in range(1, 96)}


@pytest.mark.parametrize("name", ["grey", "colour", "noise"])
def test_the_best_quality_within_so_many_bytes_is_found(name):
    jpegs = image.Jpegs(PICTURES[name])
    sizes = sizes_of(jpegs)
    assert [jpegs.size(quality) for quality in sizes] == list(sizes.values())
    for most in {sizes[1], sizes[1] + 1, sizes[20], sizes[50] - 1, sizes[95], 10**9}:
        best = max(quality for quality, size in sizes.items() if size <= most)
        assert jpegs.best_within(most) == best
        assert image.jpeg_at(PICTURES[name], most) == jpegs.content(best)
    assert jpegs.best_within(sizes[1] - 1) is None


def test_of_a_flat_picture_whose_files_do_not_grow_one_is_found_that_fits():
    jpegs = image.Jpegs(PICTURES["flat"])
    sizes = sizes_of(jpegs)
    assert list(sizes.values()) != sorted(sizes.values())
    for most in set(sizes.values()):
        found = jpegs.best_within(most)
        assert sizes[found] <= most
        assert found == 95 or sizes[found + 1] > most


@pytest.mark.parametrize("name", ["grey", "colour", "noise"])
def test_the_psnr_is_that_of_the_decoded_file(name):
    picture = PICTURES[name]
    jpegs = image.Jpegs(picture)
    psnrs = [jpegs.psnr(quality) for quality in (5, 50, 95)]
    assert psnrs == sorted(psnrs)
    for quality, found in zip((5, 50, 95), psnrs, strict=True):
        shown = decoded(jpegs.content(quality))
        assert shown.shape == picture.shape
        # Decoders may round otherwise.
        assert found == pytest.approx(psnr_by_numpy(picture, shown), abs=0.05)


def test_files_are_grey_for_grey_pictures_and_no_quality_is_encoded_twice(monkeypatch):
    asked = []
    encode = image.Jpegs.content

    def noted(self, quality):
        asked.append(quality)
        return encode(self, quality)

    monkeypatch.setattr(image.Jpegs, "content", noted)
    jpegs = image.Jpegs(PICTURES["grey"])
    for most in (4000, 3900, 4000):
        jpegs.best_within(most)
    assert len(asked) == len(set(asked)) < 20
    assert decoded(encode(jpegs, 50)).ndim == 2


def test_bad_arguments_get_a_sentence():
    grey = PICTURES["grey"]
    least = len(image.Jpegs(grey).content(1))
    with pytest.raises(ValueError, match=rf"most_bytes must be at least {least} .*, got 100"):
        image.jpeg_at(grey, 100)
    with pytest.raises(ValueError, match=r"most_bytes must be .*, got 0"):
        image.jpeg_at(grey, 0)
    with pytest.raises(ValueError, match=r"quality must be .* 95, got 96"):
        image.Jpegs(grey).content(96)
    with pytest.raises(ValueError, match="picture must"):
        image.Jpegs(grey.astype(float))
