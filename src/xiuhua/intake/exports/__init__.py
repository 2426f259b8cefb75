"""What intake hands out: an office's own workbook, marked; the differences with the national system; lists of its pages."""

from xiuhua.files.services import Maker
from xiuhua.intake.exports.differences import make_differences
from xiuhua.intake.exports.listing import BATCHES, FINDINGS, PREVIEW
from xiuhua.intake.exports.marking import marked

MARKED, DIFFERENCES = "intake.marked", "intake.differences"
EXPORTS = {
    MARKED: Maker("标注好的工作簿", "Marked workbook", "intake.bring", marked),
    DIFFERENCES: Maker(
        "与国家系统的差异", "Differences with the national system", "intake.see", make_differences
    ),
    "intake.batches": BATCHES.maker(),
    "intake.findings": FINDINGS.maker(),
    "intake.preview": PREVIEW.maker(),
}
