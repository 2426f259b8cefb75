"""A signature made with a finger on the screen, as a field of a form: a picture like one that was photographed."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django import forms
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from xiuhua.decisions.forms.changes import sort_of

BEGINS = "data:image/png;base64,"
MOST_BYTES = 500_000


class SignPad(forms.Widget):
    """The ground that is signed on; nothing that was drawn is ever shown again by it."""

    def render(self, name: str, value: Any, attrs: Any = None, renderer: Any = None) -> SafeString:
        """The pad; its field stays empty until somebody signs."""
        return render_to_string("design/sign_pad.html", {"name": name, "id": (attrs or {}).get("id", "")})


class Signed(forms.CharField):
    """What was drawn, as the bytes of a PNG; None where nobody drew."""

    widget = SignPad

    def clean(self, value: Any) -> bytes | None:
        """The picture, or a sentence where what came is none."""
        text = str(value or "")
        if not text:
            return None
        try:
            drawn = base64.b64decode(text.removeprefix(BEGINS), validate=True)
        except (binascii.Error, ValueError):
            drawn = b""
        if not text.startswith(BEGINS) or len(drawn) > MOST_BYTES or sort_of(drawn[:16]) != "image/png":
            raise forms.ValidationError(_("屏上签名没有收到，请重签，或签在纸上拍照上传"))
        return drawn
