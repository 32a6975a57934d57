"""Every ugly public file, with the outcome that a careful analyst wants, written by hand from the file itself."""

from dataclasses import dataclass, field

import pytest

from pipeline.errors import ReadingError
from pipeline.reading import check_and_open


@dataclass(frozen=True)
class Read:
    """The file is read: its names, its rows, some of their cells as texts (row from 0), and what must be told."""

    names: str  # separated by |
    n_rows: int
    cells: dict[tuple[int, str], str | None] = field(default_factory=dict)
    repairs: tuple[str, ...] = ()


@dataclass(frozen=True)
class Refused:
    kind: str
    says: str  # a part of its sentence


ABC = "a|b|c"
KS = (
    "state|county|fips|nsn|item_name|quantity|ui|acquisition_cost|total_cost|ship_date|federal_supply_category"
    "|federal_supply_category_name|federal_supply_class|federal_supply_class_name"
)
STATES = (
    "Montgomery GI Bill{0}Active Duty|Montgomery GI Bill{1}Selective Reserve|Dependents' Educational Assistance"
    "|Reserve Educational Assistance Program|Post-Vietnam Era Veteran's Educational Assistance Program|TOTAL"
)
CHARGERS = (
    "n_amenageur|n_operateur|n_enseigne|id_station|n_station|ad_station|code_insee|Xlongitude|Ylatitude|nbre_pdc|id_pdc"
    "|puiss_max|type_prise|acces_recharge|accessibilité|observations|date_maj"
)
BUDGET = (
    "INCISO|NOMBREINCISO|UE|NOMBREUE|AÑO|CODIGOAP|NOMBREAP|DESCRIPCIONAP|CODIGOPROGRAMA|NOMBREPROGRAMA|DESCRIPCIONPROGRAMA"
    "|INCISOCODIGO|UECODIGO|ue_cod|presupuestado|pfi|pbi"
)
BODIES = (
    "id|name|abbreviation|other_names|description|classification|parent_id|founding_date|dissolution_date|image|url"
    "|jurisdiction_code|email|address|contact|tags|source_url"
)

OUTCOMES = {
    "csv-spectrum/comma_in_quotes.csv": Read("first|last|address|city|zip", 1, {(0, "city"): "Anytown, WW", (0, "zip"): "08123"}),
    "csv-spectrum/empty.csv": Read(ABC, 2, {(0, "b"): "", (1, "c"): "4"}),
    "csv-spectrum/empty_crlf.csv": Read(ABC, 2, {(0, "b"): "", (1, "c"): "4"}),
    "csv-spectrum/escaped_quotes.csv": Read("a|b", 2, {(0, "b"): 'ha "ha" ha', (1, "a"): "3"}),
    "csv-spectrum/json.csv": Read("key|val", 1, {(0, "val"): '{"type": "Point", "coordinates": [102.0, 0.5]}'}),
    "csv-spectrum/newlines.csv": Read(ABC, 3, {(1, "a"): "Once upon \na time", (2, "c"): "9"}),
    "csv-spectrum/newlines_crlf.csv": Read(ABC, 3, {(1, "a"): "Once upon \na time", (2, "c"): "9"}),
    "csv-spectrum/quotes_and_newlines.csv": Read("a|b", 2, {(0, "b"): 'ha \n"ha" \nha', (1, "b"): "4"}),
    "csv-spectrum/simple.csv": Read(ABC, 1, {(0, "a"): "1", (0, "c"): "3"}),
    "csv-spectrum/simple_crlf.csv": Read(ABC, 1, {(0, "a"): "1", (0, "c"): "3"}),
    "csv-spectrum/utf8.csv": Read(ABC, 2, {(1, "c"): "ʤ"}),
    # A row of delimiters and a title above the header, two lines of a note below the rows.
    "csvkit/Datagov_FY10_EDU_recp_by_State.csv": Read(
        "State Name|State Abbreviate|Post-9/11GI Bill Program|" + STATES.format(" - ", " - "),
        53,
        {(0, "State Name"): "ALABAMA", (0, "TOTAL"): "19,582", (52, "State Name"): "PHILIPPINES", (52, "TOTAL"): "472"},
        ("preamble", "footer", "marks"),
    ),
    # Each line ends with a comma too many; the last one holds commas only.
    "csvkit/FY09_EDU_Recipients_by_State.csv": Read(
        "State Name|State Abbreviate|Code|" + STATES.format("-", "- "),
        52,
        {(0, "Code"): "01", (51, "State Name"): "PUERTO RICO", (51, "TOTAL"): "4,424"},
        ("blank_columns", "footer", "marks"),
    ),
    "csvkit/bad.csv": Refused("ragged", "2 of 3 row(s)"),
    "csvkit/bad_skip_lines.csv": Refused("ragged", "beginning with line 5"),
    "csvkit/blanks.csv": Read("a|b|c|d|e|f", 1, {(0, "a"): "", (0, "b"): "NA", (0, "f"): "."}),
    "csvkit/date_like_number.csv": Read("a", 1, {(0, "a"): "4.5"}, ("one_column",)),
    "csvkit/dummy.csv.gz": Read(ABC, 1, {(0, "a"): "1", (0, "c"): "3"}, ("unpacked",)),
    "csvkit/dummy.xlsx": Read(ABC, 1, {(0, "a"): "1", (0, "c"): "3"}),
    "csvkit/dummy_col_shuffled_ragged.csv": Read("b|c|a|d", 1, {(0, "b"): "2", (0, "d"): "4"}),
    "csvkit/empty.csv": Refused("empty", "blank lines only"),
    "csvkit/ks_1033_data.csv": Read(
        KS,
        1575,
        {
            (0, "item_name"): "RIFLE,5.56 MILLIMETER",
            (0, "federal_supply_class_name"): "Guns, through 30 mm",
            (1574, "item_name"): "ASSAULT PACK",
            (1574, "federal_supply_category_name"): "CLOTHING/INDIVIDUAL EQPT, INSIGNIA",
            (1574, "total_cost"): "2257",
        },
    ),
    "csvkit/mac_newlines.csv": Read(ABC, 2, {(0, "a"): "1", (1, "a"): "Once upon\ra time", (1, "c"): "6"}),
    "csvkit/no_header_row.csv": Read("column_1|column_2|column_3", 1, {(0, "column_1"): "1"}, ("header",)),
    "csvkit/null_byte.csv": Refused("binary", "line 2"),
    "csvkit/optional_quote_characters.csv": Read(ABC, 1, {(0, "a"): "1", (0, "c"): "3"}),
    "csvkit/sniff_limit.csv": Read(ABC, 1, {(0, "a"): "1", (0, "c"): "3"}),
    "csvkit/test_date_format.csv": Read("a", 2, {(0, "a"): "02/01/2014", (1, "a"): "31/12/2012"}, ("one_column",)),
    "csvkit/test_empty_columns.csv": Read(ABC, 2, {(0, "a"): "a", (1, "c"): "c", (1, "a"): ""}, ("blank_columns", "footer")),
    "csvkit/test_empty_columns_long_row.csv": Refused("header_only", "no rows"),
    # Four names over one row of three cells: which of them has no value cannot be told.
    "csvkit/test_extra_header.csv": Refused("ragged", "line 2"),
    "csvkit/test_header_newline.csv": Read("start end|b|c", 1, {(0, "start end"): "d"}),
    "csvkit/test_latin1.csv": Read(ABC, 2, {(1, "c"): "©"}, ("encoding",)),
    "csvkit/test_locale.csv": Read(ABC, 1, {(0, "a"): "1,7", (0, "b"): "200.000.000", (0, "c"): ""}, ("marks",)),
    "csvkit/test_no_leading_zeroes.csv": Read(ABC, 1, {(0, "a"): "01", (0, "b"): "00.11", (0, "c"): "0.1"}),
    "csvkit/test_numeric_date_format.csv": Read("a", 2, {(1, "a"): "20121231"}, ("one_column",)),
    "csvkit/test_skip_lines.csv": Read(ABC, 1, {(0, "a"): "1"}, ("preamble",)),
    "csvkit/test_utf16_big.csv": Read(ABC, 2, {(1, "c"): "ʤ"}),
    "csvkit/test_utf16_little.csv": Read(ABC, 2, {(1, "c"): "ʤ"}),
    "csvkit/test_utf8_bom.csv": Read("foo|bar|baz", 2, {(0, "foo"): "1", (1, "baz"): "ʤ"}),
    "frictionless/accent.csv": Read(
        CHARGERS, 2, {(0, "acces_recharge"): "Payant (badge, appli et QR code)", (1, "date_maj"): "2018/3/31"}
    ),
    "frictionless/blank-cells.csv": Read("id|name", 5, {(3, "name"): "Ringo", (4, "id"): "5", (4, "name"): ""}),
    "frictionless/blank-headers.csv": Read("id|column_2|age", 2, {(1, "column_2"): "Julie"}, ("header_names",)),
    "frictionless/blank-rows-multiple.csv": Read("id|name|age", 2, {(1, "name"): "Julie"}, ("footer",)),
    "frictionless/blank-rows.csv": Read("id|name|age", 2, {(1, "name"): "Julie"}, ("footer",)),
    "frictionless/bom.csv": Read("id|name", 2, {(0, "id"): "1", (1, "name"): "中国人"}),
    # `8,Warsaw` lacks its last cell, an empty line follows, and `x,Tokio,Japan,review` has one more than the header.
    "frictionless/capital-invalid.csv": Read(
        "id|name|name_2|column_4",
        10,
        {(8, "name"): "Warsaw", (8, "name_2"): None, (9, "name"): "Tokio", (9, "column_4"): "review", (0, "column_4"): None},
        ("header_names", "ragged", "blank_lines"),
    ),
    "frictionless/defective-rows.csv": Refused("ragged", "2 of 2 row(s)"),
    "frictionless/delimiter.csv": Read("id|name", 2, {(1, "name"): "中国人"}),
    "frictionless/doublequote.csv": Read(
        BUDGET,
        5,
        {
            (0, "INCISO"): "A.N.E.P.",
            (0, "UE"): "CES",
            (0, "pbi"): ".003465",
            (4, "NOMBREPROGRAMA"): ("Administración de la Educación y Gestión de Políticas Transversales"),
            (4, "pfi"): "Funcionamiento",
        },
    ),
    "frictionless/duplicate-column.csv": Read("A|B|B_2|C", 1, {(0, "B"): "b", (0, "B_2"): "C"}, ("header_names",)),
    "frictionless/duplicate-headers.csv": Read(
        "id|name|id_2|age|id_3", 2, {(0, "id"): "1101", (0, "id_3"): "001101"}, ("header_names",)
    ),
    "frictionless/encoding-issue-274.csv": Read(
        BODIES, 507, {(0, "id"): "nz/a2f", (1, "tags"): "popular_agency", (506, "name"): "World Buskers Festival Trust"}
    ),
    # Blanks after the commas, and quotes escaped in two ways.
    "frictionless/escaping.csv": Read(
        "ID|Test", 3, {(0, "Test"): "Test line 1", (1, "Test"): 'Test " line 2', (2, "Test"): 'Test " line 3'}
    ),
    "frictionless/floats.csv": Read("number", 5, {(0, "number"): "1.1", (4, "number"): "1.5"}, ("one_column",)),
    "frictionless/implicit-gz.csv": Read("id|name", 2, {(0, "name"): "english", (1, "name"): "中国人"}, ("unpacked",)),
    "readr/basic-df-singlequote.csv": Read("a|b|c|d", 10, {(0, "a"): "TRUE", (0, "d"): "m", (9, "d"): "NA"}),
    "readr/challenge.csv": Read("x|y", 2000, {(0, "x"): "404", (0, "y"): "NA", (1999, "y"): "2019-01-06"}),
    "readr/enc-iso-8859-1.txt": Read("français", 1, {(0, "français"): "élève"}, ("encoding", "one_column")),
    "readr/eol-cr.csv": Read("x|y", 3, {(0, "x"): "1", (2, "y"): "c"}),
    "readr/raw.csv": Refused("binary", "line 2"),
}


@pytest.mark.parametrize("name", OUTCOMES)
def test_an_ugly_file_has_the_outcome_written_by_hand(public, name):
    path, outcome = public("messy") / name, OUTCOMES[name]
    if isinstance(outcome, Refused):
        with pytest.raises(ReadingError) as caught:
            check_and_open(path, filename=path.name)
        assert caught.value.kind == outcome.kind
        assert outcome.says in caught.value.message
        assert caught.value.fix
        return
    table = check_and_open(path, filename=path.name)
    assert "|".join(column.name for column in table.columns) == outcome.names
    assert sorted({repair.kind for repair in table.repairs}) == sorted(outcome.repairs)
    rows = [row for batch in table.text_batches() for row in batch.to_pylist()]
    assert len(rows) == table.n_rows == table.table().num_rows == outcome.n_rows
    assert {(k, column): rows[k][column] for k, column in outcome.cells} == outcome.cells


def test_every_ugly_file_has_its_outcome(public):
    folder = public("messy")
    assert {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} == set(OUTCOMES)
