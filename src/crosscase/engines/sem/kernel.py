"""The algebra of a structural equation model, batched over draws or patterns.

With loadings Λ, regressions B, factor covariances Ψ, residual covariances Θ, intercepts ν and factor means α (Jöreskog's
LISREL in the all-η form) and M = (I − B)⁻¹, the model implies::

    Σ = Λ M Ψ Mᵀ Λᵀ + Θ          μ = ν + Λ M α

Put T = ΛM and P = Λ M Ψ Mᵀ.  The derivative of Σ by any single parameter is then w (a bᵀ + b aᵀ) where a and b are columns of
Z = [I | T | P].  Therefore every quadratic form tr(W ∂ₖΣ W ∂ₗΣ) is a sum of products of entries of the one small matrix
ZᵀWZ, whatever the number of parameters, and gradient, expected information and the exact Hessian cost little more than Σ⁻¹.

Observed variables that take part in regressions are moved among the η with a fixed loading of 1.  All arrays carry a leading
batch axis.  Nothing here knows data or discrepancy functions.

With ordinal variables the response of each, multiplied by its scale Δ, has variance 1 given the exogenous observed variables.
That fixes its residual variance (the delta parameterization) or its scale (theta).  Where such an *implied* quantity acts on
other moments it is a cell of its own, after the cells of the parameters; who differentiates eliminates it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from crosscase.engines.sem.pairs import Pairs
from crosscase.engines.sem.table import Row, Variables

__all__ = ["Kernel", "State", "build_kernel", "saturated_kernel"]

Array = np.ndarray
_MEAN_KINDS = ("nu", "alpha", "lambda", "beta")


@dataclass(frozen=True, slots=True)
class State:
    """The model at a batch of points: shapes (b, p, p), (b, p), (b, p, m), (b, m, m), (b, m)."""

    sigma: Array
    mu: Array | None
    loadings: Array
    total: Array  # M
    factor_covariance: Array  # C = M Ψ Mᵀ
    factor_mean: Array | None  # M α
    z: Array  # [I | T | P]
    thresholds: Array | None = None  # (b, thresholds), of ordinal variables
    scales: Array | None = None  # (b, p), what the responses of ordinal variables are multiplied by
    slopes: Array | None = None  # (b, p, x), of the reduced form, on exogenous variables
    given: State | None = None  # the moments given the exogenous variables, of models with ordinal variables


@dataclass(frozen=True)
class Kernel:
    """One group's model: base matrices with the fixed values and where each free parameter goes.

    Attributes:
        observed: names of the p observed variables.
        factors: names of the m variables η: latent ones, then promoted observed ones.
        cells: parameter → (matrix, row, column); the matrix is one of ``lambda beta psi theta nu alpha``.
        own: for each cell, the index in the full parameter vector.
        means: whether the model has a mean structure.
        depth: the power at which B vanishes in a recursive model, 0 in a non-recursive one.
        threshold_of: for each threshold, the index of its variable; empty without ordinal variables.
        threshold_cells, scale_cells: for each threshold and each variable the cell of its parameter, −1 where it is fixed.
        given: indices of the factors that are exogenous observed variables, in a model with ordinal variables.
        implied: for each implied cell (after those of the parameters) the index of its ordinal variable.
        parameterization: ``delta`` or ``theta``.
    """

    observed: tuple[str, ...]
    factors: tuple[str, ...]
    base: dict[str, Array]
    cells: tuple[tuple[str, int, int], ...]
    own: Array
    means: bool
    scatter: dict[str, tuple[Array, Array]]
    left: Array
    right: Array
    weight: Array
    covariance_cells: Array
    mean_cells: Array
    mean_left: Array
    mean_right: Array
    depth: int
    threshold_of: Array
    threshold_cells: Array
    scale_cells: Array
    given: Array
    implied: Array
    parameterization: str = "delta"

    @cached_property
    def pairs(self) -> Pairs:
        """The table of pairs, made when a Hessian is first asked for."""
        reach = self._identities[1] > 0
        if not self._recursive_free:
            reach = np.linalg.matrix_power(reach + _pattern(self.base["beta"], self.scatter["beta"][0]), len(reach)) > 0
        cells = [self.cells[cell] for cell in self.covariance_cells]
        return Pairs.of(self.left, self.right, self.weight, cells, reach, len(self.observed))

    @cached_property
    def _forms(self) -> Array:
        """Where, in the flat ZᵀQZ, the form of each covariance cell lies."""
        return np.asarray(self.left * (len(self.observed) + 2 * len(self.factors)) + self.right)

    @cached_property
    def _identities(self) -> tuple[Array, Array]:
        """Those of the size of Σ and of M."""
        return np.eye(len(self.observed)), np.eye(len(self.factors))

    @cached_property
    def _layout(self) -> tuple[Array, Array, Array, dict[str, tuple[slice, tuple[int, ...]]]]:
        """All matrices in one row: their fixed values, the places of the parameters, these, and where each matrix lies."""
        places, sources, where, at = [], [], {}, 0
        for name, base in self.base.items():
            places.append(self.scatter[name][0] + at)
            sources.append(self.scatter[name][1])
            where[name] = slice(at, at + base.size), base.shape
            at += base.size
        flat = np.concatenate([base.ravel() for base in self.base.values()])
        return flat, np.concatenate(places), np.concatenate(sources), where

    # -- the model at a point ---------------------------------------------------------------------------------------

    def matrices(self, theta: Array) -> dict[str, Array]:
        """The matrices at ``theta`` of shape (b, parameters)."""
        base, places, sources, where = self._layout
        batch = theta.shape[0]
        flat = np.empty((batch, base.size), dtype=theta.dtype)
        flat[:] = base
        flat[:, places] = theta[:, sources]
        result = {name: flat[:, part].reshape(batch, *shape) for name, (part, shape) in where.items()}
        if self.threshold_of.size:
            self._complete(result)
        return result

    def _complete(self, parts: dict[str, Array]) -> None:
        """Fill in what follows from the unit variance of the ordinal variables' scaled responses."""
        ordinal = np.unique(self.threshold_of)
        total, loadings = self._total(parts["beta"]), parts["lambda"]
        psi = self._given_exogenous(parts)["psi"]
        explained = loadings @ total
        with np.errstate(invalid="ignore", divide="ignore"):
            if self.parameterization == "theta":
                variance = ((explained @ psi) * explained).sum(-1) + np.diagonal(parts["theta"], axis1=1, axis2=2)
                parts["scales"][:, ordinal] = 1.0 / np.sqrt(variance[:, ordinal])
                return
            wanted = 1.0 / np.square(parts["scales"])
        place = [self.factors.index(self.observed[variable]) for variable in self.implied]
        if place:  # residual variances of responses that take part in regressions act on each other: a linear system
            psi[:, place, place] = 0.0
            spread = total[:, place] @ psi @ total[:, place].transpose(0, 2, 1)
            rest = wanted[:, self.implied] - np.diagonal(spread, axis1=1, axis2=2)
            solved = np.linalg.solve(total[:, place][:, :, place] ** 2, rest[:, :, None])[:, :, 0]
            psi[:, place, place] = parts["psi"][:, place, place] = solved
        others = np.setdiff1d(ordinal, self.implied)
        parts["theta"][:, others, others] = (wanted - ((explained @ psi) * explained).sum(-1))[:, others]

    def _given_exogenous(self, parts: dict[str, Array]) -> dict[str, Array]:
        """The matrices with no moments of the exogenous variables."""
        psi, alpha = parts["psi"].copy(), parts["alpha"].copy()
        psi[:, self.given, :] = psi[:, :, self.given] = 0.0
        alpha[:, self.given] = 0.0
        return {**parts, "psi": psi, "alpha": alpha}

    def state(self, theta: Array) -> State:
        """Σ, μ and the dictionary Z at ``theta`` of shape (b, parameters)."""
        parts = self.matrices(theta)
        found = self._state_of(parts)
        if not self.given.size:
            return found
        given = self._state_of(self._given_exogenous(parts))
        p = len(self.observed)
        return replace(found, given=replace(given, slopes=given.z[:, :, p + self.given]))

    def _state_of(self, parts: dict[str, Array]) -> State:
        loadings, psi = parts["lambda"], parts["psi"]
        batch, p, m = loadings.shape
        total = self._total(parts["beta"])
        if self._recursive_free:
            covariance = psi
            t = loadings
        else:
            covariance = total @ psi @ total.transpose(0, 2, 1)
            t = loadings @ total
        product = loadings @ covariance
        sigma = product @ loadings.transpose(0, 2, 1) + parts["theta"]
        z = np.empty((batch, p, p + 2 * m), dtype=sigma.dtype)
        z[:, :, :p] = self._identities[0]
        z[:, :, p : p + m] = t
        z[:, :, p + m :] = product
        mu = factor_mean = None
        if self.means:
            factor_mean = (total @ parts["alpha"][:, :, None])[:, :, 0]
            mu = parts["nu"] + (loadings @ factor_mean[:, :, None])[:, :, 0]
        return State(
            sigma, mu, loadings, total, covariance, factor_mean, z, parts.get("thresholds"), parts.get("scales")
        )

    @property
    def _recursive_free(self) -> bool:
        """Whether there are no regressions at all, so that M is the identity."""
        return self.depth == 1

    def _total(self, beta: Array) -> Array:
        identity = self._identities[1]
        if self._recursive_free:
            return identity[None] if len(beta) == 1 else np.broadcast_to(identity, beta.shape)
        if not self.depth:
            return np.asarray(np.linalg.inv(identity - beta))
        total = identity + beta
        power = beta
        for _ in range(2, self.depth):  # B is nilpotent when the model is recursive: the series ends
            power = power @ beta
            total = total + power
        return np.asarray(total)

    # -- derivatives ------------------------------------------------------------------------------------------------

    def gradient(self, state: State, q: Array, r: Array | None) -> Array:
        """Σᵢⱼ ½ Qᵢⱼ ∂Σᵢⱼ + Σᵢ rᵢ ∂μᵢ for each parameter: shape (b, cells).  ``q`` (b, p, p) must be symmetric."""
        batch = q.shape[0]
        out = np.zeros((batch, len(self.cells)))
        cov = self.covariance_cells
        if cov.size:
            zqz = state.z.transpose(0, 2, 1) @ (q @ state.z)
            out[:, cov] = self.weight * zqz.reshape(batch, -1)[:, self._forms]
        if r is not None and self.means:
            out[:, self.mean_cells] += (r[:, None, :] @ self.mean_derivative(state))[:, 0, :]
        return out

    def information(self, state: State, w: Array, means: bool = True) -> Array:
        """½ tr(W ∂ₖΣ W ∂ₗΣ) + ∂ₖμᵀ W ∂ₗμ: shape (b, cells, cells).  ``w`` may have a longer batch than ``state``."""
        out = self._embedded(self.pairs.expected(state.z.transpose(0, 2, 1) @ (w @ state.z)))
        if means and self.means and self.mean_cells.size:
            derivative = self.mean_derivative(state)
            cells = self.mean_cells
            out[:, cells[:, None], cells] += derivative.transpose(0, 2, 1) @ w @ derivative
        return out

    def information_columns(self, state: State, w: Array, columns: Array) -> tuple[Array, Array]:
        """Some columns of :meth:`information`, (b, cells, columns), and its diagonal, (b, cells); for score tests."""
        place = np.full(len(self.cells), -1)
        place[self.covariance_cells] = np.arange(self.covariance_cells.size)
        a, b, weight = self.left, self.right, self.weight
        within = np.flatnonzero(place[columns] >= 0)
        chosen = place[columns[within]]
        zwz = state.z.transpose(0, 2, 1) @ (w @ state.z)
        out = np.zeros((w.shape[0], len(self.cells), columns.size))
        diagonal = np.zeros((w.shape[0], len(self.cells)))
        first, second = a[:, None], b[:, None]
        block = (
            zwz[:, first, a[chosen]] * zwz[:, second, b[chosen]] + zwz[:, first, b[chosen]] * zwz[:, second, a[chosen]]
        )
        out[:, self.covariance_cells[:, None], within] = block * np.outer(weight, weight[chosen])
        diagonal[:, self.covariance_cells] = (zwz[:, a, a] * zwz[:, b, b] + zwz[:, a, b] ** 2) * weight**2
        if self.means and self.mean_cells.size:
            derivative = self.mean_derivative(state)
            weighted = w @ derivative
            at = np.full(len(self.cells), -1)
            at[self.mean_cells] = np.arange(self.mean_cells.size)
            inside = np.flatnonzero(at[columns] >= 0)
            product = derivative.transpose(0, 2, 1) @ weighted[:, :, at[columns[inside]]]
            out[:, self.mean_cells[:, None], inside] += product
            diagonal[:, self.mean_cells] += np.einsum("bij,bij->bj", derivative, weighted)
        return out, diagonal

    def mean_derivative(self, state: State) -> Array:
        """∂μ by the parameters of :attr:`mean_cells`: shape (b, p, cells)."""
        return np.asarray(state.z[:, :, self.mean_left] * self._eta(state)[:, None, self.mean_right])

    def slope_derivative(self, state: State, x: int) -> Array:
        """The derivative of the slopes on factor ``x`` by the parameters of :attr:`mean_cells`: shape (b, p, cells)."""
        return np.asarray(state.z[:, :, self.mean_left] * self._column(state, x)[:, None, self.mean_right])

    def slope_curvature(self, state: State, x: int, r: Array) -> Array:
        """Σᵢ rᵢ ∂² of the slopes on factor ``x``: shape (b, cells, cells)."""
        out = np.zeros((r.shape[0], len(self.cells), len(self.cells)))
        self._curve_means(out, state, r, {"beta": self._column(state, x)})
        return out

    @staticmethod
    def _column(state: State, x: int) -> Array:
        """A column of M followed by a zero: slopes are means for α = e."""
        return np.concatenate([state.total[:, :, x], np.zeros((state.total.shape[0], 1))], axis=1)

    @staticmethod
    def _eta(state: State) -> Array:
        """The factor means followed by a one."""
        assert state.factor_mean is not None
        return np.concatenate([state.factor_mean, np.ones((state.factor_mean.shape[0], 1))], axis=1)

    def hessian(self, state: State, w: Array, q: Array, v: Array | None, weights: Array | None = None) -> Array:
        """The Hessian of ½ [log|Σ| + tr(S̃ Σ⁻¹)]: (b, cells, cells).

        Args:
            w: Σ⁻¹, or for incomplete data its counterpart of each pattern, (b, p, p).
            q: W − W S̃ W.
            v: W (m − μ), or ``None`` without means.
            weights: of the patterns; then the batch is summed.
        """
        zt = state.z.transpose(0, 2, 1)
        zqz = zt @ (q @ state.z)
        half = self.pairs.half(zt @ (w @ state.z), zqz)
        means = v is not None and self.means
        cross = self._mean_cross(state, w, v) if means and v is not None else None
        r = None if v is None else -v
        if weights is not None:
            half = (half @ weights)[:, None]
            w, zqz = (np.tensordot(weights, one, 1)[None] for one in (w, zqz))
            cross = None if cross is None else np.tensordot(weights, cross, 1)[None]
            r = None if r is None else np.tensordot(weights, r, 1)[None]
        out = self._curved(state, zqz, r, half)
        if cross is not None:
            derivative, cells, cov = self.mean_derivative(state), self.mean_cells, self.covariance_cells
            out[:, cells[:, None], cells] += derivative.transpose(0, 2, 1) @ w @ derivative
            out[:, cells[:, None], cov] += cross
            out[:, cov[:, None], cells] += cross.transpose(0, 2, 1)
        return out

    def _mean_cross(self, state: State, w: Array, v: Array) -> Array:
        """∂ₖμᵀ W ∂ₗΣ v for mean cells k and covariance cells l: (b, mean cells, covariance cells)."""
        zv = (v[:, None, :] @ state.z)[:, 0, :]
        dwz = self.mean_derivative(state).transpose(0, 2, 1) @ (w @ state.z)
        block = dwz[:, :, self.left] * zv[:, None, self.right] + dwz[:, :, self.right] * zv[:, None, self.left]
        return np.asarray(block * self.weight)

    def covariance_derivative(self, state: State) -> Array:
        """∂vech(Σ) by every parameter: shape (b, p(p+1)/2, cells), vech by columns of the lower triangle."""
        p = len(self.observed)
        columns, rows = np.triu_indices(p)
        out = np.zeros((state.z.shape[0], rows.size, len(self.cells)))
        if self.covariance_cells.size:
            a, b = state.z[:, :, self.left], state.z[:, :, self.right]
            block = a[:, rows] * b[:, columns] + b[:, rows] * a[:, columns]
            out[:, :, self.covariance_cells] = block * self.weight
        return out

    def curvature(self, state: State, q: Array, r: Array | None) -> Array:
        """½ tr(Q ∂²ₖₗΣ) + rᵀ ∂²ₖₗμ: the part of the Hessian that comes from the model's own curvature, (b, cells, cells)."""
        return self._curved(state, state.z.transpose(0, 2, 1) @ (q @ state.z), r, None)

    def _curved(self, state: State, zqz: Array, r: Array | None, half: Array | None) -> Array:
        """The curvature, and what ``half`` holds for the pairs of covariance cells, as a matrix: (b, cells, cells)."""
        if half is None:
            half = np.zeros((self.pairs.weight.size, zqz.shape[0]))
        self.pairs.add_curvature(half, zqz, state.total, state.factor_covariance)
        out = self._embedded(half)
        if r is not None and self.means:
            self._curve_means(out, state, r, {"alpha": None, "beta": self._eta(state)})
        return out

    def _embedded(self, half: Array) -> Array:
        """Values of the pairs of covariance cells, (pairs, b), as a matrix of all cells."""
        block = self.pairs.matrix(half)
        count, cov = len(self.cells), self.covariance_cells
        if cov.size == count:
            return block
        out = np.zeros((block.shape[0], count, count))
        out[:, cov[:, None], cov] = block
        return out

    def _curve_means(self, out: Array, state: State, r: Array, inside: dict[str, Array | None]) -> None:
        """rᵀ ∂²μ, with μ = ν + T α: derivatives of a_k η[j_k] through η (by β and α, given with η) and through T (by β)."""
        ra = (r[:, None, :] @ state.z)[:, 0, :][:, self.mean_left]
        m = len(self.factors)
        moving = np.flatnonzero(self.mean_right < m)  # loadings and regressions
        for kind, scale in inside.items():
            inner = np.array([k for k, cell in enumerate(self.mean_cells) if self.cells[cell][0] == kind], dtype=int)
            if not inner.size or not moving.size:
                continue
            source = self.mean_left[inner] - len(self.observed)
            value = ra[:, moving, None] * state.total[:, self.mean_right[moving][:, None], source]
            if scale is not None:
                value = value * scale[:, None, self.mean_right[inner]]
            rows, columns = self.mean_cells[moving][:, None], self.mean_cells[inner]
            out[:, rows, columns] += value
            out[:, columns[:, None], rows[:, 0]] += value.transpose(0, 2, 1)


def build_kernel(
    rows: Sequence[Row], index: dict[int, int], variables: Variables, means: bool, group: int, parameterization: str = "delta"
) -> Kernel:  # fmt: skip
    """The kernel of one group.

    Args:
        rows: all rows of the table.
        index: row number → position in the full parameter vector, for the free rows.
        variables: the names of the model.
        means: whether there is a mean structure.
        group: 1-based.
        parameterization: of ordinal variables.
    """
    latent = set(variables.latent)
    kinds_of_rows = ("=~", "~", "~~", "~1", "|", "~*~")
    own = [(number, row) for number, row in enumerate(rows) if row.group == group and row.op in kinds_of_rows]
    ordinal = any(row.op == "|" for _, row in own)
    promoted = _promoted([row for _, row in own], variables, variables.exogenous if ordinal else ())
    observed = variables.observed
    factors = (*variables.latent, *promoted)
    place_y = {name: position for position, name in enumerate(observed)}
    place_f = {name: position for position, name in enumerate(factors)}
    p, m = len(observed), len(factors)
    base = {
        "lambda": np.zeros((p, m)),
        "beta": np.zeros((m, m)),
        "psi": np.zeros((m, m)),
        "theta": np.zeros((p, p)),
        "nu": np.zeros(p),
        "alpha": np.zeros(m),
    }
    place_t = _threshold_places([row for _, row in own], observed)
    if place_t:
        base["thresholds"], base["scales"] = np.zeros(len(place_t)), np.ones(p)
    for name in promoted:
        base["lambda"][place_y[name], place_f[name]] = 1.0
    cells: list[tuple[str, int, int]] = []
    sources: list[int] = []
    scatter: dict[str, tuple[list[int], list[int]]] = {name: ([], []) for name in base}
    left: list[int] = []
    right: list[int] = []
    weight: list[float] = []
    for number, row in own:
        if row.op == "|":
            kind, i, j = "thresholds", place_t[row.lhs, row.rhs], 0
        else:
            kind, i, j = _cell(row, place_y, place_f, latent)
        places = [(i, j)] if kind in ("lambda", "beta") or i == j else [(i, j), (j, i)]
        if base[kind].ndim == 1:
            places = [(i,)]  # type: ignore[list-item]
        for place in places:
            if number in index:
                flat = place[0] if base[kind].ndim == 1 else place[0] * base[kind].shape[1] + place[1]
                scatter[kind][0].append(flat)
                scatter[kind][1].append(index[number])
            elif row.value is not None:
                base[kind][place] = row.value
        if number in index:
            cells.append((kind, i, j))
            sources.append(index[number])
            if kind in ("lambda", "beta", "psi", "theta"):
                left.append({"lambda": i, "beta": p + i, "psi": p + i, "theta": i}[kind])
                right.append({"lambda": p + m + j, "beta": p + m + j, "psi": p + j, "theta": j}[kind])
                weight.append(0.5 if kind in ("psi", "theta") and i == j else 1.0)
    implied: list[int] = []
    for i in sorted({place_y[name] for name, _ in place_t}):
        if parameterization == "theta":
            cells.append(("scales", i, 0))
        elif observed[i] in place_f:
            j = place_f[observed[i]]
            cells.append(("psi", j, j))
            left.append(p + j)
            right.append(p + j)
            weight.append(0.5)
        else:
            continue
        implied.append(i)
    kinds = [cell[0] for cell in cells]
    mean_left = [i if kind in ("nu", "lambda") else p + i for kind, i, _ in cells if kind in _MEAN_KINDS]
    mean_right = [j if kind in ("lambda", "beta") else m for kind, _, j in cells if kind in _MEAN_KINDS]
    is_covariance = [kind in ("lambda", "beta", "psi", "theta") for kind in kinds]
    is_mean = [kind in _MEAN_KINDS for kind in kinds] if means else [False] * len(kinds)
    return Kernel(
        tuple(observed), tuple(factors), base, tuple(cells), np.array(sources, dtype=int), means,
        {name: (np.array(flat, dtype=int), np.array(source, dtype=int)) for name, (flat, source) in scatter.items()},
        np.array(left, dtype=int), np.array(right, dtype=int), np.array(weight),
        np.flatnonzero(is_covariance), np.flatnonzero(is_mean), np.array(mean_left, dtype=int), np.array(mean_right, dtype=int),
        _depth(base["beta"], scatter["beta"][0]),
        np.array([place_y[name] for name, _ in place_t], dtype=int),
        _cells_of("thresholds", len(place_t), cells), _cells_of("scales", p if place_t else 0, cells),
        np.array([place_f[name] for name in variables.exogenous] if place_t else [], dtype=int),
        np.array(implied, dtype=int), parameterization,
    )  # fmt: skip


def _threshold_places(rows: Sequence[Row], observed: Sequence[str]) -> dict[tuple[str, str], int]:
    """(variable, threshold) → its place: variables in their order, thresholds t1, t2, … ascending."""
    names = [(row.lhs, row.rhs) for row in rows if row.op == "|"]
    names.sort(key=lambda one: (observed.index(one[0]), int(one[1][1:])))
    return {name: place for place, name in enumerate(names)}


def _cells_of(kind: str, count: int, cells: Sequence[tuple[str, int, int]]) -> Array:
    found = np.full(count, -1)
    for cell, (name, i, _) in enumerate(cells):
        if name == kind:
            found[i] = cell
    return found


def _pattern(beta: Array, free: Sequence[int] | Array) -> Array:
    """Ones where B can differ from zero."""
    pattern = (beta != 0).astype(int)
    pattern.flat[list(free)] = 1
    return np.asarray(pattern)


def _depth(beta: Array, free: Sequence[int]) -> int:
    """The smallest power of the pattern of B that is zero, or 0 when there is none."""
    pattern = _pattern(beta, free)
    power = np.eye(beta.shape[0], dtype=int)
    for exponent in range(1, max(beta.shape[0], 1) + 1):
        power = np.minimum(power @ pattern, 1)
        if not power.any():
            return exponent
    return 0


def saturated_kernel(p: int) -> Kernel:
    """The model that fits any means and covariances: θ = (μ, vech Σ) with vech by columns of the lower triangle."""
    columns, rows = np.triu_indices(p)
    cells = [("nu", i, 0) for i in range(p)] + [("theta", int(i), int(j)) for i, j in zip(rows, columns, strict=True)]
    size = len(cells)
    covariance = np.arange(p, size)
    empty = (np.zeros(0, dtype=int), np.zeros(0, dtype=int))
    base = {
        "lambda": np.zeros((p, 0)), "beta": np.zeros((0, 0)), "psi": np.zeros((0, 0)), "theta": np.zeros((p, p)),
        "nu": np.zeros(p), "alpha": np.zeros(0),
    }  # fmt: skip
    scatter = dict.fromkeys(base, empty)
    scatter["nu"] = (np.arange(p), np.arange(p))
    scatter["theta"] = (
        np.concatenate([rows * p + columns, columns * p + rows]),
        np.concatenate([covariance, covariance]),
    )
    names = tuple(f"y{index}" for index in range(p))
    nowhere = np.zeros(0, dtype=int)
    return Kernel(
        names, (), base, tuple(cells), np.arange(size), True, scatter, rows, columns,
        np.where(rows == columns, 0.5, 1.0), covariance, np.arange(p), np.arange(p), np.zeros(p, dtype=int), 1,
        nowhere, nowhere, nowhere, nowhere, nowhere,
    )  # fmt: skip


def _promoted(rows: Sequence[Row], variables: Variables, more: Sequence[str]) -> list[str]:
    """Observed variables that must stand among the η: those in regressions, those that covary with an η, and ``more``."""
    latent = set(variables.latent)
    chosen = set(more) | {name for row in rows if row.op == "~" for name in (row.lhs, row.rhs)} - latent
    chosen |= {row.lhs for row in rows if row.op == "=~"} - latent
    grown = True
    while grown:
        grown = False
        for row in rows:
            if row.op == "~~" and row.lhs != row.rhs:
                one, two = (name in latent or name in chosen for name in (row.lhs, row.rhs))
                if one != two:
                    chosen.add(row.rhs if one else row.lhs)
                    grown = True
    return [name for name in variables.observed if name in chosen]


def _cell(row: Row, place_y: dict[str, int], place_f: dict[str, int], latent: set[str]) -> tuple[str, int, int]:
    if row.op == "=~":
        if row.rhs in place_f:
            return "beta", place_f[row.rhs], place_f[row.lhs]
        return "lambda", place_y[row.rhs], place_f[row.lhs]
    if row.op == "~":
        return "beta", place_f[row.lhs], place_f[row.rhs]
    if row.op == "~*~":
        return "scales", place_y[row.lhs], 0
    if row.op == "~1":
        return ("alpha", place_f[row.lhs], 0) if row.lhs in place_f else ("nu", place_y[row.lhs], 0)
    if row.lhs in place_f and row.rhs in place_f:
        return "psi", place_f[row.lhs], place_f[row.rhs]
    return "theta", place_y[row.lhs], place_y[row.rhs]
