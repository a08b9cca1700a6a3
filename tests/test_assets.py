"""Where the pictures and tables of data/ are: beside the package, or inside an installed one."""

from tests.support import ROOT
from vqlib import assets, image


def test_every_sample_and_the_table_are_there():
    assert ROOT / "data" == assets.DATA
    for name in assets.SAMPLES:
        assert (assets.DATA / f"{name}.png").is_file()
    assert (assets.DATA / "rate_distortion.json").is_file()


def test_samples_and_their_folder_are_handed_on_by_image():
    assert image.DATA == assets.DATA
    assert image.SAMPLES == assets.SAMPLES
