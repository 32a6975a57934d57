"""How a saved data set was read: its file, the recipe, the repairs, and the way to a new version."""

from collections.abc import Sequence

from dash import dcc, html
from dash.development.base_component import Component

from dashapp import theme
from dashapp.tabs.intake import marks
from dashapp.tabs.intake.columns import ROLE_WORDS
from dashapp.usecases.datasets import DatasetView
from dashapp.widgets.basics import Children, card, empty, facts, icon, link_button
from dashapp.widgets.heads import dataset_head
from dashapp.widgets.tables import Column, table
from pipeline.reading.findings import Repair
from pipeline.reading.recipe import Recipe

_CONTAINERS = {"text": "delimited text", "parquet": "Parquet", "xlsx": "Excel workbook"}


def body(view: DatasetView) -> list[Component]:
    head = dataset_head(view, "Intake")
    if "format" not in view.recipe:
        return [
            *head,
            empty("box-seam", "It came with this installation", view.description or "It was not read from a file here."),
        ]
    recipe = Recipe.from_json(view.recipe)
    return [
        *head,
        html.Div(
            [
                html.Div([_recipe(recipe, view), _repairs(view)], className="sd-8 sd-stack", style={"gap": "16px"}),
                html.Div([_file(view), _versions(view)], className="sd-4 sd-stack", style={"gap": "16px"}),
            ],
            className="sd-grid sd-intake",
            style={"alignItems": "start"},
        ),
        *_roles(view),
    ]


def _recipe(recipe: Recipe, view: DatasetView) -> Component:
    title = f"Read as {theme.plural(view.n_rows, 'row')} and {theme.plural(len(view.columns), 'column')}"
    return card(title, facts(*_marks(recipe)), under="The reading recipe: a new version of this file is read the same way.")


def _marks(recipe: Recipe) -> list[tuple[str, Children]]:
    wrapped = {"gzip": ", gzip", "zip": ", zip"}.get(recipe.compression, "")
    pairs: list[tuple[str, Children]] = [("Format", f"{_CONTAINERS.get(recipe.container, recipe.container)}{wrapped}")]
    if recipe.container == "xlsx":
        pairs.append(("Sheet", recipe.sheet or "the first"))
    if recipe.container == "text":
        pairs += [_mark(mark, recipe) for mark in (marks.SEPARATOR, marks.ENCODING, marks.QUOTE, marks.ESCAPE)]
    if recipe.container != "parquet":
        pairs.append(("Header", f"row {recipe.skipped_lines + 1}" if recipe.header else "none"))
        if recipe.footer_lines:
            pairs.append(("Lines below the table", f"{theme.count(recipe.footer_lines)} skipped"))
        pairs += [_mark(mark, recipe) for mark in (marks.DECIMAL, marks.THOUSANDS, marks.DATES)]
    missing = [part for value in recipe.missing for part in (html.Kbd(marks.word(value)), " ")]
    pairs.append(("Missing marks", missing or "none"))
    if recipe.kinds:
        pairs.append(("Types you chose", ", ".join(f"{name}: {kind}" for name, kind in recipe.kinds.items())))
    return pairs


def _mark(mark: marks.Mark, recipe: Recipe) -> tuple[str, Children]:
    value = getattr(recipe, mark.field)
    chip = [html.Kbd(marks.sign(value)), " "] if mark.chip and value else []
    return mark.label, [*chip, marks.words(mark, value)]


def _repairs(view: DatasetView) -> Component:
    repairs = [Repair.from_json(stored) for stored in view.recipe.get("repairs", [])]
    told = [(repair.title, repair.detail, repair.lines, repair.n_lines) for repair in repairs]
    told += [(text, "", (), 0) for text in view.recipe.get("notices", []) if not repairs]
    if not told:
        return card("No repair was needed", html.P("The table stands in the file as it was read.", className="sd-meta"))
    rows = [
        html.Li(
            [
                html.Span(icon("check2"), className="sd-switch-none"),
                html.Div([html.Strong(title), f" {detail}", *_where(lines, n)]),
            ]
        )
        for title, detail, lines, n in told
    ]
    return card(
        theme.plural(len(told), "repair"),
        html.Div(html.Ul(rows), className="sd-repairs"),
        under="What was not read as it stands in the file. The file itself was never changed.",
    )


def _where(lines: Sequence[int], n_lines: int) -> list[Component]:
    if not lines:
        return []
    more = f" and {theme.count(n_lines - len(lines))} more" if n_lines > len(lines) else ""
    return [html.Div(f"{'Line' if n_lines == 1 else 'Lines'} {', '.join(map(theme.count, lines))}{more}.", className="sd-meta")]


def _file(view: DatasetView) -> Component:
    pairs: list[tuple[str, Children]] = [
        ("File", view.source),
        ("Size", theme.size(view.n_bytes) if view.n_bytes else theme.NOTHING),
        ("Added", theme.when(view.created_at)),
    ]
    if view.sha256:
        pairs.append(("SHA-256", html.Code(view.sha256, className="sd-hash")))
    return card("The file", facts(*pairs), under="Its hash tells whether another file is the same to the last byte.")


def _versions(view: DatasetView) -> Component:
    others: list[Children] = []
    if view.replaces_id is not None:
        others.append(html.P(["It replaces ", dcc.Link("the version before", href=f"/data/{view.replaces_id}/intake"), "."]))
    if view.newer_id is not None:
        others.append(html.P(["There is ", dcc.Link("a newer version", href=f"/data/{view.newer_id}/intake"), "."]))
    add = link_button("Upload a new version", f"/data/new?replaces={view.id}", icon_name="upload")
    words = "Next month's file is read by this recipe; what differs is told before you save. This version and its runs stay."
    return card(
        f"Version {view.version}",
        [*others, html.P(words, className="sd-meta"), *([html.Div(add)] if view.mine else [])],
    )


def _roles(view: DatasetView) -> list[Component]:
    """Columns that are no plain inputs, and why; columns with special codes."""
    rows: list[list[Children]] = [
        [column.name, column.kind, ROLE_WORDS.get(column.role, column.role), _codes(column.codes), column.reason or theme.NOTHING]
        for column in view.columns
        if column.role != "feature" or column.codes
    ]
    if not rows:
        return []
    heads = [Column("Column"), Column("Type"), Column("Role"), Column("Special codes"), Column("Why")]
    return [
        card(
            "Roles and special codes",
            table(heads, rows, label="Roles", wrap=True),
            under="All other columns are inputs.",
            flush=True,
        )
    ]


def _codes(codes: Sequence[tuple[str, str]]) -> Children:
    if not codes:
        return theme.NOTHING
    return [part for code, means in codes for part in (html.Kbd(code), f" {'own level' if means == 'level' else 'missing'} ")]
