"""Do coders agree?  Cohen's kappa, Krippendorff's alpha, the unitizing alpha for free spans, and the disagreements.

For codes that may overlap (one yes/no decision a code): make :class:`UnitCodings`, then :func:`agreement` and
:func:`disagreements`.  For one value a unit: :func:`cohen_kappa`, :func:`krippendorff_alpha`.  For the boundaries
of free spans: :func:`unitizing_alpha`, :func:`unitizing_by_code`.
"""

from crosscase.engines.agreement.codes import (
    Agreement,
    CodeAgreement,
    Disagreement,
    Disagreements,
    Interval,
    agreement,
    disagreements,
)
from crosscase.engines.agreement.coefficients import Coefficient, cohen_kappa, krippendorff_alpha
from crosscase.engines.agreement.unitizing import UnitizingAlpha, ValueAlpha, unitizing_alpha, unitizing_by_code
from crosscase.engines.agreement.units import Place, Span, UnitCodings

__all__ = [
    "Agreement",
    "CodeAgreement",
    "Coefficient",
    "Disagreement",
    "Disagreements",
    "Interval",
    "Place",
    "Span",
    "UnitCodings",
    "UnitizingAlpha",
    "ValueAlpha",
    "agreement",
    "cohen_kappa",
    "disagreements",
    "krippendorff_alpha",
    "unitizing_alpha",
    "unitizing_by_code",
]
