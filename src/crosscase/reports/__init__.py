"""Tables and one readable report from a study, as HTML, CSV, XLSX, DOCX and LaTeX."""

from crosscase.reports.contents import ReportContents, RuleNote
from crosscase.reports.formats import FORMATS
from crosscase.reports.report import INDEX, Report, ReportFile, build_report, report_html
from crosscase.reports.table import Cell, Column, Format, ReportTable, State

__all__ = [
    "FORMATS",
    "INDEX",
    "Cell",
    "Column",
    "Format",
    "Report",
    "ReportContents",
    "ReportFile",
    "ReportTable",
    "RuleNote",
    "State",
    "build_report",
    "report_html",
]
