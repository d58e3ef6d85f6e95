"""Reference values for judges/stats, written beside this file as JSON.

    pip install scipy==1.17.1 mpmath==1.4.1
    python3 test/golden/stats/reference.py

Distribution functions come from mpmath with 50 digits, tests from scipy and again, where scipy rounds, from mpmath
out of the very doubles in the file. Deterministic: a second run changes nothing. Numbers are written with 17 digits.
"""

import functools
import itertools
import json
import math
import pathlib

import mpmath
import numpy
import scipy.stats
from mpmath import mp, mpf

mp.dps = 50
HERE = pathlib.Path(__file__).parent
RANDOM = numpy.random.default_rng(20260101)


def main():
    write("distributions.json", distributions())
    write("welch-t.json", [welch_case(*case) for case in welch_samples()])
    write("mann-whitney.json", [rank_case(*case) for case in rank_samples()])
    write("mann-whitney-distribution.json", [distribution_case(n, m) for n, m in SIZES])
    write("sample-ratio.json", [sample_ratio_case(*case) for case in sample_ratio_samples()])
    write("moments.json", [moments_case(values) for values in moments_samples()])


def sample_ratio_samples():
    """Requests of two arms: drawn one by one, and sent in streams; a generator of their own, so that no other file moves."""
    random = numpy.random.default_rng(20260202)
    for share, points, spread, correlation, expected in [
        (0.5, 60, 0.0, 0.0, 0.5), (0.5, 60, 0.08, 0.6, 0.5), (0.05, 30, 0.2, 0.0, 0.05),
        (0.4, 60, 0.05, 0.3, 0.5), (0.52, 12, 0.02, 0.0, 0.5), (0.06, 180, 0.1, 0.8, 0.05),
    ]:
        noise, control, experiment = random.standard_normal(), [], []
        for _ in range(points):
            noise = correlation * noise + math.sqrt(1 - correlation**2) * random.standard_normal()
            requests = int(random.poisson(2000))
            sent = int(random.binomial(requests, min(0.95, share * math.exp(spread * noise))))
            control.append(requests - sent)
            experiment.append(sent)
        yield control, experiment, expected


def sample_ratio_case(control, experiment, expected):
    """The ratio estimate with points as clusters; `chiSquare` is the usual test, which takes requests one by one."""
    c, e = numpy.array(control, float), numpy.array(experiment, float)
    n, points, seen = c + e, len(control), e.sum() / (c + e).sum()
    residuals = e - seen * n
    found = (residuals[1:] @ residuals[:-1]) / (residuals @ residuals)
    r = min(0.95, max(0.0, found + (1 + 4 * found) / points + 1 / math.sqrt(points)))
    inflation = (1 + r) / (1 - r)
    # numpy's variance is about the mean of the residuals, which is 0 by construction of the share.
    clustered = points * numpy.var(residuals, ddof=1) * inflation
    binomial = expected * (1 - expected) * n.sum()
    variance = max(binomial, clustered)
    df = max(1.0, points / inflation - 1) if clustered > binomial else math.inf
    t = abs(e.sum() - expected * n.sum()) / math.sqrt(variance)
    chi = scipy.stats.chisquare([c.sum(), e.sum()], [(1 - expected) * n.sum(), expected * n.sum()])
    return {
        "control": control, "experiment": experiment, "expected": expected, "seen": float(seen),
        "overdispersion": float(variance / binomial), "df": None if math.isinf(df) else float(df), "p": float(2 * scipy.stats.t.sf(t, df)),
        "chiSquare": float(chi.pvalue),
    }


def write(name, value):
    """One entry a line, so that a change shows as the lines it touches."""
    if isinstance(value, list):
        text = entries(value)
    else:
        text = "{\n" + ",\n".join(f'"{key}": {entries(rows)}' for key, rows in value.items()) + "\n}"
    (HERE / name).write_text(text + "\n")


def entries(rows):
    return "[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]"


# Distributions ------------------------------------------------------------------------------------------------------

DEGREES = [1, 1.3, 2, 3.7, 5, 9.99, 30, 118.4, 1e3, 12345.6, 1e5, 1e6]


def distributions():
    shapes = [0.5, 1, 2.5, 17, 300, 5e3, 5e5]
    return {
        "incompleteBeta": [
            [x, a, b, float(beta(x, a, b))]
            for a, b in itertools.product(shapes, shapes)
            for x in sorted({round(min(max(a / (a + b) + k * math.sqrt(a * b / (a + b + 1)) / (a + b), 1e-4), 0.9999), 6)
                             for k in (-4, -1, 0, 2)})
            if beta(x, a, b) > mpf(10) ** -290
        ],
        "studentTSurvival": [
            [t, df, float(student_survival(t, df))]
            for df in DEGREES
            for t in [0, 1e-9, 1e-3, 0.1, 0.7, 1, 1.7320508, 2.5, 4, 8, 15, 37, 1e3, 1e8]
            if student_survival(t, df) > mpf(10) ** -290
        ],
        "studentTQuantile": [
            [p, df, float(student_quantile(p, df))]
            for df in DEGREES
            for p in [1e-60, 1e-20, 1e-10, 1e-4, 0.01, 0.02, 0.1, 0.25, 0.3, 0.49, 0.4999999, 0.5, 0.75, 0.98, 0.99]
        ],
        "normalSurvival": [[z, float(mpmath.ncdf(-mpf(z)))] for z in
                           [-38, -9, -3, -1.6, -1.5, -1, -0.1, 0, 1e-9, 0.3, 1, 1.499, 1.5, 1.501, 2, 2.3263478740408408,
                            3, 5, 8, 12.3, 20, 30, 37.5]],
        "normalQuantile": [[p, float(normal_quantile(p))] for p in
                           [1e-300, 1e-100, 1e-20, 1e-11, 1e-5, 0.001, 0.01, 0.02, 0.0749, 0.0751, 0.1, 0.3, 0.49, 0.4999999,
                            0.5, 0.51, 0.9, 0.98, 0.99, 0.9999, 1 - 1e-10]],
    }


@functools.cache
def beta(x, a, b):
    x, a, b = mpf(x), mpf(a), mpf(b)
    if min(a, b) <= 300:
        return mpmath.betainc(a, b, 0, x, regularized=True)
    # The series takes minutes here; the density is integrated over 40 standard deviations.
    log_beta = mpmath.loggamma(a) + mpmath.loggamma(b) - mpmath.loggamma(a + b)
    width = mpmath.sqrt(a * b / (a + b + 1)) / (a + b)
    nodes = [max(x - k * width, mpf(0)) for k in range(40, -1, -4)]
    return mpmath.quad(lambda t: mpmath.exp((a - 1) * mpmath.log(t) + (b - 1) * mpmath.log1p(-t) - log_beta), nodes)


def student_survival(t, df):
    t, df = mpf(t), mpf(df)
    if t < 1:
        return (1 - mpmath.betainc(mpf(1) / 2, df / 2, 0, t * t / (df + t * t), regularized=True)) / 2
    return mpmath.betainc(df / 2, mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2


def student_quantile(p, df):
    p = mpf(p)
    if p > 0.5:
        return student_quantile_of(1 - p, df)
    return mpf(0) if p == 0.5 else -student_quantile_of(p, df)


def student_quantile_of(tail, df):
    """scipy's answer, made exact by secant steps on ln t."""
    start = mpmath.log(mpf(float(scipy.stats.t.isf(float(tail), float(df)))))
    root = mpmath.findroot(
        lambda u: mpmath.log(student_survival(mpmath.exp(u), df) / tail), (start, start + mpf("1e-8")), tol=mpf(10) ** -40
    )
    return mpmath.exp(root)


def normal_quantile(p):
    p = mpf(p)
    start = scipy.stats.norm.ppf(float(p))
    return mpmath.findroot(lambda z: mpmath.log(mpmath.ncdf(z) / p), mpf(start)) if p != 0.5 else mpf(0)


# Welch --------------------------------------------------------------------------------------------------------------


def welch_samples():
    for index in range(240):
        n, m = (int(size) for size in RANDOM.integers(2, 25, 2))
        scale = 10.0 ** RANDOM.uniform(-8, 8)
        spread = 10.0 ** RANDOM.uniform(-2, 1)
        shift = RANDOM.choice([0, 0.2, 1, 3, 10]) * RANDOM.choice([-1, 1])
        x = scale * (5 + shift + RANDOM.normal(0, 1, n))
        y = scale * (5 + RANDOM.normal(0, spread, m))
        yield f"random {index}", short(x), short(y)
    for index in range(40):
        n, m = (int(size) for size in RANDOM.integers(2, 40, 2))
        yield f"counts {index}", RANDOM.poisson(4, n).tolist(), RANDOM.poisson(3, m).tolist()
    for index in range(20):
        offset = 10.0 ** RANDOM.integers(2, 7)
        yield f"offset {index}", short(offset + RANDOM.normal(0, 1, 9), 12), short(offset + RANDOM.normal(0.5, 2, 7), 12)
    for index in range(20):
        x = RANDOM.standard_t(1.5, 12)
        yield f"heavy tails {index}", short(x), short(RANDOM.lognormal(0, 2, 15))
    for index in range(10):
        yield f"unbalanced {index}", short(RANDOM.normal(0, 100, 2)), short(RANDOM.normal(0, 0.01, 300))
    for exponent in (-290, -150, 150, 290):
        scale = 10.0 ** exponent
        yield f"magnitude 1e{exponent}", short(scale * RANDOM.normal(5, 1, 8)), short(scale * RANDOM.normal(6, 1, 8))
    yield "far apart", short(RANDOM.normal(100, 1, 30)), short(RANDOM.normal(0, 1, 30))
    yield "one side constant", [3.0, 3.0, 3.0, 3.0], [1.0, 2.0, 1.5]
    yield "two against two", [1.0, 2.0], [3.0, 5.0]


def short(values, digits=7):
    return [float(f"{value:.{digits}g}") for value in values]


def welch_case(name, x, y):
    """p-values from mpmath; scipy must agree where doubles do not overflow."""
    exact = welch_exact(x, y)
    if "magnitude" not in name:
        answer = scipy.stats.ttest_ind(x, y, equal_var=False)
        for ours, theirs in ((exact["statistic"], answer.statistic), (exact["degreesOfFreedom"], answer.df)):
            assert math.isclose(ours, theirs, rel_tol=1e-8), (name, ours, theirs)
        exact["scipy"] = {
            "statistic": float(answer.statistic), "degreesOfFreedom": float(answer.df),
            "twoSided": float(answer.pvalue),
            "greater": float(scipy.stats.ttest_ind(x, y, equal_var=False, alternative="greater").pvalue),
            "interval": [float(bound) for bound in answer.confidence_interval(0.98)],
        }
    return {"name": name, "x": x, "y": y, **exact}


def welch_exact(x, y):
    (mean_x, error_x, n), (mean_y, error_y, m) = moments(x), moments(y)
    df = (error_x + error_y) ** 2 / (error_x ** 2 / (n - 1) + error_y ** 2 / (m - 1))
    error = mpmath.sqrt(error_x + error_y)
    t = (mean_x - mean_y) / error
    tail = student_survival(abs(t), df)
    quantile = student_quantile_of(mpf("0.01"), df)
    return {
        "statistic": float(t), "degreesOfFreedom": float(df), "twoSided": float(2 * tail),
        "greater": float(tail if t > 0 else 1 - tail), "less": float(1 - tail if t > 0 else tail),
        "interval": [float(mean_x - mean_y - quantile * error), float(mean_x - mean_y + quantile * error)],
        "ratioInterval": fieller((mean_x, error_x, n), (mean_y, error_y, m)),
    }


def moments(values):
    exact = [mpf(value) for value in values]
    n = len(exact)
    mean = sum(exact) / n
    return mean, sum((value - mean) ** 2 for value in exact) / (n - 1) / n, n


def fieller(x, y):
    """The ratios r for which (mean x - r mean y) is within its error, found by bisection on its definition."""
    (mean_x, error_x, n), (mean_y, error_y, m) = x, y
    ratio = mean_x / mean_y
    df = (error_x + ratio ** 2 * error_y) ** 2 / (error_x ** 2 / (n - 1) + (ratio ** 2 * error_y) ** 2 / (m - 1))
    quantile = student_quantile_of(mpf("0.01"), df)
    if mean_y ** 2 <= quantile ** 2 * error_y:
        return None

    def outside(r):
        return abs(mean_x - r * mean_y) > quantile * mpmath.sqrt(error_x + r * r * error_y)

    def bound(direction):
        step = abs(ratio) + mpmath.sqrt(error_x) / abs(mean_y)
        near, far = ratio, ratio + direction * step
        while not outside(far):
            near, step = far, 2 * step
            far = ratio + direction * step
        for _ in range(140):
            middle = (near + far) / 2
            near, far = (near, middle) if outside(middle) else (middle, far)
        return float((near + far) / 2)

    return [bound(-1), bound(1)]


# Ranks --------------------------------------------------------------------------------------------------------------


def rank_samples():
    for index in range(60):
        n, m = (int(size) for size in RANDOM.integers(1, 13, 2))
        yield f"small {index}", short(RANDOM.normal(RANDOM.choice([0, 0.5, 2]), 1, n)), short(RANDOM.normal(0, 1, m))
    for n, m in ((50, 50), (20, 60), (7, 300)):
        yield f"exact {n} x {m}", short(RANDOM.lognormal(0.3, 1, n)), short(RANDOM.lognormal(0, 1, m))
    for n, m in ((51, 50), (120, 110), (30, 400)):
        yield f"normal {n} x {m}", short(RANDOM.normal(0.2, 1, n)), short(RANDOM.normal(0, 1, m))
    for index in range(60):
        n, m = (int(size) for size in RANDOM.integers(2, 40, 2))
        yield f"tied {index}", RANDOM.poisson(RANDOM.choice([0.2, 1, 4]), n).tolist(), RANDOM.poisson(1, m).tolist()
    yield "all equal", [4.0, 4.0, 4.0], [4.0, 4.0]
    yield "apart", [10.0, 11.0, 12.0, 13.0, 14.5], [1.0, 2.0, 3.0, 4.0, 6.0]


def rank_case(name, x, y):
    exact = len(set(x) | set(y)) == len(x) + len(y) and len(x) * len(y) <= 2500
    method = "exact" if exact else "asymptotic"

    def p_value(alternative):
        value = scipy.stats.mannwhitneyu(x, y, alternative=alternative, method=method, use_continuity=True).pvalue
        return 1.0 if math.isnan(value) else float(value)

    differences = numpy.sort(numpy.subtract.outer(x, y).ravel())
    return {
        "name": name, "x": x, "y": y, "method": "exact" if exact else "normal",
        "statistic": float(scipy.stats.mannwhitneyu(x, y).statistic),
        "greater": p_value("greater"), "less": p_value("less"), "twoSided": p_value("two-sided"),
        "estimate": float(numpy.median(differences)),
        "interval": shift_interval(differences, len(x), len(y), 0.01) if exact else None,
    }


def shift_interval(differences, n, m, error):
    """The two differences that bound 1 - 2 error, from the exact counts."""
    counts = rank_counts(n, m)
    total, below, rank = sum(counts), 0, 0
    while (below + counts[rank]) < error * total:
        below += counts[rank]
        rank += 1
    if rank == 0:
        return ["-Infinity", "Infinity"]
    return [float(differences[rank - 1]), float(differences[n * m - rank])]


SIZES = [(1, 1), (1, 9), (2, 2), (3, 5), (8, 8), (20, 31), (50, 50), (12, 700), (100, 100)]


def distribution_case(n, m):
    counts = rank_counts(n, m)
    total = sum(counts)
    places = sorted({0, 1, n * m // 10, n * m // 4, n * m // 2, n * m // 2 + 1, 3 * n * m // 4, n * m} & set(range(n * m + 1)))
    return {"n": n, "m": m, "cumulative": [[u, float(mpf(sum(counts[: u + 1])) / total)] for u in places]}


@functools.cache
def rank_counts(n, m):
    """Orders of n + m values with U = u, in whole numbers: the largest value belongs to one side or the other."""
    row = [numpy.array([1] + [0] * (n * m), dtype=object)] * (m + 1)
    for i in range(1, n + 1):
        above = row
        row = [above[0]]
        for j in range(1, m + 1):
            # largest in x: it beats all j values of y; largest in y: it beats none
            shifted = numpy.concatenate([numpy.zeros(j, dtype=object), above[j][: n * m + 1 - j]])
            row.append(shifted + row[j - 1])
    counts = [int(count) for count in row[m]]
    assert sum(counts) == math.comb(n + m, n)
    return counts


# Moments ------------------------------------------------------------------------------------------------------------


def moments_samples():
    yield [0.1] * 10
    yield [1e16, 1.0, -1e16]
    for offset in (0, 1e3, 1e6, 1e9):
        yield (offset + RANDOM.normal(0, 1, 30)).tolist()
    yield RANDOM.lognormal(0, 5, 40).tolist()
    yield (1e-6 * RANDOM.normal(3, 1, 25)).tolist()


def moments_case(values):
    mean, error, n = moments(values)
    return {"values": values, "mean": float(mean), "variance": float(error * n)}


if __name__ == "__main__":
    main()
