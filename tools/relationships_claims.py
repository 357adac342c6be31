"""What the 34 abstracts of ``relationships`` say, in our words; used by make_relationships.py.

A row is: number of the abstract (with a letter when it says two things), what it says, type, expression, theme.
"""

from __future__ import annotations

CLAIMS = (
    ("1a", "In focus groups, a sustainable orientation went with buying and with commitment to a brand", "association",
     "sustainable_orientation -> purchase_intention * brand_commitment", "Consumers online"),
    ("1b", "In the survey, a sustainable orientation went with commitment to a brand and not directly with buying",
     "association", "sustainable_orientation -> brand_commitment", "Consumers online"),
    ("2", "Affective commitment supported the use of IT in a relationship only by way of exchanging information",
     "mechanism", "affective_commitment -> information_exchange -> it_capability", "IT in relationships"),
    ("3", "IT bettered a relationship's performance only by way of developing the business", "mechanism",
     "information_technology -> business_development -> relationship_performance", "IT in relationships"),
    ("4", "Personal interaction and the integration of IT each furthered new services", "association",
     "personal_interaction + it_integration -> new_service_development", "IT in relationships"),
    ("5", "Skills and ease of use went with the intention to buy; trust in the site did not", "association",
     "internet_skills + ease_of_use -> purchase_intention", "Consumers online"),
    ("6", "Skilled users bought, and ease of use could make up for a lack of trust", "association",
     "internet_skills + ease_of_use + website_trust -> purchase_intention", "Consumers online"),
    ("7", "All sides of social capital helped to gain knowledge and money, each at its time", "mechanism",
     "structural_capital + relational_capital + cognitive_capital -> market_knowledge + financial_resources",
     "Knowledge and speed"),
    ("8", "A regional strategy followed from knowledge of markets and made risk and cost smaller", "mechanism",
     "market_knowledge -> regional_strategy -> lower_risk", "Knowledge and speed"),
    ("9", "Earlier experience led to early commitments, and without wisdom to superstitious learning", "mechanism",
     "prior_experience * ~wisdom -> superstitious_learning", "Knowledge and speed"),
    ("10", "A strong entrepreneurial orientation was not enough later; knowledge of markets came from doing", "boundary",
     "entrepreneurial_orientation * market_knowledge -> later_growth", "Knowledge and speed"),
    ("11", "Many early internationalizers were regional, and the regional ones had it easier", "association",
     "born_regional -> performance", "Knowledge and speed"),
    ("12", "Access to networks and to money shaped what firms chose abroad", "association",
     "network_access + financial_resources -> internationalisation_choices", "Knowledge and speed"),
    ("13", "Sales concentrated on a place furthered new products by way of commitment to the relationship", "mechanism",
     "local_sales_concentration -> relationship_commitment -> new_product_development", "Relationships and innovation"),
    ("15", "Connected relationships furthered innovativeness by way of investments in them", "mechanism",
     "relationship_connectedness -> relationship_investments -> innovativeness", "Relationships and innovation"),
    ("17", "Riding on a partner helped at once and stood in the way later", "boundary",
     "partnership -> short_term_entry * ~long_term_competitiveness", "Retail abroad"),
    ("18", "Firms fall into low, incremental and high committers", "composition",
     "commitment_pattern := low_committer + incremental_committer + high_committer", "Knowledge and speed"),
    ("19", "Personal and business networks both mattered, each in its phase", "association",
     "personal_network + business_network -> learning", "Knowledge and speed"),
    ("21", "Pressure to do as others do set off a series of responses to electronic commerce", "mechanism",
     "mimetic_pressure -> e_commerce_adoption", "Retail abroad"),
    ("22", "Knowledge of relationships and networks furthered new products by way of developing knowledge", "mechanism",
     "relationship_knowledge + network_knowledge -> knowledge_development -> new_product_development",
     "Relationships and innovation"),
    ("23", "Industrials and academics among the founders discovered and proceeded differently", "composition",
     "founder_type := born_industrial + born_academic", "Knowledge and speed"),
    ("24a", "Flexibility of the product furthered technology by way of personal interaction", "mechanism",
     "product_flexibility -> personal_interaction -> technology_innovation", "Relationships and innovation"),
    ("24b", "Personal interaction furthered technology", "association",
     "personal_interaction -> technology_innovation", "Relationships and innovation"),
    ("25", "Psychic distance in a relationship went with more transfer of knowledge, against expectation", "association",
     "psychic_distance -> knowledge_transfer", "Relationships and innovation"),
    ("26", "Personal interaction furthered technology only by way of transferring knowledge", "mechanism",
     "personal_interaction -> knowledge_transfer -> technology_innovation", "Relationships and innovation"),
    ("27", "Connections to opportunities furthered innovation by way of collaboration", "mechanism",
     "opportunity_connectedness -> innovative_collaboration -> innovation", "Relationships and innovation"),
    ("28", "Marketing online had to be learnt before a retailer went abroad online by intention", "mechanism",
     "online_marketing -> active_online_retailer", "Retail abroad"),
    ("29", "Marketing online had to be learnt before a retailer went abroad online by intention", "mechanism",
     "online_marketing -> active_online_retailer", "Retail abroad"),
    ("30", "Digitalization and marketing mattered most among three capabilities", "association",
     "digitalization + marketing_capability + internationalization_capability -> performance", "Retail abroad"),
    ("31", "Committing resources built consensus on strategy over time", "mechanism",
     "resource_commitment -> strategic_consensus", "Retail abroad"),
    ("32", "Marketing online was necessary though not sufficient for performance, which it raised by way of ambidexterity", "mechanism",
     "online_marketing -> marketing_ambidexterity -> performance", "Retail abroad"),
    ("33", "Effectual processes carried small retailers abroad online, on the strength of capabilities", "mechanism",
     "capabilities -> effectuation -> internationalization", "Retail abroad"),
    ("34", "Learning from strategic customers in two ways at once renewed capabilities", "mechanism",
     "exploitation * exploration -> dynamic_capability -> survival", "Knowledge and speed"),
)  # fmt: skip

#: Claim -> (where another logical form is on record, the form).
FORMS = {"32": ("abstract: called necessary, though not sufficient", "online_marketing <= performance")}

#: Claim -> (the other one, relation, our note).
RELATED = {
    "1b": ("1a", "contradicts", "Two methods of one paper do not agree on buying."),
    "6": ("5", "contradicts", "Trust plays no part in the one and can be made up for in the other; the same number of consumers."),
    "8": ("11", "agrees", "Both find the regional way easier."),
    "18": ("23", "refines", "Perhaps the same eight firms."),
    "24b": ("26", "contradicts", "The one leads straight to technology, the other finds no direct effect and goes by way of knowledge."),
    "29": ("28", "agrees", "The two abstracts hardly differ."),
}  # fmt: skip

#: What the abstracts say of two samples that makes us take them for one: the first of a group -> the later ones, our reason.
LINEAGES = {
    "2": (("3",), "353 relationships of Swedish industrial firms in both"),
    "5": (("6",), "788 consumers in both"),
    "13": (("22", "24", "26"), "188 Swedish firms or relationships in all four"),
    "25": (("27",), "no n is given; the same group on Swedish firms: a guess"),
    "18": (("23",), "eight born globals in biotechnology in both"),
    "17": (("21",), "one retailer in both; may well be another"),
    "28": (("29",), "the two abstracts hardly differ"),
}

#: Abstracts whose n, if any, does not count firms, persons or relationships.
NOT_UNITS = ("1", "14", "16", "20")

#: Construct -> (abstract, what it is called there, why we take it for the same when the name is another).
KNOWN_AS = {
    "purchase_intention": (("1", "purchase intention", ""), ("5", "purchase intent", ""), ("6", "purchase intent", "")),
    "ease_of_use": (("5", "perceived ease of use (PEOU)", ""), ("6", "PEOU", "The abbreviation of 5, on the same consumers.")),
    "website_trust": (("5", "website trust", ""), ("6", "web trust", "On the same consumers as 5.")),
    "market_knowledge": (
        ("7", "foreign market knowledge (FMK)", ""), ("8", "market knowledge", "Of markets abroad."), ("10", "FMK", ""),
    ),
    "personal_interaction": (("4", "personal interaction", ""), ("24", "personal interaction", ""), ("26", "personal interaction", "")),
    "knowledge_transfer": (("25", "knowledge transfer", ""), ("26", "knowledge transfer", "")),
    "technology_innovation": (
        ("24", "technology innovation", ""),
        ("26", "international technology development", "The same outcome of the same cause on the same 188: a judgement."),
    ),
    "new_product_development": (
        ("13", "new product development (NPD)", ""),
        ("22", "innovative product development (IPD)", "On the same 188 as 13: a judgement."),
    ),
    "online_marketing": (
        ("28", "online marketing capability", ""), ("29", "online marketing capability", ""),
        ("32", "online marketing capabilities", ""),
    ),
}  # fmt: skip

#: Abstract -> the kind of firm or person that its sample is of: our grouping of the settings as they are given.
FIRMS = {
    **dict.fromkeys(("2", "3", "4"), "firms that sell to firms"),
    **dict.fromkeys(("13", "15", "22", "24", "25", "26", "27"), "small firms and their customers abroad"),
    **dict.fromkeys(("7", "9", "10", "12", "18", "19", "23"), "biotechnology and life science"),
    **dict.fromkeys(("17", "21", "28", "29", "30", "32", "33"), "retail and electronic commerce"),
    **dict.fromkeys(("1", "5", "6"), "consumers"),
    **dict.fromkeys(("8", "11", "16", "34"), "other small firms that grow abroad"),
    **dict.fromkeys(("14", "20"), "research reviewed"),
    "31": "not given",
}
