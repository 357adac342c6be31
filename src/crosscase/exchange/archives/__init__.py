"""A study for a data archive: an RO-Crate with everything in open formats and a manifest of hashes, and its verification."""

from crosscase.exchange.archives.verifying import Problem, Verified, verify_archive
from crosscase.exchange.archives.writing import MANIFEST, METADATA, OVERVIEW, PROJECT, REPORT, STUDY, write_archive

__all__ = [
    "MANIFEST",
    "METADATA",
    "OVERVIEW",
    "PROJECT",
    "REPORT",
    "STUDY",
    "Problem",
    "Verified",
    "verify_archive",
    "write_archive",
]
