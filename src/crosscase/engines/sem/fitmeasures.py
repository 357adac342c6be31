"""Fit measures under lavaan's names (with ``_`` for ``.``).

Sources: CFI Bentler (1990), TLI Tucker & Lewis (1973), NFI/NNFI Bentler & Bonett (1980), RFI Bollen (1986), IFI Bollen (1989),
RNI McDonald & Marsh (1990), MFI McDonald (1989), RMSEA Steiger (1990) with the interval of Browne & Cudeck (1993) and the
group factor of Steiger (1998), SRMR Bentler (1995), CRMR Bollen (1989), GFI and AGFI Jöreskog & Sörbom (1984) as
generalized by Tanaka & Huba (1985), CN Hoelter (1983), ECVI Browne & Cudeck (1989), robust versions
Brosseau-Liard & Savalei (2014), for incomplete data Zhang & Savalei (2022), for ordinal data Savalei (2021).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

__all__ = ["TestStatistic", "chi_square_p", "incremental", "residual_indices", "rmsea"]

Array = np.ndarray


@dataclass(frozen=True, slots=True)
class TestStatistic:
    """A χ² with, for the robust estimators, its scaled version.

    ``factor`` is the scaling factor (the unscaled statistic divided by the scaled one, before any shift).
    """

    __test__ = False

    chisq: float
    df: int
    scaled: float | None = None
    df_scaled: float | None = None
    factor: float | None = None
    shift: float | None = None
    trace: float | None = None  # tr(UΓ), or its counterpart of the Yuan–Bentler statistic

    @property
    def pvalue(self) -> float | None:
        return chi_square_p(self.chisq, self.df)


def chi_square_p(value: float | None, df: float | None) -> float | None:
    """The upper tail of χ²; ``None`` without degrees of freedom."""
    from scipy.special import chdtrc

    if value is None or not df or not np.isfinite(value):
        return None
    return float(chdtrc(df, max(value, 0.0)))


def chi_square_quantile(probability: float, df: float) -> float:
    from scipy.special import chdtri

    return float(chdtri(df, 1.0 - probability))


def _noncentral_bound(value: float, df: float, probability: float) -> float:
    """The λ for which P(χ²(df, λ) ≤ value) = probability; 0 when even λ = 0 gives less."""
    from scipy.special import chndtr, chndtrinc

    if chndtr(value, df, 0.0) <= probability:
        return 0.0
    try:
        found = float(chndtrinc(value, df, probability))
        if np.isfinite(found) and abs(float(chndtr(value, df, found)) - probability) < 1e-10:
            return found
    except (ValueError, ArithmeticError):  # pragma: no cover - scipy answers with NaN
        pass
    from scipy.optimize import brentq

    upper = max(value, 1.0)
    while chndtr(value, df, upper) > probability:
        upper *= 2.0
    return float(brentq(lambda ncp: chndtr(value, df, ncp) - probability, 0.0, upper, xtol=1e-13, rtol=1e-14))


def rmsea(chisq: float, df: float, n: float, groups: int, factor: float = 1.0, scaled: float | None = None, interval_factor: float | None = None) -> dict[str, float | None]:  # fmt: skip
    """RMSEA with its 90 % interval and the tests of close (0.05) and not-close (0.08) fit.

    Args:
        chisq, df: the statistic.
        n: the number of cases (or n − 1, as the estimator counts).
        groups: the number of groups; RMSEA is multiplied by its root.
        factor: the scaling factor ĉ of the robust version; the interval then starts from ``scaled``.
        interval_factor: the factor of the interval where it differs from that of the point (scaled and shifted).
    """
    if df == 0:
        return {"rmsea": 0.0, "ci_lower": 0.0, "ci_upper": 0.0, "pvalue": None, "notclose": None}
    from scipy.special import chndtr

    root = np.sqrt(groups)
    point = float(np.sqrt(max((chisq - factor * df) / (n * df), 0.0)) * root)
    base = chisq if scaled is None else scaled
    spread = factor if interval_factor is None else interval_factor
    low, high = _noncentral_bound(base, df, 0.95), _noncentral_bound(base, df, 0.05)
    close, far = (n * df * bound**2 / groups / spread for bound in (0.05, 0.08))
    return {
        "rmsea": point,
        "ci_lower": float(np.sqrt(spread * low / (n * df)) * root),
        "ci_upper": float(np.sqrt(spread * high / (n * df)) * root),
        "pvalue": float(1.0 - chndtr(base, df, close)),
        "notclose": float(chndtr(base, df, far)),
    }


def incremental(chisq: float, df: float, base: float, base_df: float) -> dict[str, float | None]:
    """CFI, TLI (NNFI), RFI, NFI, PNFI, IFI, RNI of a model against its baseline."""
    out: dict[str, float | None] = {}
    top, bottom = max(chisq - df, 0.0), max(chisq - df, base - base_df, 0.0)
    out["cfi"] = 1.0 if bottom == 0 else 1.0 - top / bottom
    if df == 0:
        out.update(tli=1.0, nnfi=1.0, rfi=1.0)
    else:
        denominator = (base - base_df) * df
        out["tli"] = out["nnfi"] = 1.0 - (chisq - df) * base_df / denominator if denominator else 1.0
        out["rfi"] = max((base / base_df - chisq / df) / (base / base_df), 0.0) if base_df and base else None
        if out["rfi"] == 0.0 and chisq / df > base / base_df:
            out["rfi"] = 1.0  # lavaan's convention when the model fits worse than its baseline
    out["nfi"] = (base - chisq) / base if base else None
    out["pnfi"] = df / base_df * (base - chisq) / base if base and base_df else None
    out["ifi"] = (base - chisq) / (base - df) if base - df else None
    out["rni"] = 1.0 - (chisq - df) / (base - base_df) if base - base_df else None
    if df > base_df:  # lavaan gives neither when the model has more degrees of freedom than its baseline
        out["nfi"] = out["rfi"] = None
    if df == 0:
        out["ifi"] = out["rni"] = 1.0 if chisq < 1e-9 else out["rni"]
    return out


def residual_indices(sample: Array, implied: Array, mean: Array | None, implied_mean: Array | None) -> dict[str, float]:
    """RMR, SRMR and CRMR of one group, with and without the means."""
    p = sample.shape[0]
    columns, rows = np.triu_indices(p)
    sd, sd_hat = np.sqrt(np.diag(sample)), np.sqrt(np.maximum(np.diag(implied), 0))
    raw = (sample - implied)[rows, columns]
    bentler = ((sample - implied) / np.outer(sd, sd))[rows, columns]
    with np.errstate(divide="ignore", invalid="ignore"):
        correlation = (sample / np.outer(sd, sd) - implied / np.outer(sd_hat, sd_hat))[rows, columns]
    diagonal = rows == columns
    mplus = np.where(diagonal, bentler, correlation)
    count, off = rows.size, rows.size - p
    out = {
        "rmr_nomean": np.sqrt((raw**2).sum() / count),
        "srmr_bentler_nomean": np.sqrt((bentler**2).sum() / count),
        "crmr_nomean": np.sqrt((correlation[~diagonal] ** 2).sum() / off) if off else 0.0,
        "srmr_mplus_nomean": np.sqrt((mplus**2).sum() / count),
    }
    if mean is not None and implied_mean is not None:
        with np.errstate(divide="ignore", invalid="ignore"):
            plain, scaled, both = mean - implied_mean, (mean - implied_mean) / sd, mean / sd - implied_mean / sd_hat
        out["rmr"] = np.sqrt(((raw**2).sum() + (plain**2).sum()) / (count + p))
        out["srmr_bentler"] = np.sqrt(((bentler**2).sum() + (scaled**2).sum()) / (count + p))
        out["crmr"] = np.sqrt(((correlation[~diagonal] ** 2).sum() + (scaled**2).sum()) / (off + p))
        out["srmr_mplus"] = np.sqrt(((mplus**2).sum() + (both**2).sum()) / (count + p))
    else:
        for name in ("rmr", "srmr_bentler", "crmr", "srmr_mplus"):
            out[name] = out[f"{name}_nomean"]
    out["srmr"] = out["srmr_bentler"]
    return {name: float(value) for name, value in out.items()}
