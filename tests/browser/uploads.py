"""Files that a reader may give to a panel: good ones, bad ones, and what must be seen of each."""

import io
import struct
import zlib

import numpy as np
from PIL import Image

from vqlib import explore, image


def file_of(picture, kind="PNG", **options):
    out = io.BytesIO()
    Image.fromarray(picture).save(out, kind, **options)
    return out.getvalue()


def phone_picture():
    """A JPEG of 12 megapixels as a phone held upright takes it: lying, with a note to turn it."""
    rng = np.random.default_rng(0)
    small = rng.integers(0, 256, (30, 40, 3), dtype=np.uint8)
    lying = np.asarray(Image.fromarray(small).resize((4000, 3000), Image.Resampling.BICUBIC))
    exif = Image.Exif()
    exif[0x0112] = 6
    return file_of(lying, "JPEG", quality=92, exif=exif)


def gigapixels():
    """A PNG whose head claims 50,000 x 50,000 pixels, and nothing after it."""

    def chunk(kind, data):
        checksum = zlib.crc32(kind + data)
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", checksum)

    head = chunk(b"IHDR", struct.pack(">IIBBBBB", 50_000, 50_000, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IEND", b"")


COFFEE = file_of(image.sample("coffee", colour=True))
BAD = {
    "empty.png": (b"", "it is empty"),
    "text.png": (b"<b>not</b> a picture", "it is XML; PNG, JPEG, GIF"),
    "truncated.jpg": (file_of(image.sample("camera"), "JPEG")[:20_000], "image file is truncated"),
    "gigapixels.png": (gigapixels(), "more than 100 megapixels"),
    "large.png": (bytes(explore.UPLOAD_LIMIT + 1), "at most 9,000,000 bytes, got 9,000,001"),
    "huge.png": (bytes(40_000_000), "at most 9,000,000 bytes, got 40,000,000"),
}
NAME = "<img src=x onerror=alert(1)>.png"


# The panel, the bad files that it gets, and the shape that the picture of a phone has in it.
UPLOADS = {
    "PicturePanel": (list(BAD), (4000, 3000)),
    "ColourPanel": (["text.png", "large.png"], (572, 429, 3)),
    "BlockPanel": (["truncated.jpg", "gigapixels.png"], (572, 429)),
    "StagePanel": (["empty.png"], (572, 429)),
}


class Uploads:
    """The upload button of a panel on the page, and its twin, which gets the same files."""

    def __init__(self, pair, folder):
        self.pair = pair
        self.folder = folder
        self.button = pair.panel.get_by_label("own picture, up to 9 MB")

    def send(self, name, content):
        (self.folder / name).write_bytes(content)
        self.button.set_input_files(self.folder / name)

    def good(self, name, content):
        """A picture that is shown."""
        self.send(name, content)
        twin = self.pair.twin
        twin._respond(twin._receive, {"upload": name}, [memoryview(content)])
        self.pair.agree(20)
        assert self.pair.locator[twin.picture].input_value() == ""
        assert not self.pair.view.status_is_error

    def bad(self, name):
        """A file that gets a sentence, under which the last good picture stays."""
        content, sentence = BAD[name]
        self.send(name, content)
        alert = self.pair.panel.locator("[role=alert]", has_text=sentence)
        alert.wait_for()
        print(f"{name}: {alert.text_content()}")
        self.pair.view.status = alert.text_content()
        self.pair.view.status_is_error = True
        self.pair.agree()
