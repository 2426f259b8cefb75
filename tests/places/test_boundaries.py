"""A county brings its boundaries: what is wrong with a file is said in a sentence, what is right is drawn small beneath the map."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction

import people
from xiuhua.accounts.services import confirm_change
from xiuhua.audit.models import Entry
from xiuhua.places.models import Outline, Place
from xiuhua.places.queries import outlines_of
from xiuhua.places.scope import scope_of, within
from xiuhua.places.services import CannotRead, ask_change, take_outlines
from xiuhua.places.services.geojson import corners, read, rings
from xiuhua.places.services.simplifying import simplified
from xiuhua.places.terms import ChangeKind
from xiuhua.registry.models import Household

COUNTY, TOWNSHIP, VILLAGE, SECOND = people.COUNTY, people.TOWNSHIP, people.VILLAGE, people.SECOND_VILLAGE
DAY, LATER = date(2024, 6, 30), date(2025, 6, 30)
WEST = [[103.0, 36.0], [103.1, 36.0], [103.1, 36.1], [103.0, 36.1], [103.0, 36.0]]
EAST = [[103.1, 36.0], [103.2, 36.0], [103.2, 36.1], [103.1, 36.1], [103.1, 36.0]]
BOW = [[103.0, 36.0], [103.1, 36.1], [103.1, 36.0], [103.0, 36.1], [103.0, 36.0]]
Ring = Sequence[Sequence[float]]


def figure(code: Any, ring: Ring, **more: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"代码": code, **more},
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }


def file(*figures: Any, **more: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": list(figures), **more}).encode()


def moved(ring: Ring, of: Any) -> list[list[float]]:
    return [list(of(*point)) for point in ring]


BAD = {
    "no JSON": (b"PK\x03\x04", "文件不是 JSON"),
    "nested without end": (b"[" * 100_000, "文件不是 JSON"),
    "no collection": (b'{"type": "Point"}', "不是 GeoJSON 要素集"),
    "a code of the neighbour": (file(figure(people.OTHER_VILLAGE, WEST)), people.OTHER_VILLAGE),
    "no code": (file(figure(None, WEST, name="上坝村")), "没有本县现有区划的代码"),
    "too many corners": (file(*[figure(VILLAGE, [*WEST[:-1], *([[103.0, 36.05], [103.01, 36.05]] * 3_000), WEST[0]])] * 20), "文件太大"),
    "too many bytes": (b" " * 5_000_001, "文件太大"),
    "crossing itself": (file(figure(VILLAGE, BOW)), "自己相交"),
    "metres": (file(figure(VILLAGE, moved(WEST, lambda x, y: (x * 111_000, y * 111_000)))), "坐标不是经纬度"),
    "another projection by name": (file(figure(VILLAGE, WEST), crs={"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4527"}}), "EPSG::4527"),
    "the wrong way round": (file(figure(VILLAGE, moved(WEST, lambda x, y: (y, x)))), "写反了"),
    "a line": (file({"type": "Feature", "geometry": {"type": "LineString", "coordinates": WEST}}), "不是面"),
    "no numbers": (file(figure(VILLAGE, [["x", "y"]] * 4)), "读不出来"),
    "no position": (file(figure(VILLAGE, [[], {}, 3])), "读不出来"),
    "nothing": (file(figure(VILLAGE, [[103.0, 36.0]] * 4)), "没有面积"),
}  # fmt: skip


def river(n: int) -> list[list[float]]:
    """A line from south to north that winds, with small noise, as it was traced from a picture."""
    rng = random.Random(1)
    inner = [
        [103.1 + 0.008 * math.sin(at / n * 20) + rng.uniform(-4e-5, 4e-5), 36 + at / n / 10]
        for at in range(1, n)
    ]
    return [[103.1, 36.0], *inner, [103.1, 36.1]]


def test_a_line_that_neighbours_share_is_the_same_in_both_when_it_is_made_small() -> None:
    line = river(3_000)
    west = [[103.0, 36.0], *line, [103.0, 36.1], [103.0, 36.0]]
    east = [*line[::-1], [103.2, 36.0], [103.2, 36.1], line[-1]]
    hole = [[103.15, 36.05], [103.15, 36.06], [103.16, 36.06], [103.16, 36.05], [103.15, 36.05]]
    told = file(
        figure("a", west),
        {**figure("b", east), "geometry": {"type": "Polygon", "coordinates": [east, hole]}},
        figure("c", hole[::-1]),
    )
    given = {str(one.properties["代码"]): one.shape for one in read(told)}
    small = simplified(given, 300)
    assert corners(given.values()) > 6_000 and corners(small.values()) <= 300
    on_river = [
        {p for ring in rings(small[code]) for p in ring if abs(p[0] - 10_310_000) < 1_000}
        for code in ("a", "b")
    ]
    assert on_river[0] == on_river[1] and len(on_river[0]) > 20
    assert sorted(small["b"][0][1]) == sorted(small["c"][0][0]), (
        "who lies within is cut out as they are drawn"
    )
    # What is far smaller than the rest is still there.
    speck = file(figure("a", west), figure("d", moved(WEST, lambda x, y: (105 + (x - 103) / 2_000, y))))
    assert all(
        len(one[0][0]) > 2
        for one in simplified({str(f.properties["代码"]): f.shape for f in read(speck)}, 50).values()
    )


def test_a_long_line_is_looked_through_for_crossings_and_a_scribble_is_refused() -> None:
    around = [
        [103 + math.cos(at / 10_000 * math.tau) / 2, 36 + math.sin(at / 10_000 * math.tau) / 2]
        for at in range(10_000)
    ]
    assert len(read(file(figure("a", around)))) == 1
    knot = [*around[:5_000], [102.9, 36.3], [103.6, 35.7], *around[5_000:]]
    with pytest.raises(CannotRead, match="自己相交"):
        read(file(figure("a", knot)))
    scribble = [[103 + at % 2, 36 + at / 100_000] for at in range(10_000)]
    with pytest.raises(CannotRead, match="文件太大"):
        read(file(figure("a", scribble)))


@pytest.fixture
def world(db: None) -> people.World:
    world = people.small_world()
    with within(scope_of(COUNTY)):
        for number, code in (("1001", VILLAGE), ("2001", SECOND)):
            Household.objects.create(
                number=number, county_code=COUNTY, village_code=code, kind="registered", head_name="某"
            )
    return world


def bring(world: people.World, content: bytes, day: date = DAY) -> None:
    with within(scope_of(COUNTY), who={"account": "chen"}):
        take_outlines(
            by=world.administrator, county_code=COUNTY, content=content, as_of=day, source="县民政局"
        )


def drawn(place: str = COUNTY) -> dict[str, Outline]:
    with within(scope_of(place)):
        return outlines_of(scope_of(place))


@pytest.mark.database
def test_what_is_wrong_with_a_file_is_said_on_its_page_and_nothing_is_kept(
    world: people.World, client: Any
) -> None:
    people.sign_in(client, world.administrator)
    for what, (content, says) in BAD.items():
        told = {
            "file": SimpleUploadedFile("界线.geojson", content),
            "as_of": "2024-06-30",
            "source": "县民政局",
        }
        answer = client.post(f"/places/{COUNTY}/outlines/", told)
        assert answer.status_code == 422 and says in answer.content.decode(), what
    assert not drawn()
    good = {
        "file": SimpleUploadedFile("a.json", file(figure(VILLAGE, WEST))),
        "as_of": "2999-01-01",
        "source": "x",
    }
    assert "今天以后" in client.post(f"/places/{COUNTY}/outlines/", good).content.decode()


@pytest.mark.database
def test_boundaries_are_brought_drawn_replaced_and_taken_down(world: people.World, client: Any) -> None:
    people.sign_in(client, world.administrator)
    assert f"/places/{COUNTY}/outlines/" in client.get("/").content.decode()
    whole = [*WEST[:1], EAST[1], EAST[2], WEST[3], WEST[0]]
    content = file(
        figure(int(COUNTY), whole), figure(f"{VILLAGE}", WEST, township=TOWNSHIP), figure(float(SECOND), EAST)
    )
    told = {
        "file": SimpleUploadedFile("界线.geojson", b"\xef\xbb\xbf" + content),
        "as_of": "2024-06-30",
        "source": "县民政局",
    }
    page = client.post(f"/places/{COUNTY}/outlines/", told, follow=True).content.decode()
    assert "已导入 3 处界线" in page and "2024-06-30" in page and "县民政局" in page
    with within(scope_of(COUNTY)):
        entry = Entry.objects.get(action="places.outlines_taken")
        assert entry.detail["places"] == 3 and len(entry.detail["sha256"]) == 64
    people.sign_in(client, world.county_office)
    page = client.get(f"/places/{COUNTY}/").content.decode()
    # On both sheets; the villages of which no list says where they lie stand within their boundary.
    assert page.count('class="land land-village') == 4 and page.count('class="land land-county') == 2
    assert (
        page.count('class="spot ') == 4
        and "界线：县民政局 2024-06-30" in page
        and "style=" not in page.split('class="map ')[1].split("</svg>")[0]
    )
    people.sign_in(client, world.township_officer)
    page = client.get(f"/places/{TOWNSHIP}/").content.decode()
    assert page.count('class="land land-village') == 4 and "land-county" not in page, (
        "each sees what lies in its area"
    )
    assert client.get(f"/places/{COUNTY}/outlines/").status_code == 403

    bring(world, file(figure(VILLAGE, EAST)), LATER)
    assert {code: one.as_of for code, one in drawn().items()} == {COUNTY: DAY, VILLAGE: LATER, SECOND: DAY}
    bring(world, file(figure(VILLAGE, WEST), figure(VILLAGE, EAST)), LATER)
    assert len(drawn()[VILLAGE].shape) == 2, "a place in two parts; the second file of a day counts"
    people.sign_in(client, world.county_office)
    page = client.post(
        f"/places/{COUNTY}/outlines/drop/", {"as_of": LATER.isoformat()}, follow=True
    ).content.decode()
    assert "已撤下 1 处界线" in page and drawn()[VILLAGE].as_of == DAY


@pytest.mark.database
def test_boundaries_go_along_when_places_change(world: people.World) -> None:
    def change(kind: ChangeKind, code: str, new: str) -> None:
        with within(scope_of(COUNTY), who={"account": "wang"}):
            said = {"document": "批复", "effective_on": date(2026, 3, 1), "new_code": new}
            asked = ask_change(by=world.county_office, kind=kind, code=code, **said).change
            confirm_change(by=world.leader, change_id=asked.pk)

    bring(world, file(figure(VILLAGE, WEST), figure(SECOND, EAST)))
    change(ChangeKind.RECODED, TOWNSHIP, "990521150")
    assert set(drawn()) == {"990521150201", "990521150202"}
    change(ChangeKind.MERGED, "990521150201", "990521150202")
    [(code, one)] = drawn().items()
    assert code == "990521150202" and len(one.shape) == 2, "of two united villages one ground"
    # A file of before the changes still says where its places lie, under today's codes.
    bring(world, file(figure(VILLAGE, WEST)), LATER)
    with within(scope_of(COUNTY)):
        assert Outline.objects.get(as_of=LATER).place_id == "990521150202"


@pytest.mark.database
def test_nobody_brings_the_boundaries_of_another_county(world: people.World, client: Any) -> None:
    bring(world, file(figure(VILLAGE, WEST)))
    with within(scope_of(people.OTHER_COUNTY)):
        assert not Outline.objects.exists()
        with pytest.raises(DatabaseError), transaction.atomic():
            Outline.objects.create(
                place=Place.objects.get(pk=VILLAGE),
                as_of=LATER,
                shape=[],
                brought_by="x",
                brought_at="2026-01-01T00:00Z",
            )
    people.sign_in(client, world.outsider)
    told = {
        "file": SimpleUploadedFile("a.json", file(figure(VILLAGE, WEST))),
        "as_of": "2025-01-01",
        "source": "x",
    }
    for answer in (
        client.get(f"/places/{COUNTY}/outlines/"),
        client.post(f"/places/{COUNTY}/outlines/", told),
        client.post(f"/places/{COUNTY}/outlines/drop/", told),
    ):
        assert answer.status_code == 404
    assert len(drawn()) == 1
