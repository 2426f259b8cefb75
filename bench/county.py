"""A throw-away installation with an invented county, for benches that need a register."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

CODE = "990521"


@contextmanager
def installation() -> Iterator[Path]:
    """A home folder of its own with a running, durable PostgreSQL and its tables; gone afterwards."""
    from xiuhua.runtime import locations, testing
    from xiuhua.runtime.cluster import running

    with tempfile.TemporaryDirectory(prefix="xh-bench-", dir="/tmp") as name:
        home = Path(name)
        home.chmod(0o711)
        os.environ["XIUHUA_HOME"] = name
        try:
            with running(purpose="bench"):
                from xiuhua.cli.database import apply_migrations, set_up_django

                set_up_django()
                apply_migrations()
                yield home
        finally:
            testing.remove(locations.locate(home))


def workbooks(households: int, folder: Path, *, seed: int = 5) -> list[Path]:
    """The county's four workbooks (xlsx), with faults as often as in the sample."""
    from xiuhua.synth.county import invent, plant, write

    county = invent(seed, households, code=CODE)
    plant(county)
    folder.mkdir(exist_ok=True)
    return [path for path in write(county, folder) if path.suffix == ".xlsx"]


def receive(paths: list[Path]) -> int:
    """Hands the workbooks in, to be merged without a look at the preview; the number of the batch."""
    from xiuhua.intake.services import receive
    from xiuhua.intake.services.steps import Operator
    from xiuhua.places.scope import scope_of, within
    from xiuhua.registry.models import Opening
    from xiuhua.registry.services import sign_opening

    by = Operator("bench", "bench", CODE)
    with within(scope_of(CODE), who={"account": "bench"}):
        if not Opening.objects.exists():
            sign_opening(by=by, county_code=CODE, statement="bench")
        uploads = [(path.name, iter([path.read_bytes()])) for path in paths]
        return receive.receive(by=by, place_code=CODE, uploads=uploads, and_merge=True).batch.pk
