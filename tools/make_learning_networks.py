"""Make the example study ``learning-networks`` from the published tables of Puthusserry et al. (2020).

    python tools/make_learning_networks.py FOLDER-WITH-THE-CSV-FILES

reads ``puthusserry_firms.csv`` and ``puthusserry_codebook.csv``, in which the printed facts were entered by hand, and
writes the study folder into the package.  Open codes are given in our own, shorter words.
"""

from __future__ import annotations

import csv
import re
import sys
from pathlib import Path

from learning_networks_claims import make_a_priori_codes, make_claims, make_constructs, make_stances

from crosscase.core import (
    Case,
    Code,
    Coding,
    Event,
    Observation,
    PartialDate,
    Participant,
    Quotation,
    Sample,
    SamplingRule,
    Snapshot,
    Study,
    Variable,
)
from crosscase.core.countries import resolve
from crosscase.exchange.folder import write_folder

TARGET = Path(__file__).resolve().parents[1] / "src/crosscase/exchange/examples/learning_networks"

Rows = list[dict[str, str]]

#: Table 2 of the paper, a row a firm: positions; ownership and partners; years and place of earlier work; experience abroad.
PROFILES = (
    ("CEO", "Equal", "3", "19", "Indian multinational", "12 years (USA, UAE, Europe, Singapore, Saudi Arabia)"),
    ("Director", "Equal", "3", "17", "Indian and foreign multinationals", "6 months (Europe)"),
    ("Founder, CEO", "Equal", "3", "15", "Indian and foreign multinationals", "5 years (Taiwan)"),
    ("CMO; CEO", "Equal", "5", "3", "freelance", "foreign clients"),
    ("Director", "Equal", "2", "8", "Indian multinationals", "foreign clients"),
    ("Founder, director", "Minority", "2", "10", "Indian multinationals", "foreign clients"),
    ("Owner, CEO", "Sole", "1", "8", "Indian firms", "foreign clients"),
    ("CEO", "Family", "2", "7", "Indian firms", "foreign clients"),
    ("CMO; CEO", "Equal", "6", "2", "freelance", "foreign clients"),
    ("CEO", "Minority", "2", "10", "Indian multinationals", "foreign clients"),
)

#: Growth path in the csv -> the beginning of the ids under it.
PATHS = {
    "geographic diversification": "geographic",
    "market penetration (exploitation)": "penetration",
    "product development (exploration)": "development",
}

#: The sixteen open codes of Table 3 in the order of the csv, in our words.
OPEN_CODES = (
    "Talk with nearby founders in like trades", "Watching firms like one's own", "Workshops by senior professionals",
    "Going to fairs and on missions", "Earlier work abroad or for foreign clients", "Knew the first foreign client",
    "Contacts through family and friends", "Own attempts online", "Clients specify and tell of the market",
    "Watching competitors", "Asking other founders about products", "Own attempts to adapt the product",
    "The partner informs and helps to adapt", "Professionals inform on market and technology",
    "Earlier experience of technology and market", "The firm's own research team",
)  # fmt: skip

STUDY = Study(
    title="Learning after entry: ten Indian software firms (published facts)",
    question="How do firms that went abroad early learn after their first entry, through which networks, and what does it do "
    "for their growth?",
    stance="interpretive",
    citation="Puthusserry, P., Khan, Z., Knight, G., & Miller, K. (2020). How do rapidly internationalizing SMEs learn? "
    "Management International Review, 60(4), 515-542. https://doi.org/10.1007/s11575-020-00424-9",
    sampling=(
        SamplingRule("early", "Abroad at once or within two years (Section 3)", "years_to_internationalization <= 2"),
        SamplingRule("several", "More than two countries entered (Section 3)", "countries_printed > 2"),
        SamplingRule("variation", "Firms that differ in their success and in earlier experience (Section 3)"),
        SamplingRule("access", "A founder or manager who had a part in going abroad could be interviewed (Section 3)"),
    ),
    variables=(
        Variable("product", "text", label="Product as printed"),
        Variable("employees", "integer", "persons", label="Employees as printed"),
        Variable("turnover", "number", "USD", label="Turnover as printed"),
        Variable("countries_printed", "integer", "countries", label="Number of countries as printed"),
        Variable("home", "country", label="Home country"),
        Variable("founded", "year", label="Year of founding as printed"),
        Variable("ownership", "category", values=("Equal", "Minority", "Sole", "Family"), label="Ownership (Table 2)"),
        Variable("partners", "integer", "persons", label="Partners who own the firm (Table 2)"),
        Variable("experience_years", "number", "years", label="Years of earlier work (Table 2)"),
        Variable("experience", "text", label="Where that was (Table 2)"),
        Variable("international_experience", "text", label="Experience abroad (Table 2)"),
    ),
    interviews=12,
    extra={"licence": "CC BY 4.0", "privacy": {"public": "the profiles of the ten firms are printed in the paper"}},
)


def make(folder: Path) -> Snapshot:
    """The study in the csv files of a folder."""
    firms, codebook = (
        list(csv.DictReader((folder / f"puthusserry_{name}.csv").open(encoding="utf-8", newline="")))
        for name in ("firms", "codebook")
    )
    cases = [f"Case{firm['case']}" for firm in firms]
    codes = make_codes(codebook)
    return Snapshot.of(
        STUDY,
        cases=make_cases(firms),
        participants=[
            Participant(f"{case}-{number}", case, role.strip())
            for case, profile in zip(cases, PROFILES, strict=True)
            for number, role in enumerate(profile[0].split(";"), start=1)
        ],
        events=make_events(firms),
        observations=make_observations(firms),
        codes=codes,
        quotations=[Quotation("q1", locator="Section 4.3", case="Case3", participant="Case3-1")],
        codings=[Coding("c1", "q1", "development_internal_r_d_1")],
        constructs=make_constructs(codes),
        claims=make_claims(cases),
        stances=make_stances(),
        samples=[Sample("puthusserry-2020", "Puthusserry et al. 2020", 10, "firms", "India", basis="stated")],
    )


def make_cases(firms: Rows) -> list[Case]:
    """Company and personal profiles (Tables 1 and 2)."""
    names = ("ownership", "partners", "experience_years", "experience", "international_experience")
    return [
        Case(
            f"Case{firm['case']}",
            {
                "product": firm["product"], "employees": firm["employees"], "turnover": firm["turnover_usd"],
                "countries_printed": firm["number_of_countries_printed"], "home": "IND", "founded": firm["founded"], **dict(zip(names, profile[1:], strict=True)),
            },
        )
        for firm, profile in zip(firms, PROFILES, strict=True)
    ]  # fmt: skip


def make_events(firms: Rows) -> list[Event]:
    """Entries into the countries on the printed list; only that into the first country has a year.

    Case 4 lists North America, and the United States as the first country: the one is taken for the other.
    """
    events = []
    for firm in firms:
        first = resolve(firm["first_country"]).alpha3
        for item in firm["countries_printed"].split(";"):
            printed = item.strip()
            region = printed == "North America"
            place = first if region else resolve(printed).alpha3
            date = PartialDate.parse(firm["first_export"]) if place == first else None
            note = "Printed as a region; the column of the first country says USA." if region else ""
            events.append(
                Event(
                    f"e{len(events) + 1}", f"Case{firm['case']}", "entry", place, date, evidence="Table 1", note=note,
                    extra={"place_as_printed": printed},
                )
            )  # fmt: skip
    return events


def make_observations(firms: Rows) -> list[Observation]:
    """The printed share of foreign sales and number of countries."""
    return [
        Observation(
            f"{measure}-Case{firm['case']}", f"Case{firm['case']}", measure, value=value, unit=unit, basis="printed",
            locator="Table 1",
        )
        for firm in firms
        for measure, value, unit in (
            ("intensity", f"{firm['foreign_sales_pct']}%", "foreign sales / total sales"),
            ("number_of_countries", firm["number_of_countries_printed"], "countries"),
        )
    ]  # fmt: skip


def make_codes(codebook: Rows) -> list[Code]:
    """Networks, the themes of each growth path under them, and the open codes; then what only the claims speak of."""
    codes = [
        Code("external", "External network", "", "dimension", definition="Learning from outside the firm"),
        Code(
            "internal",
            "Internal network",
            "",
            "dimension",
            definition="Learning from within and from persons close to it",
        ),
    ]
    themes: dict[str, Code] = {}
    concepts = []
    for row, label in zip(codebook, OPEN_CODES, strict=True):
        path = PATHS[row["growth_path"]]
        theme = f"{path}_{slug(row['theme'])}"
        known = {name: row[name] for name in ("growth_path", "network", "learning_type")}
        themes.setdefault(theme, Code(theme, row["theme"], row["network"], "theme", "emergent", extra=known))
        number = 1 + sum(code.parent == theme for code in concepts)
        knowledge = re.search(r"\(([^()]*knowledge)\)", row["open_code"])
        kinds = {"knowledge": knowledge[1]} if knowledge else {}
        id = f"{path}_{row['network']}_{slug(row['theme'])}_{number}"
        concepts.append(Code(id, label, theme, "concept", "emergent", extra={**known, **kinds}))
    return [*codes, *themes.values(), *concepts, *make_a_priori_codes()]


def slug(label: str) -> str:
    """A label as an id: small letters, digits and low lines."""
    return re.sub(r"[^a-z0-9]+", "_", label.casefold()).strip("_")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    write_folder(make(Path(sys.argv[1])), TARGET)
