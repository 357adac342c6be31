"""The breakdown of democracy between the wars (Lipset 1959, in the form of Rihoux & De Meur 2009 and Ragin 2009): 18
European countries, development, urbanisation, literacy, industry, stability of governments, survival of democracy.

The data and the numbers of ``test_lipset`` come with R's package QCA (data sets LF and LR; results by version 3.25.1).
"""

from crosscase.engines.qca import SetData

CONDITIONS = ["DEV", "URB", "LIT", "IND", "STB"]
OUTCOME = "SURV"
CASES = ["AU", "BE", "CZ", "EE", "FI", "FR", "DE", "GR", "HU", "IE", "IT", "NL", "PL", "PT", "RO", "ES", "SE", "UK"]
FUZZY = {
    "DEV": [0.81, 0.99, 0.58, 0.16, 0.58, 0.98, 0.89, 0.04, 0.07, 0.72, 0.34, 0.98, 0.02, 0.01, 0.01, 0.03, 0.95, 0.98],
    "URB": [0.12, 0.89, 0.98, 0.07, 0.03, 0.03, 0.79, 0.09, 0.16, 0.05, 0.1, 1, 0.17, 0.02, 0.03, 0.3, 0.13, 0.99],
    "LIT": [0.99, 0.98, 0.98, 0.98, 0.99, 0.99, 0.99, 0.13, 0.88, 0.98, 0.41, 0.99, 0.59, 0.01, 0.17, 0.09, 0.99, 0.99],
    "IND": [0.73, 1, 0.9, 0.01, 0.08, 0.81, 0.96, 0.36, 0.07, 0.01, 0.47, 0.94, 0, 0.11, 0, 0.21, 0.67, 1],
    "STB": [0.43, 0.98, 0.91, 0.91, 0.58, 0.95, 0.31, 0.43, 0.13, 0.95, 0.58, 0.99, 0, 0.01, 0.84, 0.2, 0.91, 0.98],
    "SURV": [
        0.05,
        0.95,
        0.89,
        0.12,
        0.77,
        0.95,
        0.05,
        0.06,
        0.42,
        0.92,
        0.05,
        0.95,
        0.12,
        0.05,
        0.21,
        0.06,
        0.95,
        0.95,
    ],
}
#: Gross national product per head, about 1930, in dollars: the raw values of DEV.
GNP = [720, 1098, 586, 468, 590, 983, 795, 390, 424, 662, 517, 1008, 350, 320, 331, 367, 897, 1038]


def lipset() -> SetData:
    return SetData.from_columns(FUZZY, cases=CASES)
