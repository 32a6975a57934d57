"""Words above lines, side by side: each stands over its line unless another is too near."""

from collections.abc import Sequence
from dataclasses import dataclass

_LETTER = 6.0  # pixels of one at the size of a label
_GAP = 14.0  # between two labels


@dataclass(frozen=True)
class Label:
    """`at` is the share of the width where the line stands."""

    at: float
    words: str

    @property
    def width(self) -> float:
        return _LETTER * len(self.words)


def placed(labels: Sequence[Label], width: float) -> list[int]:
    """How many pixels to the right each label is moved, so that none meets another or leaves the figure.

    `width` is the least that the figure has; in a wider one they stand further apart.
    """
    order = sorted(range(len(labels)), key=lambda i: (labels[i].at, i))
    middles = {i: labels[i].at * width for i in order}
    for at, i in enumerate(order):  # to the right, out of the way of those before
        half = labels[i].width / 2
        least = half if at == 0 else middles[order[at - 1]] + labels[order[at - 1]].width / 2 + _GAP + half
        middles[i] = max(middles[i], least)
    edge = width
    for i in reversed(order):  # back, so that the last ends within the figure
        half = labels[i].width / 2
        middles[i] = min(middles[i], edge - half)
        edge = middles[i] - half - _GAP
    return [round(middles[i] - labels[i].at * width) for i in range(len(labels))]
