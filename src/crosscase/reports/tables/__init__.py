"""What the tables of a report are about: each a function from a study to a :class:`~crosscase.reports.table.ReportTable`."""

from crosscase.reports.tables.analyses import analyses_table
from crosscase.reports.tables.claims import (
    case_by_construct,
    claims_table,
    differences_table,
    fares_table,
    forms_table,
    verdict_table,
)
from crosscase.reports.tables.codebook import codebook
from crosscase.reports.tables.codes import case_by_code, code_by_code
from crosscase.reports.tables.datastructure import data_structure_table
from crosscase.reports.tables.entries import entries
from crosscase.reports.tables.evidence import construct_evidence, meta_matrix
from crosscase.reports.tables.findings import findings
from crosscase.reports.tables.growth import growth_table
from crosscase.reports.tables.guide import question_matrix
from crosscase.reports.tables.measures import (
    Measured,
    all_measures,
    classification_summary,
    measure_summary,
    measure_tables,
    not_measured,
)
from crosscase.reports.tables.profiles import company_profile, personal_profile
from crosscase.reports.tables.quotations import quotation_checks, quotation_table
from crosscase.reports.tables.replication import (
    predictor_outcome,
    replication_table,
    temporal_brackets,
    time_ordered,
)
from crosscase.reports.tables.reproduction import comparable, pairs_of, reproduction_summary
from crosscase.reports.tables.synthesis import (
    construct_mapping_table,
    evidence_map_table,
    lineage_table,
    published_claims,
    relation_table,
)
from crosscase.reports.tables.triangulation import triangulation

__all__ = [
    "Measured",
    "all_measures",
    "analyses_table",
    "case_by_code",
    "case_by_construct",
    "claims_table",
    "classification_summary",
    "code_by_code",
    "codebook",
    "company_profile",
    "comparable",
    "construct_evidence",
    "construct_mapping_table",
    "data_structure_table",
    "differences_table",
    "entries",
    "evidence_map_table",
    "fares_table",
    "findings",
    "forms_table",
    "growth_table",
    "lineage_table",
    "measure_summary",
    "measure_tables",
    "meta_matrix",
    "not_measured",
    "pairs_of",
    "personal_profile",
    "predictor_outcome",
    "published_claims",
    "question_matrix",
    "quotation_checks",
    "quotation_table",
    "relation_table",
    "replication_table",
    "reproduction_summary",
    "temporal_brackets",
    "time_ordered",
    "triangulation",
    "verdict_table",
]
