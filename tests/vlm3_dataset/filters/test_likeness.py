"""Two copies of a page are one, and two pages of one layout are two."""

import io

import pytest
from PIL import Image

from tests.vlm3_dataset.shelves import TABLE, scan
from vlm3_dataset.filters.likeness import alike_in_looks, alike_in_words, look, trigrams
from vlm3_dataset.filters.split import connected_components

TEXT = "Flywheel bolts must be replaced whenever they were taken out and tightened to 105 Nm in a cross pattern"


def pairs(texts):
    return list(alike_in_words({name: trigrams(text) for name, text in texts.items()}))


@pytest.mark.parametrize(
    ("other", "are"),
    [
        (TEXT, True),
        (TEXT.upper(), True),
        (TEXT.replace("Flywheel", "Flywhee1"), True),
        (f"Page 21-3. {TEXT}", True),
        (TEXT.replace("105 Nm", "12 Nm").replace("Flywheel", "Clutch").replace("cross pattern", "circle"), True),
        (
            "The clutch is bled with the slave cylinder taken off its bracket and held below the pedal all the time",
            False,
        ),
        ("105 Nm", False),
    ],
)
def test_by_words(other, are):
    assert bool(pairs({"a": TEXT, "b": other})) is are


def test_what_every_page_prints_makes_none_alike():
    assert (
        pairs(
            {f"{n}": "BMW repair manual microfiche order number eleven edition three of eighty nine" for n in range(50)}
        )
        == []
    )


def test_very_many_copies_of_one_page_are_joined():
    words = " ".join(f"word{n}" for n in range(60))
    texts = {f"{n:02}": f"{words} misread{n}" for n in range(50)} | {"99": " ".join(f"other{n}" for n in range(60))}
    found = connected_components(pairs(texts), texts)
    assert {name for name in texts if found[name] == found["00"]} == set(texts) - {"99"}


def again(picture, quality):
    out = io.BytesIO()
    Image.open(io.BytesIO(picture)).save(out, "JPEG", quality=quality)
    return out.getvalue()


def test_by_looks():
    one, other = scan(TABLE), scan([("A wholly different line", "7 bar")] * 9)
    looks = {"a": look(one), "b": look(again(one, 40)), "c": look(other)}
    assert list(alike_in_looks(looks)) == [("a", "b")]
    assert list(alike_in_looks({})) == []
