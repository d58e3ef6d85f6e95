"""Reference values for judges/haldane, written beside this file as JSON.

    pip install numpy==2.4.6 scipy==1.17.1
    python3 test/golden/haldane/reference.py

A plain reading of the algorithm, independent of the TypeScript: all Walsh averages and all differences are built and
sorted, autocovariances are summed pair by pair, distributions are scipy's. Deterministic: a second run changes nothing.
"""

import json
import math
import pathlib

import numpy as np
from scipy.special import betainc
from scipy.stats import norm, rankdata, spearmanr, t as student

HERE = pathlib.Path(__file__).parent
DELTA, TAU, PRIOR = 0.02, 0.015, 0.4
LIM = math.log(1 + DELTA)
WEIGHTS = {"whole": 0.63, "half": 0.14, "quarter": 0.09, "spikes": 0.08, "late4": 0.03, "late8": 0.03, "scatter": 0.05}
NAN = float("nan")


# The estimators -----------------------------------------------------------------------------------------------------

def present(x):
    return x[~np.isnan(x)]


def V(x, N, bias=1.0, prior=PRIOR, overlap=1.0):
    n = len(present(x))
    most = 0.9 * N
    v0 = (1 + prior) / (1 - prior)
    c0 = np.nansum(x * x) / n
    if c0 == 0:
        return min(max(v0, overlap), most)
    K = max(1, min(n // 3, N - 1))
    v = v0
    for _ in range(2):
        b = min(bias * v / n, 0.4)
        total, s2 = 1.0, 0.25 ** 2
        for k in range(1, K + 1):
            products = present(x[k:] * x[:-k])
            q = len(products)
            if q >= 2:
                r = products.sum() / q / c0
                r = r * (1 - b) + b
                r = min(max(r, -0.5), 0.98)
                w = s2 / (s2 + 1.2 * (1 - prior ** 2) / q)
                r = w * r + (1 - w) * prior ** k
            else:
                r = prior ** k
            s2 *= 0.8
            if r < 0.1:
                break
            total += 2 * max(0, 1 - k / N) * r
        v = max(1, total)
    return min(max(v, overlap), most)


def f(v, N):
    return v / max(1 - v / N, 0.1)


def midranks(x):
    out = np.full(len(x), NAN)
    there = ~np.isnan(x)
    out[there] = rankdata(x[there]) - (there.sum() + 1) / 2
    return out


def order(s, k):
    if k <= 1:
        return s[0]
    if k >= len(s):
        return s[-1]
    i = math.floor(k)
    return (1 - (k - i)) * s[i - 1] + (k - i) * s[i]


def located(s, sd):
    mid = (len(s) + 1) / 2
    h = min(1.5 * sd, mid - 1)
    return order(s, mid), (order(s, mid + h) - order(s, mid - h)) / (2 * h / sd)


def walsh(d):
    i, j = np.triu_indices(len(d))
    return np.sort((d[i] + d[j]) / 2)


def one_sample(d):
    n = len(d)
    return located(walsh(d), math.sqrt(n * (n + 1) * (2 * n + 1) / 24))


def two_sample(c, e):
    n, m = len(c), len(e)
    return located(np.sort((e[:, None] - c[None, :]).ravel()), math.sqrt(n * m * (n + m + 1) / 12))


def residual(x, h):
    if h == 0:
        return x
    out = x.copy()
    for part in (slice(0, h), slice(h, None)):
        if len(present(x[part])):
            out[part] = out[part] - np.median(present(x[part]))
    return out


def tails(est, se, df, N, lim=LIM, tau=TAU):
    if se <= 1e-12:
        p = 0.5 ** N
        return (p if est > lim else 1.0), (p if -est > lim else 1.0)
    v = se ** 2 + tau ** 2
    nu = v ** 2 / (se ** 4 / df)
    return float(student.sf((est - lim) / math.sqrt(v), nu)), float(student.sf((-est - lim) / math.sqrt(v), nu))


# The level ----------------------------------------------------------------------------------------------------------

def paired(d, h, overlap):
    window = d[h:]
    x = present(window)
    n = len(x)
    if n < 5:
        return None
    v = V(midranks(np.round(residual(d, h), 9)), n, 1 if h == 0 else 2, overlap=overlap)
    if h > 0:
        v = max(v, V(midranks(window), n, 1, overlap=overlap))
        if n < 12:
            v = min(max(v, (1 + PRIOR) / (1 - PRIOR)), 0.9 * n)
    est, s = one_sample(x)
    if s <= 1e-9:
        s = np.std(x, ddof=1) / math.sqrt(n)
    return est, s * math.sqrt(f(v, n)), max(n / math.sqrt(v) - 1, 1), n


def unpaired(a, b, overlap):
    n, m = len(present(a)), len(present(b))
    if n < 5 or m < 5:
        return None
    est, s = two_sample(present(a), present(b))
    if s <= 1e-9:
        s = math.sqrt(np.var(present(a), ddof=1) / n + np.var(present(b), ddof=1) / m)
    if s < 1e-12:
        return None
    vc, ve = V(midranks(a), n, overlap=overlap), V(midranks(b), m, overlap=overlap)
    w = m / (n + m)
    se = s * math.sqrt(w * f(vc, n) + (1 - w) * f(ve, m))
    return est, se, max(n / math.sqrt(vc) + m / math.sqrt(ve) - 2, 1), min(n, m)


def whole(a, b, d, overlap):
    first = paired(d, 0, overlap)
    second = unpaired(a, b, overlap) if first is None or first[1] > 1e-12 else None
    if first is None or (second is not None and second[1] < first[1]):
        return second
    return first


def late(d, h, overlap):
    x = present(d[h:])
    L, n = len(x), len(present(d))
    if L < 3 or n < 12 or n - L < 2 * L:
        return None
    r = np.round(residual(d, h), 9)
    R = midranks(r)
    vn, vl = V(R, n, 2, overlap=overlap), V(R, L, 2, overlap=overlap)
    s2 = np.nansum(r ** 2) / (n - 2)
    se = math.sqrt(s2 * vl / L / max(1 - vn / n, 0.1))
    w = walsh(x)
    return order(w, (len(w) + 1) / 2), se, max(n / math.sqrt(vn) - 2, 1), L


def windows(T):
    half, quarter, eighth = T // 2, T - T // 4, T - max(3, T // 8)
    return half, quarter, eighth if max(3, T // 8) < T // 4 else None


def levels(a, b, d, overlap):
    parts = {}
    level = whole(a, b, d, overlap)
    if level is None:
        return None, parts
    parts["whole"] = tails(*level[:3], level[3] / overlap)
    T = len(d)
    half, quarter, eighth = windows(T)
    if len(present(d[half:])) >= 6:
        p = paired(d, half, overlap)
        parts["half"] = tails(*p[:3], p[3] / overlap)
    if len(present(d[quarter:])) >= 12:
        p = paired(d, quarter, overlap)
        parts["quarter"] = tails(*p[:3], p[3] / overlap)
    elif (p := late(d, quarter, overlap)):
        parts["late4"] = tails(*p[:3], p[3] / overlap)
    if eighth is not None and (p := late(d, eighth, overlap)):
        parts["late8"] = tails(*p[:3], p[3] / overlap)
    return level, parts


# Spikes, scatter ----------------------------------------------------------------------------------------------------

def runs(x, limit):
    beyond = [not math.isnan(value) and value > limit for value in x]
    return sum(now and not before for now, before in zip(beyond, [False, *beyond]))


def sign_tail(k, n):
    return 1.0 if k == 0 else float(betainc(k, n - k + 1, 0.5))


def spikes(d):
    x = present(d)
    m = np.median(x)
    limit = max(0.25, 4 * 1.4826 * np.median(abs(x - m)))
    up, down = runs(d, m + limit), runs(-d, limit - m)
    return sign_tail(up, up + down), sign_tail(down, up + down)


def deviations(z):
    out = np.full(len(z), NAN)
    for i, value in enumerate(z):
        near = present(z[max(0, i - 5):i + 6])
        if not math.isnan(value) and len(near) >= 3:
            out[i] = value - np.median(near)
    return out


def history_spikes(history, c, e):
    X, Y = deviations(np.log(np.concatenate([history, c]))), deviations(np.log(e))
    N, n = len(present(X)), len(present(Y))
    if n < 5 or N < 4 * n:
        return None
    mad = lambda x: np.median(abs(present(x) - np.median(present(x))))
    limit = max(0.25, 4 * 1.4826 * mad(X), 4 * 1.4826 * mad(Y))
    K, U = runs(X, limit), runs(Y, limit)
    counts = [runs(X[i:i + n], limit) for i in range(0, len(X) - n + 1, n)]
    phi = max(1, np.var(counts, ddof=1) / np.mean(counts)) if len(counts) > 1 and np.mean(counts) > 0 else 1
    return 1.0 if U == 0 else float(betainc(U / phi, K / phi + 1, 1.5 * n / (1.5 * n + N)))


def scatter(a, b, traffic, overlap):
    u, w = np.full(len(a), NAN), np.full(len(a), NAN)
    u[1:], w[1:] = abs(np.diff(a)), abs(np.diff(b))
    both = np.concatenate([present(u), present(w)])
    if len(both) < 20:
        return None
    floor = 0.1 * np.median(both)
    if floor == 0:
        return 1.0, 1.0
    g = np.log(np.maximum(w, floor)) - np.log(np.maximum(u, floor))
    shift = np.zeros(len(a))
    if traffic != "equal":
        c, e = traffic
        shift = np.full(len(a), NAN)
        shift[1:] = 0.5 * np.log((1 / e[1:] + 1 / e[:-1]) / (1 / c[1:] + 1 / c[:-1]))
    out = []
    for sign in (1, -1):
        part = np.where(np.isnan(shift), NAN, np.maximum(0, shift) if sign > 0 else np.minimum(0, shift))
        x = np.round(g - part, 9)
        n = len(present(x))
        if n < 15:
            return None
        est, s = one_sample(present(x))
        if s <= 1e-9:
            return 1.0, 1.0
        v = V(midranks(x), n, overlap=overlap)
        out.append(float(student.sf((sign * est - math.log(1.5)) / (s * math.sqrt(f(v, n))), max(n / math.sqrt(v) - 1, 1))))
    return tuple(out)


# Events -------------------------------------------------------------------------------------------------------------

def binomial_tail(e, c, odds):
    return 1.0 if e <= 0 else float(betainc(e, c + 1, odds / (1 + odds)))


def dispersion(d, h, N, phi, overlap):
    prior = PRIOR * max(0, 1 - 1 / phi) if phi > 0 else 0
    r = residual(d, h)
    v = V(r - np.mean(present(r)), N, 1, prior, overlap)
    return max(1, phi * f(v, N))


def counts_high(c, e, h, overlap, is_late):
    def measures(h):
        C, E = present(c[h:]), present(e[h:])
        theta = E.mean() / C.mean() if C.mean() > 0 else 1
        d = e - theta * c
        return C.sum(), E.sum(), d, np.var(present(d[h:]), ddof=1) / (E.mean() + theta ** 2 * C.mean()), len(C)
    if np.nansum(e[h:]) == 0:
        return 1.0
    C, E, d, phi, n = measures(h)
    if is_late:
        phi = max(phi, measures(0)[3])
    F = dispersion(d, h, n, phi, overlap)
    return binomial_tail(E / F, C / F, 1 + DELTA)


def shares(c, e, h, overlap):
    def kappa(x):
        x0 = present(x)
        if x0.sum() == 0:
            return None
        k = np.var(x0, ddof=1) / x0.mean() * f(V(x - x0.mean(), len(x0), overlap=overlap), len(x0))
        return max(k, x0[x0 > 0].min()) if (x0 > 0).sum() < 8 else k
    kc, ke = kappa(c), kappa(e)
    silent = ke is None
    kc, ke = (ke if kc is None else kc), (kc if ke is None else ke)
    C, E = np.nansum(c[h:]) / kc, np.nansum(e[h:]) / ke
    return binomial_tail(E, C, (1 + DELTA) * kc / ke), 1.0 if silent else binomial_tail(C, E, (1 + DELTA) * ke / kc)


def events(c, e, overlap):
    u = min(present(c)[present(c) > 0].tolist() + present(e)[present(e) > 0].tolist(), default=1)
    c, e = c / u, e / u
    multiples = all(abs(x - round(x)) <= 0.01 for x in np.concatenate([present(c), present(e)]))
    both = ~np.isnan(c) & ~np.isnan(e)
    c, e = np.where(both, c, NAN), np.where(both, e, NAN)
    if multiples:
        c, e = np.round(c), np.round(e)

    def part(h, is_late=False):
        if multiples:
            return counts_high(c, e, h, overlap, is_late), counts_high(e, c, h, overlap, is_late)
        return shares(c, e, h, overlap)

    return ("counts" if multiples else "shares"), event_windows(c, part)


def event_windows(c, part):
    parts = {"whole": part(0)}
    half, quarter, eighth = windows(len(c))
    size = lambda h: len(present(c[h:]))
    lateness = lambda h: size(h) >= 3 and size(0) >= 12 and size(0) - size(h) >= 2 * size(h)
    if size(half) >= 6:
        parts["half"] = part(half)
    if size(quarter) >= 12:
        parts["quarter"] = part(quarter)
    elif lateness(quarter):
        parts["late4"] = part(quarter, True)
    if eighth is not None and lateness(eighth):
        parts["late8"] = part(eighth, True)
    return parts


def rates(nc, dc, ne, de, overlap):
    nc, dc = np.where(np.isnan(dc), NAN, nc), np.where(np.isnan(nc), NAN, dc)
    ne, de = np.where(np.isnan(de), NAN, ne), np.where(np.isnan(ne), NAN, de)

    def high(nc, dc, ne, de, h):
        C, E, Dc, De = (np.nansum(x[h:]) for x in (nc, ne, dc, de))
        if E == 0 or Dc == 0 or De == 0:
            return 1.0

        def alone(N, D):
            if np.nansum(N[h:]) == 0:
                return 1.0
            u = N - np.nansum(N[h:]) / np.nansum(D[h:]) * D
            phi = np.var(present(u[h:]), ddof=1) / np.nanmean(N[h:])
            if h > 0:
                phi = max(phi, np.var(present(residual(u, h)), ddof=1) / np.nanmean(N))
            return dispersion(u, h, len(present(N[h:])), phi, overlap)

        def together():
            usable = (dc > 0) & (de > 0)
            g = np.where(usable, (E / De) / (C / Dc) * np.where(usable, de, 1) / np.where(usable, dc, 1), NAN)
            d, independent = ne - g * nc, ne + g ** 2 * nc
            phi = np.var(present(d[h:]), ddof=1) / np.nanmean(independent[h:])
            if h > 0:
                phi = max(phi, np.var(present(residual(d, h)), ddof=1) / np.nanmean(independent))
            return dispersion(d, h, len(present(d[h:])), phi, overlap)

        fc, fe = alone(nc, dc), alone(ne, de)
        if C > 0:
            fp = together()
            if fp * (1 / E + 1 / C) < fe / E + fc / C:
                fc = fe = fp
        return binomial_tail(E / fe, C / fc, (1 + DELTA) * (De / fe) / (Dc / fc))

    both = np.where(np.isnan(ne), NAN, nc)
    return event_windows(both, lambda h, _=False: (high(nc, dc, ne, de, h), high(ne, de, nc, dc, h)))


# One metric ---------------------------------------------------------------------------------------------------------

def combine(parts, direction):
    W = sum(WEIGHTS[name] for name in parts)
    high, low = (min(1, min(p[i] * W / WEIGHTS[name] for name, p in parts.items())) for i in (0, 1))
    return {"increase": high, "decrease": low, "either": min(1, 2 * min(high, low))}[direction]


def judge(case):
    c, e = (np.array(case[arm], dtype=float) for arm in ("control", "experiment"))
    overlap = case.get("overlap", 1)
    level = None
    values = np.concatenate([present(c), present(e)])
    if "requests" in case:
        route = "rates"
        dc, de = (np.array(case["requests"][arm], dtype=float) for arm in ("control", "experiment"))
        parts = rates(c, dc, e, de, overlap)
        with np.errstate(all="ignore"):
            a, b = (np.where(dc > 0, c / dc, NAN), np.where(de > 0, e / de, NAN))
    elif (values > 0).all():
        route, a, b = "logarithms", np.log(c), np.log(e)
        d = np.round(b - a, 9)
        level, parts = levels(a, b, d, overlap)
        if len(present(d)) >= 5:
            parts["spikes"] = spikes(d)
            if "history" in case and (p := history_spikes(np.array(case["history"]), c, e)) is not None:
                parts["spikes"] = (min(1, 2 * min(parts["spikes"][0], p)), parts["spikes"][1])
    elif (values >= 0).all():
        a, b = c, e
        route, parts = events(c, e, overlap) if (~np.isnan(c + e)).sum() >= 5 else ("untested", {})
    else:
        route = "signed"
        S = (abs(present(c)).mean() + abs(present(e)).mean()) / 2
        a, b = c / S, e / S
        level, parts = levels(a, b, np.round(b - a, 9), overlap)
    if parts and "traffic" in case:
        traffic = case["traffic"]
        if traffic != "equal":
            traffic = [np.array(traffic[arm], dtype=float) for arm in ("control", "experiment")]
        if (p := scatter(a, b, traffic, overlap)) is not None:
            parts["scatter"] = p
    if not parts:
        return {"route": "untested"}
    out = {"route": route, "components": parts, "p": combine(parts, case["direction"])}
    if level is not None:
        out["level"] = [float(x) for x in level[:3]]
    return out


# The cases ----------------------------------------------------------------------------------------------------------

RANDOM = np.random.default_rng(20260202)


def autoregressive(n, rho):
    x = RANDOM.normal(size=n)
    for i in range(1, n):
        x[i] = rho * x[i - 1] + math.sqrt(1 - rho ** 2) * x[i]
    return x


def rounded(x, digits=5):
    return [None if math.isnan(v) else float(f"{v:.{digits}g}") for v in x]


def gaps(x, share):
    return np.where(RANDOM.random(len(x)) < share, NAN, x)


def series(kind, n, change):
    """Two arms of one kind; the second changed for good by a factor, or from a late point on."""
    shared = 0.2 * autoregressive(n, 0.9)
    at = RANDOM.integers(0, n) if RANDOM.random() < 0.5 else 0
    factor = np.where(np.arange(n) >= at, change, 1.0)
    if kind == "independent":
        return 100 * np.exp(0.1 * RANDOM.normal(size=n)), 100 * np.exp(0.1 * RANDOM.normal(size=n)) * factor
    if kind == "correlated":
        return 0.02 * np.exp(0.1 * autoregressive(n, 0.7)), 0.02 * np.exp(0.1 * autoregressive(n, 0.7)) * factor
    if kind == "shared":
        return 5e4 * np.exp(shared + 0.05 * RANDOM.normal(size=n)), 5e4 * np.exp(shared + 0.05 * RANDOM.normal(size=n)) * factor
    if kind == "heavy":
        return np.exp(RANDOM.standard_t(2, n)), np.exp(RANDOM.standard_t(2, n)) * factor
    if kind == "spiky":
        return [100 * np.exp(0.1 * RANDOM.normal(size=n)) * np.where(RANDOM.random(n) < share, 3, 1) for share in (0.05, 0.2)]
    if kind == "tied":
        return [np.maximum(1, RANDOM.poisson(8 * f)) for f in (np.ones(n), factor)]
    if kind == "counts":
        return [RANDOM.poisson(1.5 * f * np.exp(shared)) for f in (np.ones(n), factor)]
    if kind == "clustered counts":
        return [RANDOM.negative_binomial(0.5, 0.5 / (0.5 + 2 * f)) for f in (np.ones(n), factor)]
    if kind == "shares":
        requests = RANDOM.integers(50, 90, size=(2, n))
        return [RANDOM.binomial(requests[i], np.minimum(1, 0.02 * f)) / requests[i] for i, f in enumerate((np.ones(n), factor))]
    if kind == "signed":
        return autoregressive(n, 0.5), autoregressive(n, 0.5) + 3 * (factor - 1)
    raise ValueError(kind)


KINDS = ["independent", "correlated", "shared", "heavy", "spiky", "tied", "counts", "clustered counts", "shares", "signed"]


def metric_cases():
    for kind in KINDS:
        for n in (5, 9, 12, 17, 31, 48, 60, 97):
            change = float(RANDOM.choice([1, 0.8, 1.1, 1.5, 2]))
            c, e = (np.asarray(x, dtype=float) for x in series(kind, n, change))
            share = RANDOM.choice([0, 0, 0.1, 0.3])
            if n > 9:
                c, e = gaps(c, share), gaps(e, share)
            case = {"name": f"{kind}, {n} points", "control": rounded(c), "experiment": rounded(e),
                    "direction": str(RANDOM.choice(["either", "increase", "decrease"]))}
            if RANDOM.random() < 0.4:
                case["traffic"] = "equal" if RANDOM.random() < 0.5 else {
                    arm: rounded(RANDOM.uniform(lower, 2 * lower, n), 4) for arm, lower in (("control", 1000), ("experiment", 100))}
            if kind in ("independent", "spiky") and case["direction"] != "decrease" and n in (12, 31):
                case["history"] = rounded(gaps(100 * np.exp(0.1 * RANDOM.normal(size=200)) * np.where(RANDOM.random(200) < 0.05, 3, 1), 0.02))
            if RANDOM.random() < 0.15:
                case["overlap"] = float(RANDOM.choice([2.5, 5, 15]))
            yield case
    for n in (12, 30, 61):
        for control, experiment in ((1000, 1000), (1000, 100), (200, 20)):
            dc, de = (np.round(level * np.exp(0.2 * autoregressive(n, 0.8))) for level in (control, experiment))
            burst = np.exp(0.7 * autoregressive(n, 0.6))
            nc, ne = RANDOM.poisson(0.01 * dc * burst), RANDOM.poisson(0.02 * de * burst)
            if n == 30:
                dc, de[3:6] = gaps(dc, 0.1), 0
                ne[3:6] = 0
            yield {"name": f"rates, {n} points, {control} to {experiment}", "control": rounded(nc), "experiment": rounded(ne),
                   "requests": {"control": rounded(dc), "experiment": rounded(de)}, "direction": "either"}
    # Correlated over more lags than are summed one by one.
    for share in (0, 0.05):
        wander = np.cumsum(RANDOM.normal(size=700)) * 0.02
        c, e = gaps(np.exp(wander), share), gaps(np.exp(0.3 * RANDOM.normal(size=700)), share)
        yield {"name": f"wandering, 700 points, {share} absent", "control": rounded(c), "experiment": rounded(e), "direction": "either"}


def to_array(case):
    as_numbers = lambda x: [NAN if v is None else v for v in x]
    out = dict(case)
    for key in ("control", "experiment", "history"):
        if key in out:
            out[key] = as_numbers(out[key])
    for key in ("traffic", "requests"):
        if isinstance(out.get(key), dict):
            out[key] = {arm: as_numbers(values) for arm, values in out[key].items()}
    return out


def location_cases():
    """Order statistics of all averages and differences, of samples with and without ties."""
    for n, m in ((2, 2), (3, 7), (10, 10), (33, 20), (100, 100), (200, 150)):
        for kind in ("normal", "ties", "heavy"):
            draw = {"normal": lambda k: RANDOM.normal(size=k), "ties": lambda k: RANDOM.poisson(3, k).astype(float),
                    "heavy": lambda k: RANDOM.standard_cauchy(k) * 10 ** RANDOM.uniform(-6, 6, k)}[kind]
            x, y = np.array(rounded(draw(n), 8)), np.array(rounded(draw(m), 8))
            yield {"name": f"{kind}, {n} and {m}", "x": x.tolist(), "y": y.tolist(), "one": located(walsh(x), math.sqrt(n * (n + 1) * (2 * n + 1) / 24)),
                   "two": two_sample(y, x)}


def correlation_cases():
    for n in (8, 30):
        for _ in range(3):
            a = np.array(rounded(RANDOM.poisson(4, n), 4))
            b = np.array(rounded(gaps(a + RANDOM.poisson(4, n), 0.2), 4), dtype=float)
            there = ~np.isnan(b)
            yield {"a": a.tolist(), "b": [None if math.isnan(v) else v for v in b], "spearman": float(spearmanr(a[there], b[there]).statistic)}


def odds_cases():
    from scipy.special import betaincinv
    for a in (0.3, 1, 4.5, 80, 3000):
        for b in (0.7, 1, 12, 900):
            for p in (0.025, 0.05, 0.9, 0.975):
                x = betaincinv(a, b, p)
                if 1e-12 < x < 1 - 1e-6:
                    yield [p, a, b, float(x / (1 - x))]


def main():
    metrics = [{**case, "expected": judge(to_array(case))} for case in metric_cases()]
    write("metrics.json", metrics)
    write("locations.json", list(location_cases()))
    write("correlations.json", list(correlation_cases()))
    write("beta-odds.json", list(odds_cases()))


def write(name, rows):
    """One case a line, so that a change shows as the lines it touches."""
    (HERE / name).write_text("[\n" + ",\n".join(json.dumps(row) for row in rows) + "\n]\n")


if __name__ == "__main__":
    main()
