"""The records of message.py and the typedefs of view.js have the same names and fields."""

import re
import zlib
from pathlib import Path
from typing import Literal, TypedDict, get_args, get_origin, get_type_hints, is_typeddict

import anywidget
import numpy as np
import pytest

from vqlib import explore
from vqlib.explore import message
from vqlib.explore.message import palette_bytes, picture_content, slot

VIEW_JS = Path(message.__file__).with_name("view.js").read_text(encoding="utf-8")
RECORDS = {name: record for name, record in vars(message).items() if is_typeddict(record)}


# --- comparing the two sides


def typedefs(source):
    """By name the properties of each typedef of an object: by name their type and if optional."""
    found = {}
    for comment in re.findall(r"/\*\*(.*?)\*/", source, re.DOTALL):
        name = re.search(r"@typedef \{object\} (\w+)", comment)
        if name:
            found[name[1]] = properties(comment)
    return found


def properties(comment):
    found = {}
    for kind, bracket, name in re.findall(r"@property \{(.*?)\} (\[?)(\w+)", comment):
        found[name] = (kind, bool(bracket))
    return found


def differences(source, records):
    """In words, all in which the typedefs of a JavaScript source differ from these records."""
    found = []
    defined = typedefs(source)
    for name, record in records.items():
        if name in defined:
            found += differing_fields(name, defined[name], record)
        else:
            found.append(f"view.js has no {name}")
    return found


def differing_fields(name, found, record):
    """The same for one typedef, given as by `properties`."""
    fields = get_type_hints(record)
    told = [f"view.js has no {name}.{field}" for field in fields if field not in found]
    for field, (kind, optional) in found.items():
        if field not in fields:
            told.append(f"message.py has no {name}.{field}")
        elif optional != (field in record.__optional_keys__):
            told.append(f"{name}.{field} may be left out on one side only")
        elif words_in(fields[field]) != set(re.findall(r'"(\w*)"', kind)):
            told.append(f"{name}.{field} has other words")
    return told


def words_in(hint):
    """The words that a field can have; none if it is not limited to some."""
    return set(get_args(hint)) if get_origin(hint) is Literal else set()


def synced_traits():
    """The names of what a view and its page share, beyond what every widget of anywidget shares."""
    return set(explore.View.class_trait_names(sync=True)) - set(
        anywidget.AnyWidget.class_trait_names(sync=True)
    )


# --- the two sides


def test_there_are_records():
    assert {"Slot", "PictureContent", "Line", "Pointer", "Save"} <= set(RECORDS)


def test_the_records_are_the_same_on_both_sides():
    assert differences(VIEW_JS, RECORDS) == []


@pytest.mark.parametrize("name", ["Mark", "SlotContent"])
def test_the_unions_have_the_same_members_on_both_sides(name):
    members = {member.__name__ for member in get_args(getattr(message, name))}
    (typedef,) = re.findall(rf"@typedef {{(.*?)}} {name} ", VIEW_JS)
    assert set(typedef.split(" | ")) == members


def test_the_view_state_is_what_the_view_shares():
    assert set(typedefs(VIEW_JS)["ViewState"]) == synced_traits()


def test_the_view_state_is_all_that_view_js_asks_for():
    asked = set(re.findall(r"""model\.get\("(\w+)"\)""", VIEW_JS))
    assert asked
    assert asked <= synced_traits()


# --- the comparison itself


class Sample(TypedDict):
    name: str
    kind: Literal["large", "small"]


class Partial(TypedDict, total=False):
    width: int


SAMPLES = {"Sample": Sample, "Partial": Partial}
GOOD = """
/**
 * A sample.
 * @typedef {object} Sample
 * @property {string} name what it is called
 * @property {"large" | "small"} kind
 */
/**
 * @typedef {object} Partial
 * @property {number} [width]
 */
/** @typedef {Sample | Partial} Both */
"""
BROKEN = {
    "a field is missing in view.js": (
        " * @property {string} name what it is called\n",
        "",
        "view.js has no Sample.name",
    ),
    "a field is missing in message.py": (
        " * @property {string} name what it is called\n",
        " * @property {string} name\n * @property {{x: number}[]} title\n",
        "message.py has no Sample.title",
    ),
    "a field has another name": (
        "[width]",
        "[wide]",
        "view.js has no Partial.width",
    ),
    "a typedef is missing": ("Partial\n", "Part\n", "view.js has no Partial"),
    "a field is optional in view.js alone": (
        "name what",
        "[name] what",
        "Sample.name may be left out on one side only",
    ),
    "a field is optional in message.py alone": (
        "[width]",
        "width",
        "Partial.width may be left out on one side only",
    ),
    "a word is missing": (
        '"large" | "small"',
        '"large"',
        "Sample.kind has other words",
    ),
}


def test_a_good_sample_has_no_differences():
    assert differences(GOOD, SAMPLES) == []


@pytest.mark.parametrize("flaw", BROKEN)
def test_a_broken_sample_is_told(flaw):
    good, bad, told = BROKEN[flaw]
    assert GOOD.count(good) == 1
    assert told in differences(GOOD.replace(good, bad), SAMPLES)


def test_no_field_of_view_js_can_be_missing():
    for name in RECORDS:
        typedef = re.search(rf"@typedef \{{object\}} {name}\n.*?\*/", VIEW_JS, re.DOTALL)[0]
        for line in re.findall(r".*@property.*\n", typedef):
            without = VIEW_JS.replace(typedef, typedef.replace(line, ""))
            (told,) = differences(without, RECORDS)
            assert told.startswith(f"view.js has no {name}.")


def test_no_field_of_message_py_can_be_missing():
    for name, record in RECORDS.items():
        for field in get_type_hints(record):
            others = {key: hint for key, hint in get_type_hints(record).items() if key != field}
            total = not record.__optional_keys__
            fewer = TypedDict(name, others, total=total)
            told = differences(VIEW_JS, RECORDS | {name: fewer})
            assert told == [f"message.py has no {name}.{field}"]


# --- making records


def test_a_slot_shows_the_fixed_content_of_its_own_name_by_default():
    assert slot("ramp", "A ramp", 768, 96) == {
        "name": "ramp",
        "title": "A ramp",
        "width": 768,
        "height": 96,
        "fixed": "ramp",
        "drags": "",
        "divider": "",
    }
    assert slot("yours", "", 1, 1, fixed="plane")["fixed"] == "plane"


@pytest.mark.parametrize("shape", [(2, 3), (2, 3, 3)])
def test_a_picture_is_its_bytes_row_by_row(shape):
    pixels = np.arange(np.prod(shape), dtype=np.uint8).reshape(shape)
    expected = {"width": 3, "height": 2, "zoom": 4}
    content = picture_content(pixels, 4)
    assert zlib.decompress(content.pop("pixels")) == bytes(range(pixels.size))
    assert content == expected
    more = {"palette": bytes(768), "alt": "black"}
    content = picture_content(pixels, 4, **more)
    del content["pixels"]
    assert content == expected | more


@pytest.mark.parametrize("count", [1, 2, 5, 256])
def test_a_palette_repeats_its_colours(count):
    colours = np.random.default_rng(count).integers(0, 256, (count, 3))
    palette = np.frombuffer(palette_bytes(colours), np.uint8).reshape(256, 3)
    np.testing.assert_array_equal(palette, colours[np.arange(256) % count])
    greys = np.frombuffer(palette_bytes(colours[:, 0]), np.uint8).reshape(256, 3)
    np.testing.assert_array_equal(greys.T, [colours[np.arange(256) % count, 0]] * 3)
