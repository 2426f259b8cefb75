"""A department's list as its office hands it in, and its way to the register."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from intake import taking
from xiuhua.common.clock import beijing_today
from xiuhua.common.identity import check_digit
from xiuhua.intake.models import Batch, Step
from xiuhua.intake.services import steps
from xiuhua.places.scope import scope_of, within

CAR = "车管_机动车登记.csv"
DAY = "2017-09-30"


def cars(*rows: tuple[str, str, str, int, str], encoding: str = "gb18030") -> SimpleUploadedFile:
    lines = ["所有人,身份证明号码,车辆类型,购置价格,登记日期", *(",".join(map(str, row)) for row in rows)]
    return SimpleUploadedFile(CAR, "\r\n".join(lines).encode(encoding), "text/csv")


def bring(client: Client, file: SimpleUploadedFile, **more: str) -> Any:
    said = {
        "data_date": DAY, "basis": "县政府授权书 1 号", "purpose": "识别对象比对核查",
        "expires_on": (beijing_today() + timedelta(days=30)).isoformat(),
    }  # fmt: skip
    return client.post(reverse("intake:new"), {"workbooks": [file], **said, **more})


def finish(client: Client) -> Batch:
    """As the worker does it, with the officer's yes at the preview."""
    with within(scope_of(taking.COUNTY)):
        batch = Batch.objects.order_by("-pk")[0]
    batch = steps.advance(batch.pk, batch.place_code)
    assert batch.step == Step.PREVIEW, batch.trouble
    page = client.get(reverse("intake:batch", args=[batch.pk])).content.decode()
    assert "部门比对名单" in page and "比对名单" in page
    assert client.post(reverse("intake:merge", args=[batch.pk])).status_code == 302
    done = steps.advance(batch.pk, batch.place_code)
    assert done.step == Step.DONE, done.trouble
    return done


STRANGER = "99279219961011801"
NOBODY = ("无此人", STRANGER + check_digit(STRANGER), "小型轿车", 90000, "2016-01-01")
