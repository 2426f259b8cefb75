"""The kinds of export of the whole house, gathered from every room's exports.py: EXPORTS, kind -> Maker."""

from __future__ import annotations

from functools import cache
from importlib import import_module

from django.apps import apps
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import module_has_submodule

from xiuhua.config import rights
from xiuhua.files.services import Maker


@cache
def table() -> dict[str, Maker]:
    """Kind to maker; ImproperlyConfigured when two rooms name one kind, or a kind needs a right that is none."""
    found: dict[str, Maker] = {}
    for app in apps.get_app_configs():
        ours = app.name.startswith("xiuhua.") and app.name != "xiuhua.config"  # whose exports.py is this one
        if not ours or not module_has_submodule(app.module, "exports"):
            continue
        for kind, maker in import_module(f"{app.name}.exports").EXPORTS.items():
            if kind in found or kind.split(".")[0] != app.label:
                raise ImproperlyConfigured(
                    f"{app.name}.exports: {kind} is taken, or not named after its room"
                )
            if maker.right not in rights.table().rights:
                raise ImproperlyConfigured(f"the export {kind} needs the right {maker.right}, which is none")
            found[kind] = maker
    return found
