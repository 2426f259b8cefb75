"""Invented figures for the gallery and for looking at pages: 临川县 does not exist, nor does anyone in it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from xiuhua.design.samples import accounts, batch, county, files, household, intake, lists

# Page name -> (template, context). Templates are named as text: the gallery shows rooms above it without importing them.
PAGES: dict[str, tuple[str, Callable[[], dict[str, Any]]]] = {
    "sign-in": ("accounts/sign_in.html", accounts.sign_in),
    "sign-in-locked": ("accounts/sign_in.html", accounts.sign_in_locked),
    "forgotten": ("accounts/forgotten.html", accounts.forgotten),
    "no-post": ("accounts/no_post.html", accounts.no_post),
    "people": ("accounts/people.html", accounts.people),
    "people-empty": ("accounts/people.html", accounts.people_empty),
    "request-new": ("accounts/request_form.html", accounts.request_new),
    "requests": ("accounts/request_list.html", accounts.requests),
    "requests-empty": ("accounts/request_list.html", accounts.requests_empty),
    "request-granted": ("accounts/request_answered.html", accounts.granted),
    "password": ("accounts/password.html", accounts.password),
    "my-account": ("accounts/password.html", accounts.my_account),
    "home": ("workbench/home.html", county.home),
    "home-empty": ("workbench/home.html", county.home_empty),
    "county": ("workbench/place.html", county.place),
    "village": ("workbench/place.html", county.village),
    "households": ("workbench/households.html", lists.households),
    "households-empty": ("workbench/households.html", lists.households_empty),
    "household": ("workbench/household.html", household.household),
    "household-other": ("workbench/household.html", household.other),
    "open-sealed": ("workbench/open_sealed.html", household.open_sealed),
    "opened": ("workbench/open_sealed.html", household.opened),
    "search": ("workbench/search.html", lists.search),
    "search-nothing": ("workbench/search.html", lists.search_nothing),
    "search-start": ("workbench/search.html", lists.search_start),
    "findings": ("workbench/findings.html", lists.findings),
    "findings-empty": ("workbench/findings.html", lists.findings_empty),
    "batches": ("intake/list.html", intake.batches),
    "batches-empty": ("intake/list.html", intake.batches_empty),
    "upload": ("intake/new.html", intake.upload),
    "upload-refused": ("intake/new.html", intake.upload_refused),
    "batch-reading": ("intake/batch.html", batch.batch_reading),
    "batch-asking": ("intake/batch.html", batch.batch_asking),
    "batch-preview": ("intake/batch.html", batch.batch_preview),
    "batch-done": ("intake/batch.html", batch.batch_done),
    "batch-failed": ("intake/batch.html", batch.batch_failed),
    "exports": ("files/exports.html", files.exports),
    "exports-empty": ("files/exports.html", files.exports_empty),
    "export": ("files/export.html", files.export),
    "export-making": ("files/export.html", files.export_making),
    "mapping": ("intake/mapping.html", intake.mapping),
    "preview": ("intake/preview.html", intake.preview),
    "not-found": ("404.html", dict),
    "refused": ("403.html", dict),
    "broken": ("500.html", dict),
    "not-understood": ("400.html", dict),
}
