"""What explain found, as text for a terminal."""

import math
from collections.abc import Mapping
from typing import Any

from pipeline.commands.texts import aligned
from pipeline.explain_results import Value
from pipeline.shown import short

_LARGE = 1e9  # from here on powers of ten are read more easily than digits


def explanation_text(found: Mapping[str, Any]) -> str:
    """The JSON of an explanation in aligned columns."""
    notes = "\n".join(found["notices"])
    return "\n\n".join(filter(None, [_head(found), _account(found), _reasons(found), _lime(found), notes]))


def _head(found: Mapping[str, Any]) -> str:
    what = "probability of bad" if found["decision"] else f"probability of '{short(found['label'])}'"
    said = f"Row {found['row']:,}: {what} {found['probability']:.2%}, log-odds {_signed(found['log_odds'])}"
    return f"{said}; {found['decision']} at the cut-off {found['cutoff']:g}" if found["decision"] else said


def _account(found: Mapping[str, Any]) -> str:
    """From the reference to the row, the largest contribution first."""
    parts = sorted(found["contributions"], key=lambda part: -abs(part["contribution"]))
    rows = [("", "value", "log-odds", "odds ×")]
    rows.append((f"against {found['reference']}", "", _signed(found["intercept"]), ""))
    rows += [(short(part["field"]), _value(part), _signed(part["contribution"]), _times(part["contribution"])) for part in parts]
    rows.append(("together", "", _signed(found["intercept"] + math.fsum(part["contribution"] for part in parts)), ""))
    return f"{aligned(rows)}\nThe background is all {found['n_background']:,} rows of the file."


def _reasons(found: Mapping[str, Any]) -> str:
    if found["decision"] is None:
        return ""
    if not found["principal_reasons"]:
        return f"Nothing speaks against the row, compared with {found['reasons_reference']}."
    rows = [
        (f"{one['rank']}. {short(one['field'])}", _value(one), _signed(one["contribution"])) for one in found["principal_reasons"]
    ]
    return f"Principal reasons, against {found['reasons_reference']}:\n{aligned(rows)}"


def _lime(found: Mapping[str, Any]) -> str:
    lime = found["lime"]
    if lime is None:
        return ""
    rows = [("LIME", "weight", "95% over seeds")]
    rows += [
        (
            f"{short(one['field'])} {short(one['rule'])}",
            _signed(one["weight"], 4),
            f"{_signed(one['low'], 4)} to {_signed(one['high'], 4)}",
        )
        for one in lime["weights"]
    ]
    about = (
        f"Local R² {lime['local_r2']:.2f}; {lime['n_samples']:,} samples, seed {lime['seed']}, kernel width "
        f"{lime['kernel_width']:.3g}, {lime['n_seeds']} repeats; lime {lime['version']}. Weights are on the probability."
    )
    return "\n".join([aligned(rows), about, *lime["sentences"]])


def _value(part: Mapping[str, Any]) -> str:
    value: Value = part["value"]
    if value is None:
        return "" if " × " in part["field"] else "missing"
    return short(value, 24) if isinstance(value, str) else f"{value:,.6g}".replace("-", "−")


def _signed(value: float, digits: int = 3) -> str:
    return (f"{value:+,.{digits}f}" if abs(value) < _LARGE else f"{value:+.3g}").replace("-", "−")


def _times(contribution: float) -> str:
    return f"{math.exp(contribution):,.3g}" if abs(contribution) < 30 else "–"
