"""What a run says over two of its fields, all others held: frozen, JSON in and out where it is stored, importable without numpy.

Numbers stand on an axis at their own values, levels at 0, 1, 2, ... The surface is [place on y][place on x].
"""

from dataclasses import dataclass

from pipeline.explain_results import Value
from pipeline.shown import short
from pipeline.study_results import FORMAT, Stored

MOST_POINTS = 400  # rows that are drawn one by one


@dataclass(frozen=True)
class Axis:
    """A field as it is drawn. `values` are of a number: ascending, evenly spaced; `levels` of a category, None for a gap.

    Of a number that enters in steps the values are even between the edges of those, and lie close on both sides of each. Of many
    levels the most frequent are drawn: `n_levels` says how many there are.
    """

    field: str
    values: tuple[float, ...] = ()
    levels: tuple[str | None, ...] = ()
    n_levels: int = 0
    whole: bool = False  # only whole numbers
    stepped: bool = False  # the log-odds go up and down in steps over this number
    is_cut: bool = False  # training rows reach further than the axis
    label: str = ""  # what the run calls it; "" for its own name
    unit: str = ""

    @property
    def is_number(self) -> bool:
        return bool(self.values)

    @property
    def name(self) -> str:
        return self.label or self.field

    @property
    def places(self) -> tuple[float, ...]:
        return self.values or tuple(map(float, range(len(self.levels))))

    @property
    def low(self) -> float:
        return self.values[0] if self.values else -0.5

    @property
    def high(self) -> float:
        return self.values[-1] if self.values else len(self.levels) - 0.5

    @property
    def names(self) -> tuple[str, ...]:
        """Of the levels, as they are written; of a long one its beginning."""
        return tuple("(missing)" if level is None else short(level) for level in self.levels)

    def place(self, value: Value) -> float | None:
        """Where a value stands; None where it is not drawn."""
        if not self.values:
            return float(self.levels.index(value)) if value in self.levels else None
        inside = isinstance(value, int | float) and self.low <= value <= self.high
        return float(value) if inside and value is not None else None


@dataclass(frozen=True)
class Line:
    """A chain of points where the probability is `level`; between two classes there is no such level."""

    x: tuple[float, ...]
    y: tuple[float, ...]
    level: float | None = None


@dataclass(frozen=True)
class Parts:
    """What the log-odds of a class are made of at every place: constant + of_x[i] + of_y[j] + Σ u[i] · v[j] of the products.

    The constant is the log-odds with both fields as they are held; the rest is what moving them from there adds.
    """

    label: str
    constant: float
    of_x: tuple[float, ...]
    of_y: tuple[float, ...]
    products: tuple[tuple[tuple[float, ...], tuple[float, ...]], ...] = ()

    def at(self, i: int, j: int) -> tuple[float, float, float, float]:
        """The four parts at a place of x and of y; their sum is the log-odds."""
        return self.constant, self.of_x[i], self.of_y[j], sum(u[i] * v[j] for u, v in self.products)


@dataclass(frozen=True)
class Power:
    """coefficient · x^of_x · y^of_y of an equation, where x and y stand for `Equation.names`."""

    coefficient: float
    of_x: int
    of_y: int


@dataclass(frozen=True)
class Step:
    """What a level, or a range of a number that enters in steps, adds: a constant, and a slope over the other field."""

    name: str
    constant: float
    slope: float = 0.0


@dataclass(frozen=True)
class Pair:
    """What two levels add together."""

    x: str
    y: str
    constant: float


@dataclass(frozen=True)
class Equation:
    """Log-odds as a function of the two fields in their own units; everything that is held is folded into the constant.

    log-odds = constant + Σ powers + the step of x (· y) + the step of y (· x) + the pair. `names` are what the powers are of:
    "age", "ln(1 + income)". `shape` is what the boundary is where that can be said: line, ellipse, hyperbola, parabola, or "".
    """

    label: str
    names: tuple[str, str]
    constant: float
    powers: tuple[Power, ...] = ()
    x_steps: tuple[Step, ...] = ()
    y_steps: tuple[Step, ...] = ()
    pairs: tuple[Pair, ...] = ()
    shape: str = ""
    centre: tuple[float, float] | None = None  # of an ellipse or a hyperbola
    line: tuple[float, float] | None = None  # at the cut-off y = line[0] + line[1] · x
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Surface:
    """A run over two fields. For two classes `probability` is that of bad, `target` the log-odds at the cut-off.

    For three classes and more it is that of `label`, or of each place's most probable class. `region` names that class by its
    place in `labels`, on a finer grid from end to end of a number's axis.
    """

    x: Axis
    y: Axis
    labels: tuple[str, ...]
    label: str | None
    cutoff: float | None
    target: float | None  # infinite where every probability falls on one side
    probability: tuple[tuple[float, ...], ...]
    log_odds: tuple[tuple[float, ...], ...]  # of bad, before an isotonic recalibration; of two classes alone
    region: tuple[tuple[int, ...], ...]
    lines: tuple[Line, ...]  # the boundary
    levels: tuple[Line, ...]  # further lines of equal probability, two numbers alone
    parts: tuple[Parts, ...]  # one class where one is drawn; of regions all, or none where that would be too many numbers
    equations: tuple[Equation, ...]  # likewise, of a few classes; none of a class without coefficients
    held: tuple[tuple[str, Value], ...]  # every other field
    at: tuple[Value, Value]  # where the two fields are held

    @property
    def equation(self) -> Equation | None:
        """That of the one class that is drawn; None for regions, and for a class without coefficients."""
        one = self.cutoff is not None or self.label is not None
        return self.equations[0] if one and self.equations else None

    def refuses(self, i: int, j: int) -> bool:
        """Whether the probability at a place of x and of y reaches the cut-off; never for three classes and more."""
        return self.target is not None and self.log_odds[j][i] >= self.target

    @property
    def refused(self) -> float:
        """The share of the places that are refused."""
        cells = [self.refuses(i, j) for j, row in enumerate(self.log_odds) for i in range(len(row))]
        return sum(cells) / len(cells) if cells else 0.0


@dataclass(frozen=True)
class RowCell:
    """Rows that fall into one cell of the picture; `counts` by class, in the order of the labels."""

    x: float
    y: float
    counts: tuple[int, ...]


@dataclass(frozen=True)
class RowPoint:
    """A row. `score` is the run's probability of bad; of three classes and more `said` is the place of the class it chose."""

    x: float
    y: float
    outcome: int
    score: float | None = None
    said: int | None = None


@dataclass(frozen=True)
class BoundaryRows(Stored):
    """The rows of a part of the run over two fields: all of them counted in cells, and a sample as points.

    The sample takes of each class the share that it has among the rows that can be drawn.
    """

    part: str
    n_rows: int
    n_missing: int  # lack one of the two fields, or hold a special code there
    n_outside: int  # beyond the picture
    cells: tuple[RowCell, ...]
    points: tuple[RowPoint, ...]
    format: int = FORMAT

    @property
    def n_drawn(self) -> int:
        return self.n_rows - self.n_missing - self.n_outside


@dataclass(frozen=True)
class AucOf:
    """An AUC and its 95% interval; for three classes and more the mean of each class against all others."""

    auc: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class TwoFieldModel(Stored):
    """A model trained as the run was, on two of its fields only, and the run itself on the same rows."""

    fields: tuple[str, str]
    model: str  # its JSON
    part: str
    n_rows: int
    own: AucOf
    full: AucOf
    difference: AucOf | None = None  # own less full on the same rows, DeLong et al. (1988); two classes
    left_out: tuple[str, ...] = ()  # of the two fields
    warnings: tuple[str, ...] = ()
    format: int = FORMAT
