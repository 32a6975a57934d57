"""Loops over rows for many models at once, compiled: gradients of all fold models in one pass, and Hessians of one model.

Rows come in tiles of 256 rows of one fold, columns first, so that the processor takes 8 rows at a step. Categories are joined in
pairs where that makes few enough levels; their weights stand in a table with a line of `LANES` models for each joint level.
"""

import numpy as np

from pipeline.fitting.compiled import compiled

TILE = 256
LANES = 8
_FAST = {"reassoc", "contract", "arcp", "nsz"}  # sums in any order; infinities and NaN stay what they are
_LOG2E = 1.4426950408889634
_LN2_HIGH = 0.693145751953125
_LN2_LOW = 1.4286068203094172e-06


@compiled(fastmath=_FAST, inline="always")
def _probabilities(eta, powers, bits):  # type: ignore[no-untyped-def]
    """Replaces log-odds by probabilities, to 1e-12: exp by a polynomial and a shift of the exponent (Cody and Waite 1980)."""
    for i in range(TILE):
        x = -eta[i]
        x = min(max(x, -700.0), 700.0)
        k = np.int64(x * _LOG2E + 1100.5) - 1100
        n = np.float64(k)
        r = (x - n * _LN2_HIGH) - n * _LN2_LOW
        p = 2.755731922398589e-07
        p = p * r + 2.7557319223985893e-06
        p = p * r + 2.48015873015873e-05
        p = p * r + 0.0001984126984126984
        p = p * r + 0.001388888888888889
        p = p * r + 0.008333333333333333
        p = p * r + 0.041666666666666664
        p = p * r + 0.16666666666666666
        p = p * r + 0.5
        p = p * r + 1.0
        eta[i] = p * r + 1.0
        bits[i] = (k + 1023) << 52
    for i in range(TILE):
        eta[i] = 1.0 / (1.0 + eta[i] * powers[i])


@compiled(fastmath=_FAST, inline="always")
def _add_dense(eta, x, weights):  # type: ignore[no-untyped-def]
    P = len(weights)
    j = 0
    while j + 4 <= P:
        a, b, c, d = weights[j], weights[j + 1], weights[j + 2], weights[j + 3]
        for i in range(TILE):
            eta[i] += a * x[j, i] + b * x[j + 1, i] + c * x[j + 2, i] + d * x[j + 3, i]
        j += 4
    while j < P:
        a = weights[j]
        for i in range(TILE):
            eta[i] += a * x[j, i]
        j += 1


@compiled(fastmath=_FAST)
def gradients(  # type: ignore[no-untyped-def]
    tiles,
    codes,
    gap_start,
    gap_column,
    bad,
    live,
    tile_fold,
    left_out,
    intercept,
    dense,
    table,
    gap,
    weight,
    g_dense,
    g_table,
    g_gap,
):
    """Sums of residuals times columns of up to 8 models, each over all tiles but those of the fold that it leaves out.

    tiles (tiles, P, 256); codes (rows, K), lines of `table`; gap_start (rows + 1,) and gap_column: the columns whose value is
    missing in each row, in which a model adds gap (P, 8); bad and live (tiles, 256), live 0 for padding; tile_fold (tiles,);
    left_out (M,); intercept (8,), dense (M, P), table (L, 8); weight (M, 2) of a good and of a bad. Adds to g_dense (M, P + 1),
    the intercept's last, g_table (L, 8) and g_gap (P, 8).
    """
    n_tiles, P = tiles.shape[0], tiles.shape[1]
    K, M = codes.shape[1], len(left_out)
    lines = np.empty((TILE, LANES))
    eta, residual = np.empty(TILE), np.zeros((LANES, TILE))
    bits = np.empty(TILE, np.int64)
    powers = bits.view(np.float64)
    for t in range(n_tiles):
        x, base = tiles[t], t * TILE
        for i in range(TILE):
            for m in range(LANES):
                lines[i, m] = intercept[m]
            for k in range(K):
                c = codes[base + i, k]
                for m in range(LANES):
                    lines[i, m] += table[c, m]
            for at in range(gap_start[base + i], gap_start[base + i + 1]):
                j = gap_column[at]
                for m in range(LANES):
                    lines[i, m] += gap[j, m]
        for m in range(M):
            r = residual[m]
            if left_out[m] == tile_fold[t]:
                for i in range(TILE):
                    r[i] = 0.0
                continue
            for i in range(TILE):
                eta[i] = lines[i, m]
            _add_dense(eta, x, dense[m])
            _probabilities(eta, powers, bits)
            good_weight, more = weight[m, 0], weight[m, 1] - weight[m, 0]
            total = 0.0
            for i in range(TILE):
                y = bad[t, i]
                r[i] = (eta[i] - y) * (good_weight + more * y) * live[t, i]
                total += r[i]
            g_dense[m, P] += total
            for j in range(P):
                total = 0.0
                for i in range(TILE):
                    total += r[i] * x[j, i]
                g_dense[m, j] += total
        for i in range(TILE):
            r0, r1, r2, r3 = residual[0, i], residual[1, i], residual[2, i], residual[3, i]
            r4, r5, r6, r7 = residual[4, i], residual[5, i], residual[6, i], residual[7, i]
            for k in range(K):
                g = g_table[codes[base + i, k]]
                g[0] += r0
                g[1] += r1
                g[2] += r2
                g[3] += r3
                g[4] += r4
                g[5] += r5
                g[6] += r6
                g[7] += r7
            for at in range(gap_start[base + i], gap_start[base + i + 1]):
                g = g_gap[gap_column[at]]
                g[0] += r0
                g[1] += r1
                g[2] += r2
                g[3] += r3
                g[4] += r4
                g[5] += r5
                g[6] += r6
                g[7] += r7


@compiled(fastmath=_FAST)
def hessian(  # type: ignore[no-untyped-def]
    tiles,
    codes,
    gap_start,
    gap_column,
    bad,
    live,
    first,
    last,
    intercept,
    dense,
    table,
    shift,
    good_weight,
    bad_weight,
    h_dense,
    h_cross,
    h_table,
):
    """Weighted products of columns of one model over the tiles from first to last: dense (P + 1, P + 1) with the intercept last,
    cross (L, at least P + 1) and table (L, L), lower codes' groups first. `shift` (P,) is added where a value is missing."""
    P, K = tiles.shape[1], codes.shape[1]
    wide = h_cross.shape[1]
    eta, scaled = np.empty(TILE), np.empty((P + 1, TILE))
    across, x = np.zeros((TILE, wide)), np.empty((P, TILE))
    bits = np.empty(TILE, np.int64)
    powers = bits.view(np.float64)
    for t in range(first, last):
        base = t * TILE
        for a in range(P):
            for i in range(TILE):
                x[a, i] = tiles[t, a, i]
        for i in range(TILE):
            for at in range(gap_start[base + i], gap_start[base + i + 1]):
                x[gap_column[at], i] += shift[gap_column[at]]
            total = intercept
            for k in range(K):
                total += table[codes[base + i, k]]
            eta[i] = total
        _add_dense(eta, x, dense)
        _probabilities(eta, powers, bits)
        for i in range(TILE):
            weight = good_weight + (bad_weight - good_weight) * bad[t, i]
            eta[i] = eta[i] * (1.0 - eta[i]) * weight * live[t, i]
        for a in range(P + 1):
            for i in range(TILE):
                scaled[a, i] = eta[i] * x[a, i] if a < P else eta[i]
            for b in range(min(a + 1, P)):
                total = 0.0
                for i in range(TILE):
                    total += scaled[a, i] * x[b, i]
                h_dense[a, b] += total
        total = 0.0
        for i in range(TILE):
            total += eta[i]
        h_dense[P, P] += total
        for i in range(TILE):
            for a in range(P + 1):
                across[i, a] = scaled[a, i]
            for k in range(K):
                c = codes[base + i, k]
                for a in range(wide):
                    h_cross[c, a] += across[i, a]
                for q in range(k):
                    h_table[codes[base + i, q], c] += eta[i]


@compiled()
def descend(A, g, l1, start, sweeps, enough):  # type: ignore[no-untyped-def]
    """Coordinate descent on g'd + d'Ad/2 + sum l1 |start + d|: d, at most `sweeps` rounds, until no step is above `enough`.

    Rounds over all columns alternate with rounds over those that are not 0 (Friedman, Hastie and Tibshirani 2010).
    """
    p = len(g)
    d, q = np.zeros(p), g.copy()
    for _sweep in range(sweeps):
        largest = _round(A, l1, start, d, q, False)
        if largest <= enough:
            break
        for _ in range(20):
            if _round(A, l1, start, d, q, True) <= enough:
                break
    return d


@compiled()
def _round(A, l1, start, d, q, only_active):  # type: ignore[no-untyped-def]
    p = len(q)
    largest = 0.0
    for j in range(p):
        now = start[j] + d[j]
        if only_active and now == 0.0 and l1[j] > 0.0:
            continue
        curvature = A[j, j]
        if curvature <= 0.0:
            continue
        target = now - q[j] / curvature
        room = l1[j] / curvature
        then = target - room if target > room else (target + room if target < -room else 0.0)
        step = then - now
        if step != 0.0:
            d[j] += step
            for i in range(p):
                q[i] += A[j, i] * step
            largest = max(largest, abs(step))
    return largest
