"""Make the example study ``born-globals`` from the published tables of Yang & Stoian (2024).

    python tools/make_born_globals.py FOLDER-WITH-THE-CSV-FILES

reads ``yang_stoian_firms.csv``, ``_entries.csv``, ``_codebook.csv`` and ``_evidence.csv``, in which the printed facts were
entered by hand, and writes the study folder into the package.  Words of the paper other than its labels are not copied.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from born_globals_claims import make_claims, make_constructs, make_stances

from crosscase.core import (
    Case,
    Code,
    Coding,
    Event,
    Observation,
    PartialDate,
    Participant,
    Question,
    Quotation,
    Sample,
    SamplingRule,
    Snapshot,
    Study,
    Variable,
)
from crosscase.exchange.folder import write_folder

TARGET = Path(__file__).resolve().parents[1] / "src/crosscase/exchange/examples/born_globals"

Rows = list[dict[str, str]]

#: Short ids for the themes, so that they can be written in expressions.
THEMES = {
    "Capability to perceive demand and competition in the international market": "perceive_demand",
    "E-commerce platform capability": "ecommerce_platform",
    "Capability to piggyback SOE networks and government support": "soe_networks",
    "Capability to manage international customer networks": "customer_networks",
    "Cross-cultural awareness": "cultural_awareness",
    "Online delivery and virtual team management capability": "online_delivery",
    "Capability to exploit transnational online communities": "online_communities",
    "Capability to envisage future global trends": "future_trends",
    "Technological capability": "technological",
    "Capability to modify business models": "business_models",
    "International collaboration capability": "international_collaboration",
}
DIMENSIONS = {
    "spread": "Speed of international spread",
    "diversification": "International market diversification",
    "intensity": "International sales intensity",
}

#: Printed column -> (measure, unit, scheme).
FIGURES = {
    "spread_printed": ("spread", "countries per year", ""),
    "diversification_printed": ("diversification", "regions", "yang-stoian-12"),
    "sales_intensity_printed": ("intensity", "foreign sales / total sales", ""),
}

STUDY = Study(
    title="Post-entry growth of born globals from China (published facts)",
    question="Which capabilities of managers and of the firm, together, go with faster growth abroad after the first entry: "
    "in spread, in diversification, in sales intensity?",
    citation="Yang, H., & Stoian, M.-C. (2024). Post-entry internationalization of born globals: The role of dynamic "
    "capabilities in accelerating growth. International Business Review, 33(4), 102299. "
    "https://doi.org/10.1016/j.ibusrev.2024.102299",
    sampling=(
        SamplingRule(
            "early_and_intensive",
            "Abroad within three years of the start, with at least a quarter of all sales from abroad (Section 3.3)",
            "years_to_internationalization <= 3 and intensity >= 0.25",
        ),
        SamplingRule("two_continents", "Markets on at least two continents (Section 3.3)", "number_of_continents >= 2"),
        SamplingRule("experience", "At least two years of business abroad (Section 3.3)", "years_abroad >= 2"),
    ),
    variables=(
        Variable("sector", "text", label="Sector as printed"),
        Variable("size", "category", values=("Micro", "Small", "Medium"), label="Size class as printed"),
        Variable("age", "integer", "years", label="Age as printed"),
        Variable(
            "first_entry_in_nth_year", "integer", label="Year of the first entry, counted from the start (1 = first)"
        ),
        Variable(
            "tech_intensity",
            "category",
            values=("High-tech", "Low-tech", "Knowledge-intensive service"),
            label="Technology intensity as printed",
        ),
        Variable("interviewees", "text", label="Positions of the persons interviewed, as printed"),
        Variable("home", "country", label="Home country"),
        Variable(
            "founded", "year", label="Derived, not printed: year of the first entry - first_entry_in_nth_year + 1"
        ),
        Variable("observed_until", "year", label="Derived, not printed: founded + age"),
    ),
    guide=(
        Question("business", "Firm", "The firm and its main activities (Section 3.4)"),
        Question("first_entry", "First steps abroad", "How the firm first went abroad; also to see that it qualifies"),
        Question("growth", "Growth abroad", "How the firm grew abroad, and which dimension of growth mattered to it"),
        Question("capabilities", "Growth abroad", "Which capabilities of managers and of the firm mattered for it"),
    ),
    observed_until="observed_until",
    region_scheme="yang-stoian-12",
    interviews=40,
    extra={"licence": "CC BY 4.0", "privacy": {"public": "the profiles of the 33 firms are printed in the paper"}},
)


def make(folder: Path) -> Snapshot:
    """The study in the csv files of a folder."""
    firms, entries, codebook, evidence = (
        list(csv.DictReader((folder / f"yang_stoian_{name}.csv").open(encoding="utf-8", newline="")))
        for name in ("firms", "entries", "codebook", "evidence")
    )
    participants = [
        Participant(f"BG{firm['bg']}-{number}", f"BG{firm['bg']}", role.strip().capitalize())
        for firm in firms
        for number, role in enumerate(firm["interviewees"].split(","), start=1)
    ]
    codes = make_codes(codebook)
    quotations, codings = make_codings(evidence, participants, {code.name: code.id for code in codes})
    observations = make_observations(firms)
    claims = make_claims([f"BG{firm['bg']}" for firm in firms])
    return Snapshot.of(
        STUDY,
        cases=make_cases(firms, entries),
        participants=participants,
        events=[
            Event(
                f"e{number}", f"BG{entry['bg']}", "entry", entry["iso3"], PartialDate.parse(entry["year"]),
                evidence="Table 1", extra={"place_as_printed": entry["country_as_printed"]},
            )
            for number, entry in enumerate(entries, start=1)
        ],
        observations=observations,
        codes=codes,
        quotations=quotations,
        codings=codings,
        constructs=make_constructs(codes, observations),
        claims=claims,
        stances=make_stances(claims, codes, quotations, codings),
        samples=[
            Sample(
                "yang-stoian-2024", "Yang & Stoian 2024", 33, "firms",
                "China: Beijing, Hangzhou, Shanghai, Shenzhen, Wuhan, Yunnan; many industries", basis="stated",
            )
        ],
    )  # fmt: skip


def make_cases(firms: Rows, entries: Rows) -> list[Case]:
    """The firms with the printed attributes and the two derived ones."""
    first: dict[str, int] = {}
    for entry in entries:
        first[entry["bg"]] = min(int(entry["year"]), first.get(entry["bg"], 9999))
    cases = []
    for firm in firms:
        printed = {name: firm[name] for name in ("sector", "size", "age", "first_entry_in_nth_year", "tech_intensity")}
        founded = first[firm["bg"]] - int(firm["first_entry_in_nth_year"]) + 1
        derived = {"home": "CHN", "founded": str(founded), "observed_until": str(founded + int(firm["age"]))}
        cases.append(Case(f"BG{firm['bg']}", {**printed, "interviewees": firm["interviewees"], **derived}))
    return cases


def make_observations(firms: Rows) -> list[Observation]:
    """The three printed figures of every firm."""
    return [
        Observation(
            f"{measure}-BG{firm['bg']}", f"BG{firm['bg']}", measure, value=firm[column], unit=unit, basis="printed",
            scheme=scheme, locator="Table 1",
        )
        for firm in firms
        for column, (measure, unit, scheme) in FIGURES.items()
    ]  # fmt: skip


def make_codes(codebook: Rows) -> list[Code]:
    """The dimensions, the themes under them and the concepts under those."""
    dimensions = [Code(id, name, level="dimension") for id, name in DIMENSIONS.items()]
    themes: dict[str, Code] = {}
    concepts = []
    for row in codebook:
        id = THEMES[row["theme"]]
        known = {"process": row["dc_process"], "held_by": row["level"]}
        themes.setdefault(id, Code(id, row["theme"], row["aggregate_dimension"], "theme", extra=known))
        concepts.append(Code(slug(row["first_order_code"]), row["first_order_code"], id, "concept"))
    return [*dimensions, *themes.values(), *concepts]


def make_codings(
    evidence: Rows, participants: list[Participant], ids: dict[str, str]
) -> tuple[list[Quotation], list[Coding]]:
    """Where the paper quotes which firm under which code: places without words."""
    speakers = {(person.case, person.role.casefold()): person.id for person in participants}
    quotations, codings = [], []
    for number, row in enumerate(evidence, start=1):
        case = f"BG{row['bg']}"
        speaker = speakers.get((case, row["speaker_role"].casefold()), "")
        quotations.append(Quotation(f"q{number}", locator=row["location"], case=case, participant=speaker))
        code = ids[row["first_order_code"] or row["theme"]]
        codings.append(Coding(f"c{number}", f"q{number}", code, extra={"speaker_role": row["speaker_role"]}))
    return quotations, codings


def slug(label: str) -> str:
    """A label as an id: small letters, digits and low lines."""
    return re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write_folder(make(Path(sys.argv[1])), TARGET)
