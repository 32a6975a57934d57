"""What is known of each column while an upload is looked at: its type, its role and what should be told of it."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from dashapp import theme
from dashapp.usecases.intake import Preview, UploadView
from pipeline.profiling.results import Alert
from pipeline.results import ColumnSummary

ROLE_WORDS = {
    "feature": "input",
    "target": "outcome",
    "identifier": "key",
    "excluded": "left out",
    "segment": "segment",
    "date": "date",
    "weight": "weight",
}
KIND_PICTURES = {"number": "hash", "category": "tag", "text": "type", "date": "calendar3"}
_COUNTED = (
    ("feature", "input", ""),
    ("segment", "segment", ""),
    ("identifier", "key", ""),
    ("date", "date", ""),
    ("weight", "weight", ""),
    ("excluded", "left out", "left out"),
)


@dataclass(frozen=True)
class Seen:
    """One column on the page. `summary` is there once all rows were looked at."""

    name: str
    kind: str
    role: str
    suggested: str
    reason: str
    chosen_kind: bool
    codes: tuple[tuple[str, str], ...]
    summary: ColumnSummary | None
    alerts: tuple[Alert, ...] = ()
    suspected: tuple[tuple[str, int], ...] = ()  # values that look like special codes, with their rows

    @property
    def note(self) -> str:
        """What does not convert, or nearly would; and the special codes."""
        parts = []
        column = self.summary
        if column is not None and column.n_unread:
            of = theme.count(column.n_rows)
            parts.append(f"{theme.count(column.n_unread)} of {of} would not convert: {_few(column.unread)}")
        elif column is not None and column.nearly and column.n_against:
            parts.append(f"a {column.nearly} but for {theme.count(column.n_against)}: {_few(column.against)}")
        if self.codes:
            shown = ", ".join(code.replace("-", theme.MINUS) for code, _ in self.codes[:4])
            more = f" and {len(self.codes) - 4} more" if len(self.codes) > 4 else ""
            parts.append(f"{'code' if len(self.codes) == 1 else 'codes'} {shown}{more}")
        return "; ".join(parts)

    @property
    def noted(self) -> bool:
        return bool(self.note or self.reason or self.alerts or self.chosen_kind)


def seen(view: UploadView, preview: Preview | None) -> tuple[Seen, ...]:
    """The columns in the order of the file: of all rows where they were looked at, else of the first ones."""
    choices, kinds = view.choices, view.recipe.kinds
    if view.findings is None:
        if preview is None:
            return ()
        return tuple(
            Seen(
                name,
                kinds.get(name, kind),
                _role(name, "feature", view),
                "feature",
                "",
                name in kinds,
                tuple(choices.codes.get(name, {}).items()),
                None,
            )
            for name, kind in zip(preview.names, preview.kinds, strict=True)
        )
    profile = view.findings.profile
    alerts: dict[str, list[Alert]] = {}
    for alert in profile.alerts if profile is not None else ():
        if alert.column is not None:
            alerts.setdefault(alert.column, []).append(alert)
    suspected = {column.name: column.suspected_codes for column in profile.columns} if profile is not None else {}
    return tuple(
        Seen(
            column.name,
            column.kind,
            _role(column.name, column.role, view),
            column.role,
            column.reason,
            column.name in kinds,
            tuple(choices.codes.get(column.name, {}).items()),
            column,
            tuple(alerts.get(column.name, ())),
            suspected.get(column.name, ()),
        )
        for column in view.findings.columns
    )


def _role(name: str, suggested: str, view: UploadView) -> str:
    if name == view.choices.target:
        return "target"
    role = view.choices.roles.get(name, suggested)
    return "feature" if role == "target" else role


def summary(columns: Sequence[Seen]) -> str:
    """19 inputs, 1 key, 2 left out."""
    roles = Counter(column.role for column in columns)
    parts = [theme.plural(roles[role], noun, many) for role, noun, many in _COUNTED if roles[role]]
    return ", ".join(parts) or "no inputs"


def _few(texts: tuple[str, ...]) -> str:
    return ", ".join(f"‘{text[:24]}’" for text in texts[:2]) + (" …" if len(texts) > 2 else "")
