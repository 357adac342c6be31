"""The constructs and claims of ``learning-networks``; used by make_learning_networks.py.

The wordings are ours; they say what the propositions of Puthusserry et al. (2020) state, in both versions of the paper.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from crosscase.core import Claim, ClaimVersion, Code, Construct, Stance

MANUSCRIPT, PUBLISHED = "accepted manuscript", "published"

#: Codes that the propositions speak of and that the paper's data structure does not hold: kinds of knowledge, outcomes.
A_PRIORI = {
    "market_knowledge": ("Market knowledge", "Knowledge of customers, of channels and of how to sell in the market"),
    "international_knowledge": (
        "International knowledge",
        "Knowledge of doing business abroad and of the target country",
    ),
    "product_knowledge": (
        "Product or technological knowledge",
        "Knowledge of the product, the technology, the process",
    ),
    "risk_knowledge": (
        "Knowledge to manage risk",
        "Knowledge with which risk and uncertainty in a market are dealt with",
    ),
    "performance": ("Performance abroad", "How well the firm does abroad; not measured case by case in the paper"),
    "product_innovation": ("Product innovation", "New or further developed products; not measured case by case"),
}

#: Construct -> (name, codes it is drawn from).
_FROM_CODES = {
    "external_learning": ("Learns from the external network", ("external",)),
    "internal_learning": ("Learns from the internal network", ("internal",)),
    "peers": ("Learns from peers", ("geographic_peers_network_firms", "penetration_peers_network")),
    "associations": ("Learns from an industry association", ("geographic_industry_association",)),
    "fairs_missions": (
        "Learns at fairs and on missions",
        ("geographic_international_networking_through_trade_fairs_and_trade_missions",),
    ),
    "clients": ("Learns from clients abroad", ("penetration_international_clients",)),
    "foreign_partner": ("Learns from a partner abroad", ("development_foreign_partner",)),
    "prior_experience": ("Brings experience along", ("geographic_prior_experience", "development_prior_experience")),
    "social_network": ("Learns from family and friends", ("geographic_social_network",)),
    "self_learning": ("Learns by itself", ("geographic_self_learning", "penetration_self_learning")),
}

#: Claim -> (what it states, type, expression, number in the manuscript, number in the published version, whole it is a part of).
_CLAIMS = {
    "P1": (
        "Managers use knowledge from inside and outside the firm to go abroad early, to do well abroad and to renew products",
        "association", "internal_learning * external_learning -> early * performance * product_innovation", "1", "1", "",
    ),
    "P2": (
        "Knowledge of the market drives performance at entry, expansion to further countries and product innovation",
        "association", "market_knowledge -> performance * expansion * product_innovation", "2", "2", "",
    ),
    "P3": (
        "International knowledge drives performance at entry, expansion to further countries and product development",
        "association", "international_knowledge -> performance * expansion * product_innovation", "3", "3", "",
    ),
    "P4": (
        "Knowledge of product and technology drives performance at entry, expansion and market penetration",
        "association", "product_knowledge -> performance * expansion", "4", "4", "",
    ),
    "P5a": (
        "External learning for expansion is mostly learning from peers, associations, fairs and missions",
        "composition", "external_learning := peers + associations + fairs_missions", "5", "5", "P5",
    ),
    "P5b": (
        "External learning for expansion is vicarious learning for the most part",
        "association", "external_learning -> vicarious", "5", "5", "P5",
    ),
    "P5c": (
        "Vicarious learning from outside made growth after entry possible",
        "mechanism", "external_learning -> vicarious -> expansion", "5", "5", "P5",
    ),
    "P6": (
        "Clients, peers and partners as sources of learning drive product innovation, which sustains performance after entry",
        "mechanism", "clients + peers + foreign_partner -> product_innovation -> performance", "6", "6", "",
    ),
    "P7": (
        "External learning builds the knowledge with which risk and uncertainty in the target market are managed",
        "association", "external_learning -> risk_knowledge", "7", "7", "",
    ),
    "P8": (
        "External learning builds the knowledge that supports further learning and performance in the target market",
        "mechanism", "external_learning -> market_knowledge + international_knowledge -> performance", "8", "8", "",
    ),
    "P9": (
        "Internal learning is mostly what came from experience abroad, personal networks, self-learning and trial and error",
        "definition", "internal_learning := prior_experience + social_network + self_learning", "9", "9", "",
    ),
    "M10": (
        "Friends, family and ethnic ties abroad help to gain the knowledge that entry and expansion need",
        "association", "social_network -> international_knowledge * market_knowledge * product_knowledge", "10", "", "",
    ),
    "P10a": (
        "Self-learning builds knowledge of product, market and foreign countries",
        "association", "self_learning -> product_knowledge * market_knowledge * international_knowledge", "11", "10", "P10",
    ),
    "P10b": (
        "Self-learning drives performance abroad, product innovation and expansion",
        "association", "self_learning -> performance * product_innovation * expansion", "11", "10", "P10",
    ),
    "P11a": (
        "Experiential and congenital learning came mainly from the internal network",
        "composition", "experiential_or_congenital => internal_learning", "12", "11", "P11",
    ),
    "P11b": (
        "Vicarious learning came from the external network",
        "composition", "vicarious => external_learning", "12", "11", "P11",
    ),
}  # fmt: skip

#: Claim -> (where the paper speaks of it, stance, note in our words).  The quotations name roles, hardly ever a case.
_PLACES = {
    "P1": (("Section 5", "supports", "The text says that it holds of all ten firms, and not what each of them did."),),
    "P5a": (("Section 4.1.1", "supports", "Peers, associations, fairs and missions are described one after another."),),
    "P5b": (("Table 3", "supports", "Every external theme is put under vicarious learning."),),
    "P6": (
        ("Section 4.2.1", "supports", "Clients who bring specifications; peers who are watched."),
        ("Section 4.3", "qualifies", "Two of the ten firms developed new products in this sense."),
    ),
    "P9": (("Section 4.1.2", "supports", "Experience, personal ties and own attempts are described."),),
    "P10a": (("Section 4.1.2", "supports", "Learning online is described; some call it of little help."),),
    "P10b": (("Section 4.2.2", "supports", "Described as the main internal source for market penetration."),),
    "P11a": (("Table 3", "supports", "Every internal theme is put under one of the two."),),
    "P11b": (("Table 3", "supports", "Every vicarious theme is external."),),
}

_SCOPE = {
    "who": "Small and medium-sized firms in information technology that went abroad within two years",
    "where": "India",
    "when": "after the first entry abroad",
}


#: Construct -> (name, the kinds of learning whose themes it is drawn from).
_FROM_LEARNING = {
    "vicarious": ("Vicarious learning", ("vicarious",)),
    "experiential_or_congenital": ("Experiential or congenital learning", ("experiential", "congenital")),
}


def make_constructs(codes: Iterable[Code]) -> list[Construct]:
    """What the propositions are about; almost all of it is no data, since the paper does not say it case by case."""
    themes = [code for code in codes if code.level == "theme"]
    note = "The paper hardly says which firm said what: no data."
    drawn = [Construct(id, name, "codings", of, extra={"note": note}) for id, (name, of) in _FROM_CODES.items()]
    kinds = [
        Construct(id, name, "codings", tuple(theme.id for theme in themes if theme.extra["learning_type"] in learning),
                  extra={"note": note})
        for id, (name, learning) in _FROM_LEARNING.items()
    ]  # fmt: skip
    spoken = [Construct(id, name, "codings", (id,), extra={"note": note}) for id, (name, _) in A_PRIORI.items()]
    early = Construct(
        "early", "Abroad within two years", "measure", ("years_to_internationalization",),
        "years_to_internationalization <= 2",
    )  # fmt: skip
    reason = "The paper sampled firms that had entered more than two countries; between two and three no firm can lie."
    expansion = Construct(
        "expansion", "More than two countries", "variable", ("countries_printed",),
        calibrate={"threshold": 2.5, "reason": reason},
    )  # fmt: skip
    return [*drawn, *kinds, *spoken, early, expansion]


def make_a_priori_codes() -> list[Code]:
    """The codes behind :data:`A_PRIORI`."""
    return [Code(id, name, "", "free", "a priori", text) for id, (name, text) in A_PRIORI.items()]


def make_claims(cases: Sequence[str]) -> list[Claim]:
    """The propositions, compound ones in parts, each with its number in either version."""
    return [
        Claim(
            id, text, kind, expression, tuple(cases), _SCOPE, "asserted",
            versions=tuple(_versions(text, manuscript, published)),
            extra=_extra(manuscript, published, whole),
        )
        for id, (text, kind, expression, manuscript, published, whole) in _CLAIMS.items()
    ]  # fmt: skip


def _extra(manuscript: str, published: str, whole: str) -> dict[str, str]:
    """The whole that a part belongs to, and what became of the claim between the versions."""
    change = ""
    if not published:
        change = "Not in the published version, which does not say why."
    elif published != manuscript:
        change = f"Renumbered from {manuscript} to {published}, because the claim before it was left out."
    given = {"part_of": whole, "change": change}
    return {key: value for key, value in given.items() if value}


def _versions(text: str, manuscript: str, published: str) -> Iterable[ClaimVersion]:
    yield ClaimVersion(MANUSCRIPT, f"P{manuscript}", text, "asserted")
    if published:
        status = "asserted" if published == manuscript else "renumbered"
        yield ClaimVersion(PUBLISHED, f"P{published}", text, status)


def make_stances() -> list[Stance]:
    """Where the paper speaks of a claim; without a case, because the quotations name roles."""
    return [
        Stance(f"{claim}-{number}", claim, locator=place, stance=stance, note=note)
        for claim, places in _PLACES.items()
        for number, (place, stance, note) in enumerate(places, start=1)
    ]
