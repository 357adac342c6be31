"""Words that stand where a country is expected and are none: regions, former states, names that several share.

Keys are folded as ``crosscase.core.countries`` folds names.  A value is (alpha-3 codes that could be meant, a note).
 For a large region the codes are examples, and the note says so.
"""

from __future__ import annotations

_EXAMPLES = "and others"

_EUROPE = "AUT BEL CHE DEU DNK ESP FIN FRA GBR IRL ITA NLD NOR POL PRT SWE"
_MIDDLE_EAST = "ARE BHR EGY IRN IRQ ISR JOR KWT LBN OMN QAT SAU SYR TUR YEM"
_GULF = "ARE BHR KWT OMN QAT SAU"
_SOUTH_EAST_ASIA = "BRN IDN KHM LAO MMR MYS PHL SGP THA TLS VNM"
_LATIN_AMERICA = "ARG BOL BRA CHL COL CRI ECU MEX PAN PER PRY URY"


def _table(rows: dict[str, tuple[str, str]]) -> dict[str, tuple[tuple[str, ...], str]]:
    return {
        name.strip(): (tuple(codes.split()), note) for names, (codes, note) in rows.items() for name in names.split("|")
    }


#: Regions, continents, blocs, and "everywhere".
REGIONS = _table(
    {
        "north america|northern america": ("USA CAN MEX", "some count Mexico, some do not"),
        "nafta|usmca": ("USA CAN MEX", ""),
        "america|americas": ("USA CAN MEX BRA ARG", _EXAMPLES),
        "europe|western europe|continental europe|european countries|eea|schengen": (_EUROPE, _EXAMPLES),
        "european union|eu|eu27|eu28|eu 27|eu 28|eu countries|eurozone|euro area": (
            "AUT BEL DEU DNK ESP FIN FRA IRL ITA NLD POL PRT SWE",
            _EXAMPLES + "; membership depends on the year",
        ),
        "eastern europe|central europe|central and eastern europe|cee": ("BGR CZE HUN POL ROU RUS SVK UKR", _EXAMPLES),
        "southern europe": ("ESP GRC ITA PRT", _EXAMPLES),
        "northern europe|nordics|nordic countries|nordic": ("DNK FIN ISL NOR SWE", ""),
        "scandinavia": ("DNK NOR SWE", "some count Finland and Iceland"),
        "baltics|baltic states|baltic": ("EST LVA LTU", ""),
        "benelux": ("BEL NLD LUX", ""),
        "dach|german speaking countries": ("DEU AUT CHE", ""),
        "iberia|iberian peninsula": ("ESP PRT", ""),
        "british isles": ("GBR IRL", ""),
        "balkans|western balkans": ("ALB BIH BGR HRV MKD MNE SRB XKX", _EXAMPLES),
        "caucasus": ("ARM AZE GEO", ""),
        "cis|commonwealth of independent states": ("RUS BLR KAZ KGZ ARM AZE UZB TJK", _EXAMPLES),
        "middle east|near east|mena|middle east and north africa": (_MIDDLE_EAST, _EXAMPLES),
        "gulf|gulf states|gulf countries|gcc|gulf region|persian gulf|arabian gulf": (_GULF, ""),
        "arabia|arab world|arab countries": (_GULF + " EGY JOR MAR", _EXAMPLES),
        "levant": ("JOR LBN SYR ISR PSE", ""),
        "maghreb|north africa|northern africa": ("DZA EGY LBY MAR TUN", ""),
        "africa|sub saharan africa|subsaharan africa": ("ETH GHA KEN NGA ZAF TZA UGA", _EXAMPLES),
        "west africa|western africa": ("CIV GHA NGA SEN", _EXAMPLES),
        "east africa|eastern africa": ("ETH KEN RWA TZA UGA", _EXAMPLES),
        "southern africa": ("BWA MOZ NAM ZAF ZMB ZWE", _EXAMPLES),
        "asia|asian countries": ("CHN IND IDN JPN KOR MYS SGP THA VNM", _EXAMPLES),
        "south east asia|southeast asia|southeastern asia|south eastern asia|asean|sea": (_SOUTH_EAST_ASIA, ""),
        "indochina": ("KHM LAO VNM", ""),
        "east asia|far east|northeast asia|eastern asia": ("CHN JPN KOR TWN HKG MNG", _EXAMPLES),
        "south asia|southern asia|indian subcontinent|saarc": ("BGD BTN IND LKA MDV NPL PAK", ""),
        "central asia": ("KAZ KGZ TJK TKM UZB", ""),
        "asia pacific|apac|asia pacific region": ("AUS CHN IND JPN KOR NZL SGP", _EXAMPLES),
        "pacific|oceania|pacific islands|south pacific|australasia|anz": ("AUS NZL FJI PNG", _EXAMPLES),
        "latin america|latam|latin america and the caribbean|lac": (_LATIN_AMERICA, _EXAMPLES),
        "south america|mercosur|mercosul": ("ARG BRA CHL COL PER PRY URY", _EXAMPLES),
        "central america": ("CRI GTM HND NIC PAN SLV", _EXAMPLES),
        "caribbean|west indies": ("BHS BRB CUB DOM JAM TTO", _EXAMPLES),
        "emea": ("DEU FRA GBR ARE ZAF", _EXAMPLES),
        "bric|brics": ("BRA RUS IND CHN ZAF", ""),
        "g7|oecd|commonwealth|g20|opec": ("", "a group of countries"),
        "world|worldwide|global|international|overseas|abroad|foreign|rest of the world|row|rest of world": (
            "",
            "it says that the firm is abroad, not where",
        ),
    }
)

#: States that are no more, with the countries on their territory.
FORMER = _table(
    {
        "soviet union|ussr": ("RUS UKR BLR KAZ EST LVA LTU", _EXAMPLES),
        "yugoslavia|former yugoslavia": ("SRB HRV SVN BIH MNE MKD XKX", ""),
        "czechoslovakia": ("CZE SVK", ""),
        "serbia and montenegro": ("SRB MNE", ""),
        "east germany|german democratic republic|gdr": ("DEU", ""),
        "netherlands antilles|dutch antilles": ("CUW SXM BES", ""),
    }
)

#: Names that more than one country goes by.
AMBIGUOUS = _table(
    {
        "congo": ("COD COG", ""),
        "virgin islands": ("VGB VIR", ""),
        "saint martin and sint maarten": ("MAF SXM", ""),
        "ireland and uk|uk and ireland": ("GBR IRL", "two countries in one cell"),
    }
)

#: Spellings that are read as a country although they could be doubted.
READ_AS = {
    "korea": "read as South Korea",
    "england": "a part of the United Kingdom",
    "scotland": "a part of the United Kingdom",
    "wales": "a part of the United Kingdom",
    "northern ireland": "a part of the United Kingdom",
    "holland": "read as the Netherlands",
    "dubai": "a part of the United Arab Emirates",
    "abu dhabi": "a part of the United Arab Emirates",
    "georgia": "read as the country in the Caucasus, not the state of the USA",
    "micronesia": "read as the Federated States of Micronesia, not the region",
    "macedonia": "read as North Macedonia",
    "west germany": "read as Germany",
}
