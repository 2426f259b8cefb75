"""A finished freeze held against its files: what is stored of it, document by document, and the files that pages read figures from."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice
from pathlib import Path

from xiuhua.engine.freezing import digest
from xiuhua.engine.tally import stream_below
from xiuhua.freezes.models import Freeze, Tallied
from xiuhua.freezes.queries import levels_stored, tally_of
from xiuhua.places.scope import scope_of, within

AT_ONCE = 500


def differences(freeze: Freeze, out: Path) -> Iterator[str]:
    """Places whose stored figures are not those of a tally just computed into `out`, and files of the kept tally that are not as
    they were sealed, each by its code or name. Nothing where all is as it was stored."""
    sealed = freeze.tally or {}
    for name, was in sealed.get("files", {}).items():
        path = tally_of(freeze) / name
        if not path.is_file() or digest(path) != was:
            yield f"{freeze.folder}.tally/{name}"
    for level in sealed.get("stored") or [one.value for one in levels_stored(freeze.place_code)]:
        computed = stream_below(out, freeze.place_code, level)
        count = 0
        while some := list(islice(computed, AT_ONCE)):
            count += len(some)
            with within(scope_of(freeze.place_code)):
                codes = {one["place_code"] for one in some}
                rows = Tallied.objects.filter(freeze=freeze, level=level, place_code__in=codes)
                kept = {(one.place_code, one.kind, one.status): one.figures for one in rows}
            for one in some:
                if kept.get((one["place_code"], one["kind"], one["status"])) != one:
                    yield str(one["place_code"])
        with within(scope_of(freeze.place_code)):
            if Tallied.objects.filter(freeze=freeze, level=level).count() != count:
                yield str(level)
