"""What the workbench hands out: tables of its pages, and papers."""

from xiuhua.workbench.exports.papers import PAPERS

EXPORTS = {**PAPERS}
