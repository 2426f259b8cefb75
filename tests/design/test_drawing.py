"""A map drawn on the server: north is up, one scale both ways, nothing hides anything, no name lies on another."""

from __future__ import annotations

import math
import random
from itertools import combinations

import pytest

from xiuhua.design.drawing import FONT, LEAST_RADIUS, LINE, Mark, Sheet, Spot, draw, text_width

SIZES = ((760, 500), (330, 400))


def county(n: int, seed: int) -> list[Spot]:
    rng = random.Random(seed)
    names = ("大坪村", "上滩村", "黑林村", "Upper Rapids", "东沟村", "红崖村")
    return [
        Spot(f"{at:03d}", names[at % 6], 103 + rng.random() * 0.6, 36 + rng.random() * 0.5, rng.randint(0, 300), rng.random())
        for at in range(n)
    ]  # fmt: skip


def name_box(mark: Mark, name: str) -> tuple[float, float, float, float]:
    """Left, top, right, bottom of a name, from what is drawn only."""
    assert mark.at is not None
    x, baseline, anchor = mark.at
    wide = text_width(name)
    left = {"middle": x - wide / 2, "start": x, "end": x - wide}[anchor]
    return left, baseline - FONT, left + wide, baseline + LINE - FONT - 1


def meets(a: tuple[float, float, float, float], b: tuple[float, float, float, float]) -> bool:
    return a[0] < b[2] and b[0] < a[2] and a[1] < b[3] and b[1] < a[3]


def by_key(sheet: Sheet) -> dict[str, Mark]:
    return {mark.key: mark for mark in sheet.marks}


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize(("n", "seed"), [(12, 1), (60, 2), (200, 3)])
def test_names_lie_neither_on_each_other_nor_on_another_circle(
    n: int, seed: int, size: tuple[int, int]
) -> None:
    spots = county(n, seed)
    names = {spot.key: spot.name for spot in spots}
    sheet = draw(spots, width=size[0], height=size[1])
    boxes = [(mark, name_box(mark, names[mark.key])) for mark in sheet.marks if mark.at]
    assert boxes or n > 60, "some name finds room"
    for (a, box), (b, other) in combinations(boxes, 2):
        assert not meets(box, other), (a, b)
    for mark, box in boxes:
        assert box[0] >= -1 and box[2] <= sheet.width + 1 and box[1] >= -1 and box[3] <= sheet.height + 1
        for other_mark in sheet.marks:
            if other_mark.key != mark.key:
                square = (
                    other_mark.x - other_mark.r,
                    other_mark.y - other_mark.r,
                    other_mark.x + other_mark.r,
                    other_mark.y + other_mark.r,
                )
                assert not meets(box, square), (mark, other_mark)


def test_a_dozen_villages_all_have_their_names_on_a_wide_screen() -> None:
    assert draw(county(12, 1), width=760, height=500).nameless == 0


def test_north_is_up_and_east_is_right() -> None:
    spots = [Spot("a", "甲", 103.0, 36.0, 5), Spot("b", "乙", 103.3, 36.2, 5)]
    marks = by_key(draw(spots, width=760, height=500))
    assert marks["b"].x > marks["a"].x and marks["b"].y < marks["a"].y


def test_one_kilometre_is_as_long_to_the_east_as_to_the_north() -> None:
    east = 0.1 / math.cos(math.radians(36.05))
    spots = [
        Spot("a", "甲", 103.0, 36.0, 5),
        Spot("b", "乙", 103.0 + east, 36.0, 5),
        Spot("c", "丙", 103.0, 36.1, 5),
    ]
    sheet = draw(spots, width=760, height=500)
    marks = by_key(sheet)
    across, up = marks["b"].x - marks["a"].x, marks["a"].y - marks["c"].y
    assert across == pytest.approx(up, rel=0.01)
    assert sheet.scale_px / sheet.scale_km == pytest.approx(up / 11.12, rel=0.01), "the scale says the same"


def test_four_times_the_people_is_four_times_the_circle() -> None:
    spots = [Spot("a", "甲", 103.0, 36.0, 400), Spot("b", "乙", 103.3, 36.2, 1600)]
    marks = by_key(draw(spots, width=760, height=500))
    assert marks["b"].r == pytest.approx(2 * marks["a"].r, rel=0.01)
    assert marks["a"].r >= LEAST_RADIUS


@pytest.mark.parametrize("size", SIZES)
def test_no_circle_hides_another(size: tuple[int, int]) -> None:
    spots = [*county(40, 7), *(Spot(f"same{at}", "同村", 103.3, 36.2, 50) for at in range(4))]
    sheet = draw(spots, width=size[0], height=size[1])
    for a, b in combinations(sheet.marks, 2):
        assert math.dist((a.x, a.y), (b.x, b.y)) >= LEAST_RADIUS, (a, b)


def test_a_village_with_swapped_digits_is_told_and_does_not_press_the_others_together() -> None:
    spots = county(12, 1)
    plain = by_key(draw(spots, width=760, height=500))
    sheet = draw([*spots, Spot("wrong", "错村", 130.2, 36.2, 10)], width=760, height=500)
    assert sheet.far == ["wrong"]
    for key, mark in by_key(sheet).items():
        assert math.dist((mark.x, mark.y), (plain[key].x, plain[key].y)) < 1


def test_nothing_and_one_and_all_at_one_point_can_be_drawn() -> None:
    assert draw([], width=760, height=500).marks == []
    [one] = draw([Spot("a", "甲", 103.0, 36.0, 0)], width=760, height=500).marks
    assert one.r == LEAST_RADIUS and 0 < one.x < 760
    assert (
        len(draw([Spot(str(at), "甲", 103.0, 36.0, 3) for at in range(9)], width=330, height=400).marks) == 9
    )
