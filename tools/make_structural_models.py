"""Make the example study ``structural-models``: eight models that abstracts report with their n, on simulated answers.

    python tools/make_structural_models.py

The constructs, the paths and the n are published facts (abstracts 2, 3, 4, 13, 22, 24, 25 and 26 of the example
``relationships``).  Everything else is invented: three or four items a construct, seven-point answers, and the size of each
path, chosen so that a path that an abstract reports is there and one that it reports as not significant is zero.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from crosscase.core import Analysis, Claim, Code, Construct, Sample, Snapshot, Source, Study, Survey
from crosscase.exchange.folder import write_folder

TARGET = Path(__file__).resolve().parents[1] / "src/crosscase/exchange/examples/structural_models"

STUDY = Study(
    title="Eight structural models known from abstracts (simulated answers)",
    question="What would the reported models look like as specifications, and what does an analysis of them print?",
    citation="Models of abstracts 2, 3, 4, 13, 22, 24, 25 and 26 of one research group, numbered as in the example relationships. "
    "The answers are simulated.",
    synthetic=True,
)
#: Later abstract → earlier one that seems to rest on the same firms, as in ``relationships``.
SAME = {"3": "2", "22": "13", "24": "13", "26": "13"}
ITEMS = 3
#: The reversed item of each survey is the last one of its first construct.
LOADINGS = (0.85, 0.8, 0.75)


@dataclass(frozen=True)
class Published:
    """A model of an abstract: n, the constructs by short name, paths with the sizes that were made up, and what is claimed."""

    number: str
    n: int
    unit: str
    setting: str
    constructs: dict[str, str]
    paths: tuple[tuple[str, str, float], ...]
    claim: str
    text: str
    kind: str = "mediation"


MODELS = (
    Published(
        "2", 353, "customer relationships", "Swedish industrial firms",
        {"COM": "affective_commitment", "INF": "information_exchange", "ITC": "it_capability"},
        (("COM", "INF", 0.5), ("INF", "ITC", 0.55), ("COM", "ITC", 0.0)),
        "affective_commitment -> information_exchange -> it_capability",
        "Commitment works on the IT capability of a relationship through the exchange of information",
    ),
    Published(
        "3", 353, "customer relationships", "Swedish industrial firms",
        {"IT": "information_technology", "BUS": "business_development", "PER": "relationship_performance"},
        (("IT", "BUS", 0.45), ("BUS", "PER", 0.6), ("IT", "PER", 0.0)),
        "information_technology -> business_development -> relationship_performance",
        "IT works on the performance of a relationship through the development of business",
    ),
    Published(
        "4", 138, "relationships", "Service firms in business markets",
        {"PI": "personal_interaction", "INT": "it_integration", "NSD": "new_service_development"},
        (("PI", "NSD", 0.35), ("INT", "NSD", 0.35)),
        "personal_interaction -> new_service_development",
        "Personal interaction and the integration of IT both further new services", "sem",
    ),
    Published(
        "13", 188, "SMEs", "Swedish SMEs",
        {"LOC": "local_sales_concentration", "COM": "relationship_commitment", "NPD": "new_product_development"},
        (("LOC", "COM", 0.4), ("COM", "NPD", 0.45)),
        "local_sales_concentration -> relationship_commitment -> new_product_development",
        "Local concentration of sales works on new products through commitment to the relationship",
    ),
    Published(
        "22", 188, "SMEs", "SMEs that internationalize",
        {"REL": "relationship_knowledge", "NET": "network_knowledge", "DEV": "knowledge_development", "IPD": "innovative_products"},
        (("REL", "DEV", 0.4), ("NET", "DEV", 0.35), ("DEV", "IPD", 0.5)),
        "relationship_knowledge -> knowledge_development -> innovative_products",
        "Knowledge from experience works on innovative products through the development of knowledge",
    ),
    Published(
        "24", 188, "relationships", "Swedish SMEs and their foreign customers",
        {"FLE": "product_flexibility", "PI": "personal_interaction", "TEC": "technology_innovation"},
        (("FLE", "PI", 0.45), ("PI", "TEC", 0.45)),
        "product_flexibility -> personal_interaction -> technology_innovation",
        "Flexibility of products works on new technology through personal interaction",
    ),
    Published(
        "25", 314, "SMEs", "Swedish SMEs and their most important foreign customer",
        {"PSY": "psychic_distance", "KNO": "knowledge_transfer"},
        (("PSY", "KNO", 0.3),),
        "psychic_distance -> knowledge_transfer",
        "The greater the psychic distance in a relationship, the more knowledge is transferred", "sem",
    ),
    Published(
        "26", 188, "relationships", "SMEs and their foreign customers",
        {"PI": "personal_interaction", "KNO": "knowledge_transfer", "TEC": "technology_development"},
        (("PI", "KNO", 0.5), ("KNO", "TEC", 0.45), ("PI", "TEC", 0.0)),
        "personal_interaction -> knowledge_transfer -> technology_development",
        "Personal interaction works on technology through the transfer of knowledge",
    ),
)  # fmt: skip


def make() -> Snapshot:
    """The study."""
    names = dict.fromkeys(name for one in MODELS for name in one.constructs.values())
    return Snapshot.of(
        STUDY,
        sources=[Source(f"abstract-{one.number}", kind="abstract", title=f"Abstract {one.number}: {one.setting}") for one in MODELS],
        codes=[Code(name, in_words(name), level="free", origin="a priori") for name in names],
        constructs=[
            Construct(name, in_words(name), "codings", (name,), extra={"note": "Known from abstracts: no cases."}) for name in names
        ],
        claims=[
            Claim(
                f"A{one.number}", one.text, "mechanism", one.claim, scope={"who": one.setting}, status="asserted",
                extra={"known_from": "abstract", "n": str(one.n), "sample": f"sample-{one.number}"},
            )
            for one in MODELS
        ],
        samples=[
            Sample(
                f"sample-{one.number}", f"Abstract {one.number}", one.n, one.unit, one.setting,
                f"sample-{SAME[one.number]}" if one.number in SAME else "", "inferred" if one.number in SAME else "stated",
            )
            for one in MODELS
        ],
        surveys=[survey_of(one) for one in MODELS],
        analyses=[analysis_of(one) for one in MODELS],
    )  # fmt: skip


def in_words(name: str) -> str:
    return name.replace("_", " ").capitalize().replace("It ", "IT ")


def survey_of(model: Published) -> Survey:
    """Seven-point answers of n simulated respondents, the last item of the first construct put in reverse."""
    generator = np.random.Generator(np.random.PCG64(int(model.number)))
    scores: dict[str, np.ndarray] = {}
    exogenous = [name for name in model.constructs if all(name != outcome for _, outcome, _ in model.paths)]
    for name in model.constructs:  # the constructs stand in causal order
        into = [(cause, size) for cause, outcome, size in model.paths if outcome == name]
        noise = generator.standard_normal(model.n)
        if name in exogenous[1:]:
            scores[name] = 0.4 * scores[exogenous[0]] + np.sqrt(1 - 0.16) * noise
        else:
            explained = sum((size * scores[cause] for cause, size in into), np.zeros(model.n))
            scores[name] = explained + np.sqrt(1 - min(sum(size**2 for _, size in into), 0.9)) * noise
    columns: dict[str, tuple[float | str | None, ...]] = {}
    labels = {}
    for place, (short, construct) in enumerate(model.constructs.items()):
        for item, loading in enumerate(LOADINGS, start=1):
            raw = loading * scores[short] + np.sqrt(1 - loading**2) * generator.standard_normal(model.n)
            answers = np.clip(np.round(4.2 + 1.3 * raw), 1, 7)
            reverse = place == 0 and item == ITEMS
            name = f"{short.lower()}{item}"
            columns[name] = tuple(float(8 - one if reverse else one) for one in answers)
            labels[name] = f"{in_words(construct)}, item {item}" + (" (reversed)" if reverse else "")
    title = f"Simulated answers for the model of abstract {model.number}, n = {model.n} as published"
    return Survey(f"s{model.number}", title, columns=columns, labels=labels, extra={"simulated": True})


def analysis_of(model: Published) -> Analysis:
    """The model as a specification, with items mapped to constructs and the reversed item turned."""
    measured = "\n".join(
        f"{short} =~ " + " + ".join(f"{short.lower()}{item}" for item in range(1, ITEMS + 1))
        for short in model.constructs
    )
    outcomes = dict.fromkeys(outcome for _, outcome, _ in model.paths)
    regressions = "\n".join(
        f"{outcome} ~ " + " + ".join(cause for cause, to, _ in model.paths if to == outcome) for outcome in outcomes
    )
    first = next(iter(model.constructs)).lower()
    specification = {
        "survey": f"s{model.number}",
        "model": f"{measured}\n{regressions}",
        "reverse": [f"{first}{ITEMS}"],
        "range": [1, 7],
        "constructs": {construct: short for short, construct in model.constructs.items()},
        "note": "Simulated answers: the estimates say nothing about firms.",
        **({"bootstrap": 500, "seed": 1} if model.kind == "mediation" else {}),
    }
    return Analysis(
        f"model-{model.number}", model.kind, f"Model of abstract {model.number} (simulated, n = {model.n})", f"A{model.number}",
        specification=specification,
    )  # fmt: skip


if __name__ == "__main__":
    write_folder(make(), TARGET)
