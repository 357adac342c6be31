"""The constructs and the four claims of ``born-globals``; used by make_born_globals.py.

The wordings are ours; they say what the propositions of Yang & Stoian (2024) state.  The thresholds of the three outcomes
are ours too: the paper does not say when spread, diversification or intensity is high.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterable, Sequence

from crosscase.core import Claim, ClaimForm, Code, Coding, Construct, Observation, Quotation, Stance
from crosscase.core.values import read_number

OUTCOMES = ("spread", "diversification", "intensity")

_SPREAD = "perceive_demand * {} * customer_networks => spread"
_ANY_GROWTH = "spread + diversification + intensity"
_SENSING = ["perceive_demand", "cultural_awareness", "future_trends"]
_SEIZING = ["ecommerce_platform", "soe_networks", "online_delivery", "technological", "business_models"]
_RECONFIGURING = ["customer_networks", "online_communities", "international_collaboration"]
_PROCESSES = (_SENSING, _SEIZING, _RECONFIGURING)
_EITHER = _SPREAD.format("(ecommerce_platform + soe_networks)")
_DIVERSIFICATION = "cultural_awareness * online_delivery * online_communities"
_INTENSITY = "future_trends * technological * business_models * international_collaboration"

#: Claim -> (what it states, expression, forms on record, who it speaks of, where it stands).
_CLAIMS = {
    "P1": (
        "Firms spread faster to new countries after their first entry when they see demand and competition abroad, have a "
        "platform for electronic commerce or the networks of state-owned enterprises and government to lean on, and look "
        "after their customers' networks abroad",
        _EITHER,
        (
            ("Section 4.1, running text: one stands in for the other", _EITHER),
            ("Proposition 1: both are listed, joined by and", _SPREAD.format("ecommerce_platform * soe_networks")),
        ),
        "Low-tech firms with standardized products (Group 1)",
    ),
    "P2": (
        "Firms diversify faster over regions after their first entry when they are aware of other cultures, deliver and "
        "lead teams online, and draw on online communities across borders",
        f"{_DIVERSIFICATION} => diversification",
        (("Proposition 2", f"{_DIVERSIFICATION} => diversification"),),
        "High-tech and knowledge-intensive service firms that sell to individuals (Group 2)",
    ),
    "P3": (
        "The share of sales from abroad grows faster after the first entry when firms foresee global trends, master their "
        "technology, change their business model, and collaborate internationally",
        f"{_INTENSITY} => intensity",
        (("Proposition 3", f"{_INTENSITY} => intensity"),),
        "High-tech firms that sell to other firms (Group 3)",
    ),
    "P4": (
        "Growth abroad after the first entry is faster when capabilities of managers and of the firm come together to "
        "sense opportunities, to seize them and to reconfigure resources",
        " * ".join(f"({' + '.join(one)})" for one in _PROCESSES) + f" => {_ANY_GROWTH}",
        (
            (
                "Sections 4.1 to 4.3: each kind of growth has its own set",
                f"{_EITHER.removesuffix(' => spread')} + {_DIVERSIFICATION} + {_INTENSITY} => {_ANY_GROWTH}",
            ),
            (
                "Proposition 4: all eleven are listed, joined by and",
                " * ".join(" * ".join(one) for one in _PROCESSES) + f" => {_ANY_GROWTH}",
            ),
        ),
        "Born globals",
    ),
}  # fmt: skip


def make_constructs(codes: Iterable[Code], observations: Sequence[Observation]) -> list[Construct]:
    """The eleven themes, the three outcomes, and the part of the groups that the table allows."""
    themes = [
        Construct(code.id, code.name, "codings", (code.id,), "present", extra={"note": "No quotation is no data."})
        for code in codes
        if code.level == "theme"
    ]
    return [*themes, *(_outcome(name, observations) for name in OUTCOMES), *_groups()]


def _outcome(measure: str, observations: Sequence[Observation]) -> Construct:
    printed = sorted(
        value for one in observations if one.measure == measure if (value := read_number(one.value)) is not None
    )
    median = statistics.median(printed)
    above = next(value for value in printed if value > median)
    reason = (
        f"Chosen for this example, the paper has none: halfway between the median of the printed figures, {median:g}, and the "
        f"next higher one, {above:g}."
    )
    calibrate = {"threshold": round((median + above) / 2, 3), "reason": reason}
    return Construct(measure, f"High {measure}", "measure", (measure,), calibrate=calibrate)


def _groups() -> list[Construct]:
    groups = {
        "group1_technology": ("Low-tech", 'tech_intensity = "Low-tech"'),
        "group2_technology": (
            "High-tech or knowledge-intensive service",
            'tech_intensity in {"High-tech", "Knowledge-intensive service"}',
        ),
        "group3_technology": ("High-tech", 'tech_intensity = "High-tech"'),
    }
    note = "Only the technology part of the group: the kind of product and of customer is not in Table 1."
    return [
        Construct(id, name, "variable", ("tech_intensity",), rule, extra={"note": note})
        for id, (name, rule) in groups.items()
    ]


def make_claims(cases: Sequence[str]) -> list[Claim]:
    """The propositions; every one was built from the interviews of all firms (Section 3.6)."""
    return [
        Claim(
            id, text, "set relation", expression, tuple(cases),
            {"who": who, "where": "China", "when": "after the first entry abroad"},
            "asserted",
            forms=tuple(ClaimForm(*form) for form in forms),
            extra={
                "locator": f"Proposition {id[1:]}",
                "built_on_note": "The paper built its propositions from the interviews of all 33 firms, 22 of which it quotes.",
            },
        )
        for id, (text, expression, forms, who) in _CLAIMS.items()
    ]  # fmt: skip


def make_stances(
    claims: Sequence[Claim], codes: Sequence[Code], quotations: Sequence[Quotation], codings: Sequence[Coding]
) -> list[Stance]:
    """Every quotation under one of a claim's capabilities, as a place without words."""
    by_id = {code.id: code for code in codes}
    places = {quotation.id: quotation for quotation in quotations}
    stances = []
    for claim in claims:
        for coding in codings:
            code = by_id[coding.code]
            theme = code if code.level == "theme" else by_id[code.parent]
            if theme.id in claim.expression:
                quotation = places[coding.quotation]
                note = f"Quoted for {theme.name[0].lower() + theme.name[1:]}; it shows the capability, not its effect."
                stances.append(
                    Stance(
                        f"{claim.id}-{coding.id}", claim.id, quotation.case, coding.id, quotation.locator, "supports",
                        note,
                    )
                )  # fmt: skip
    return stances
