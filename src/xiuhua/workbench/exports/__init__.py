"""What the workbench hands out: tables of its pages, and papers."""

from xiuhua.workbench.exports import accounts, frozen, places, rules, tables, work
from xiuhua.workbench.exports.papers import PAPERS
from xiuhua.workbench.exports.report import REPORTS

EXPORTS = {
    **{
        kind: table.maker()
        for kind, table in {
            **tables.TABLES,
            **places.TABLES,
            **work.TABLES,
            **frozen.TABLES,
            **rules.TABLES,
            **accounts.TABLES,
        }.items()
    },
    **PAPERS,
    **REPORTS,
}
