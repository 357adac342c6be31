"""The archive of a study: one zip with everything that a reader in ten years needs, described as an RO-Crate.

:func:`archive_files` makes its members, :func:`write_archive` the zip, :func:`verify_archive` holds an archive against its
own manifest and description.  Texts whose consent excludes archiving stay out (:mod:`crosscase.exchange.crate.withholding`).
"""

from crosscase.exchange.crate.verifying import Verification, verify_archive
from crosscase.exchange.crate.withholding import Withheld, withhold
from crosscase.exchange.crate.writing import archive_files, write_archive

__all__ = ["Verification", "Withheld", "archive_files", "verify_archive", "withhold", "write_archive"]
