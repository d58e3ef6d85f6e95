"""Reference values for the statistics of drift. Usage: python reference.py > values.json (needs scipy and numpy)."""

import itertools
import json

import numpy as np
import scipy
from scipy import special, stats
from scipy.spatial.distance import jensenshannon

rng = np.random.default_rng(17)


def tables():
    for sizes, cells in [((60, 60), 3), ((500, 300), 5), ((5000, 2000), 10), ((90000, 10000), 20)]:
        p = rng.dirichlet(np.full(cells, 4.0))
        q = p * rng.uniform(0.8, 1.2, cells)
        control = np.maximum(rng.multinomial(sizes[0], p), 6)
        experiment = np.maximum(rng.multinomial(sizes[1], q / q.sum()), 6)
        table = np.array([control, experiment])
        chi = stats.chi2_contingency(table, correction=False)
        g = stats.chi2_contingency(table, correction=False, lambda_="log-likelihood")
        a, b = control / control.sum(), experiment / experiment.sum()
        yield {
            "control": control.tolist(),
            "experiment": experiment.tolist(),
            "chiSquare": chi.statistic,
            "chiSquareP": chi.pvalue,
            "g": g.statistic,
            "gP": g.pvalue,
            "jensenShannon": float(jensenshannon(a, b, base=2) ** 2),
            "psi": float(np.sum((b - a) * np.log(b / a))),
        }


def samples():
    for n, m, shift in [(5, 7, 1.0), (50, 50, 0.0), (200, 150, 0.4), (1000, 3000, 0.05)]:
        control = np.round(rng.gamma(2.0, 1.0, n), 2)
        experiment = np.round(rng.gamma(2.0, 1.0, m) + shift, 2)
        yield {
            "control": control.tolist(),
            "experiment": experiment.tolist(),
            "ks": float(stats.ks_2samp(control, experiment).statistic),
            "wasserstein": float(stats.wasserstein_distance(control, experiment)),
        }


def rates():
    for control, experiment in [((1, 20), (8, 20)), ((0, 50), (3, 60)), ((30, 1000), (55, 900)), ((120, 40000), (9, 1000))]:
        table = [[experiment[0], experiment[1] - experiment[0]], [control[0], control[1] - control[0]]]
        wilson = stats.binomtest(experiment[0], experiment[1]).proportion_ci(method="wilson")
        yield {
            "control": {"events": control[0], "trials": control[1]},
            "experiment": {"events": experiment[0], "trials": experiment[1]},
            **{name: float(stats.fisher_exact(table, alternative=name).pvalue) for name in ["two-sided", "greater", "less"]},
            "wilson": [float(wilson.low), float(wilson.high)],
        }


def pairs():
    for only_control, only_experiment in [(2, 10), (0, 5), (40, 60), (700, 640)]:
        n = only_control + only_experiment
        yield {
            "onlyControl": only_control,
            "onlyExperiment": only_experiment,
            **{name: float(stats.binomtest(only_experiment, n, alternative=name).pvalue) for name in ["two-sided", "greater", "less"]},
        }


def differences():
    for n, shift, digits in [(6, 0.5, 6), (25, 0.2, 6), (50, 0.3, 6), (80, 0.1, 6), (60, 0.2, 1), (400, 0.05, 1)]:
        d = np.round(rng.normal(shift, 1.0, n), digits)
        kept = d[d != 0]
        exact = len(np.unique(np.abs(kept))) == len(kept) and len(kept) <= 50
        options = {"method": "exact"} if exact else {"method": "asymptotic", "correction": True}
        yield {
            "differences": d.tolist(),
            **{name: float(stats.wilcoxon(kept, alternative=name, **options).pvalue) for name in ["two-sided", "greater", "less"]},
        }


PARTS = {
    "chiSquare": lambda a, b, n, m: sum((x - s * (a + b) / (n + m)) ** 2 / (s * (a + b) / (n + m)) for x, s in [(a, n), (b, m)]),
    "g": lambda a, b, n, m: 2 * sum(special.xlogy(x, x * (n + m) / (s * (a + b))) for x, s in [(a, n), (b, m)]),
    "jensenShannon": lambda a, b, n, m: sum(special.xlogy(x, 2 * x / (a / n + b / m)) for x in [a / n, b / m]) / (2 * np.log(2)),
    "psi": lambda a, b, n, m: (max(b, 0.5) / m - max(a, 0.5) / n) * np.log((max(b, 0.5) / m) / (max(a, 0.5) / n)),
}


def moments():
    """Every table with the margins, weighed with its probability: no sampling, no approximation."""
    for totals, n in [((12, 9, 30), 30), ((40, 40, 40), 60), ((14, 18, 25, 60), 90), ((300, 30), 200)]:
        m = sum(totals) - n
        law = stats.multivariate_hypergeom(list(totals), m)
        tables = [t for t in itertools.product(*[range(t + 1) for t in totals[:-1]]) if 0 <= m - sum(t) <= totals[-1]]
        tables = np.array([[*t, m - sum(t)] for t in tables])
        p = law.pmf(tables)
        row = {"totals": list(totals), "n": n}
        for name, part in PARTS.items():
            of_cell = [[part(t - x, x, n, m) for x in range(t + 1)] for t in totals]
            value = sum(np.array(of_cell[i])[tables[:, i]] for i in range(len(totals)))
            mean = float(np.sum(p * value))
            row[name] = {"mean": mean, "variance": float(np.sum(p * (value - mean) ** 2))}
        yield row


print(
    json.dumps(
        {
            "scipy": scipy.__version__,
            "numpy": np.__version__,
            "chiSquareSurvival": [[x, k, float(stats.chi2.sf(x, k))] for k in [1, 2, 5, 30, 400] for x in [0.01, 0.7 * k, k, 1.5 * k, 3 * k + 10]],
            "kolmogorovSurvival": [[x, float(stats.kstwobign.sf(x))] for x in [0.2, 0.5, 0.9, 1.0, 1.3580986393225507, 2.0, 4.0]],
            "logChoose": [[n, k, float(scipy.special.gammaln(n + 1) - scipy.special.gammaln(k + 1) - scipy.special.gammaln(n - k + 1))] for n, k in [(5, 2), (100, 50), (40000, 129)]],
            "tables": list(tables()),
            "samples": list(samples()),
            "rates": list(rates()),
            "pairs": list(pairs()),
            "differences": list(differences()),
            "moments": list(moments()),
        },
        indent=1,
    )
)
