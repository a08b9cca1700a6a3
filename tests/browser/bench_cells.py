"""What the notebooks of bench_sliders.py call: floors, panels as they start, and `interact`."""

import io

import ipywidgets as widgets
import matplotlib.pyplot as plt
import numpy as np
from IPython.display import display
from PIL import Image
from sklearn.cluster import KMeans

from vqlib import explore, image
from vqlib.explore import rendering
from vqlib.explore.coded_network import CODES


def floor(panel, control, values):
    """A slider of ipywidgets that swaps ready-made PNG bytes in a stock Image.

    They show what changes in the panel while its control goes over these values.
    """
    start = control.value
    frames = []
    for value in values:
        control.value = value
        frames.append(rendering.shown(panel.view))
    control.value = start
    moving = [name for name in frames[0] if changes(frames, name)]
    ready = [sheet([frame[name] for name in moving]) for frame in frames]
    slider = widgets.IntSlider(0, 0, len(ready) - 1, description="floor")
    view = widgets.Image(value=ready[0], format="png", layout={"align_self": "flex-start"})

    def swap(change):
        view.value = ready[change["new"]]

    slider.observe(swap, "value")
    display(widgets.VBox([slider, view]))


def sheet(pictures):
    """Pictures of several slots as one, below each other, as the bytes of a PNG."""
    width = max(one.shape[1] for one in pictures)
    padded = []
    for one in pictures:
        margin = (0, width - one.shape[1])
        padded.append(np.pad(one, ((0, 0), margin, (0, 0)), constant_values=255))
    out = io.BytesIO()
    Image.fromarray(np.concatenate(padded)).save(out, "PNG")
    return out.getvalue()


def changes(frames, name):
    """Whether this place of a panel is not the same in all frames."""
    return any(not np.array_equal(frame[name], frames[0][name]) for frame in frames)


def correlated():
    """The panel of the plane with a source that has a correlation, of 0.5."""
    panel = explore.PlanePanel()
    panel.rho.value = 0.5
    panel.source.value = "correlated"
    return panel


def twelve_megapixels():
    """The picture panel with a picture of 12 megapixels."""
    panel = explore.PicturePanel()
    picture = np.tile(image.sample("camera"), (6, 8))[:3000, :4000].copy()
    scene = explore.GreyScene(picture, "twelve megapixels")
    panel._respond(panel._show_picture, scene)
    return panel


def coded(panel):
    """The panel of words with all codes of its network made, as after some seconds at rest."""
    for code in CODES:
        while panel._scene.code_some(*code):
            pass
    return panel


def visited(panel):
    """The panel after it was shown at all numbers of bits, so that all codebooks are trained."""
    start = panel.bits.value
    for bits in [*range(1, 9), start]:
        panel.bits.value = bits
    return panel


def interact_with_common_code():
    """What most tutorials do: k-means on all pixels, and two panels of imshow, for each move."""
    camera = image.sample("camera")

    def show(bits=2):
        model = KMeans(n_clusters=2**bits, n_init=4).fit(camera.reshape(-1, 1))
        show_both(camera, model.cluster_centers_[model.labels_].reshape(camera.shape))

    widgets.interact(show, bits=(1, 4))


def interact_with_ours():
    """The same with our quantizer."""
    camera = image.sample("camera")

    def show(bits=2):
        show_both(camera, image.quantize_image(camera, bits).picture)

    widgets.interact(show, bits=(1, 4))


def show_both(original, quantized):
    """Two panels of imshow."""
    _, axes = plt.subplots(1, 2, figsize=(10, 5))
    axes[0].imshow(original, cmap="gray", vmin=0, vmax=255)
    axes[1].imshow(quantized, cmap="gray", vmin=0, vmax=255)
    plt.show()
