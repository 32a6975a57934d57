"""Files as other programs write them: workbooks without a library, archives with made-up entries, gzip that repeats itself."""

import gzip
import random
import struct
import zipfile
from pathlib import Path

import pytest

from pipeline.errors import ReadingError
from pipeline.reading import check_and_open

NOBODY = 0xFFFFFFFF  # no further entry of a compound file


def gzipped(content: bytes, times: int = 1) -> bytes:
    """`times` the content, as gzip members one after the other, which are one text."""
    return gzip.compress(content, compresslevel=1) * times


def zipped(path: Path, members: dict[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method, compresslevel=1) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, method)
    return path


def workbook(path: Path, sheet: str, **parts: str) -> Path:
    """An XLSX whose only sheet holds this XML; `parts` are further parts such as sharedStrings."""
    main = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    related = "".join(
        f'<Relationship Id="r{name}" Type="{office}/{name}" Target="{name}.xml"/>' for name in ("worksheet", *parts)
    ).replace('Target="worksheet.xml"', 'Target="worksheets/sheet1.xml"')
    files = {
        "[Content_Types].xml": f'<Types xmlns="{package}/content-types"/>',
        "_rels/.rels": f'<Relationships xmlns="{package}/relationships"><Relationship Id="r" Type="{office}/officeDocument" '
        'Target="xl/workbook.xml"/></Relationships>',
        "xl/workbook.xml": f'<workbook xmlns="{main}" xmlns:r="{office}"><sheets>'
        '<sheet name="Sheet1" sheetId="1" r:id="rworksheet"/></sheets></workbook>',
        "xl/_rels/workbook.xml.rels": f'<Relationships xmlns="{package}/relationships">{related}</Relationships>',
        "xl/worksheets/sheet1.xml": sheet.replace("<worksheet>", f'<worksheet xmlns="{main}">'),
        **{f"xl/{name}.xml": text.replace("<sst>", f'<sst xmlns="{main}">') for name, text in parts.items()},
    }
    return zipped(path, {name: text.encode() for name, text in files.items()})


def binary_workbook(path: Path, rows: list[list[str | float]]) -> Path:
    """An XLSB with these cells, by the records of [MS-XLSB]."""

    def record(number: int, data: bytes = b"") -> bytes:
        head = bytes([number]) if number < 0x80 else bytes([number & 0x7F | 0x80, number >> 7])
        return head + bytes([len(data)]) + data

    def text(value: str) -> bytes:
        return struct.pack("<I", len(value)) + value.encode("utf-16-le")

    cells = b""
    for number, row in enumerate(rows):
        cells += record(0, struct.pack("<I", number) + bytes(13))
        for column, value in enumerate(row):
            place = struct.pack("<II", column, 0)
            cells += record(6, place + text(value)) if isinstance(value, str) else record(5, place + struct.pack("<d", value))
    extent = record(0x94, struct.pack("<4I", 0, len(rows) - 1, 0, len(rows[0]) - 1))
    sheet = record(0x81) + extent + record(0x91) + cells + record(0x92) + record(0x82)
    bundle = record(0x9C, struct.pack("<II", 0, 1) + text("rId1") + text("Sheet1"))
    book = record(0x83) + record(0x99, bytes(12)) + record(0x8F) + bundle + record(0x90) + record(0x84)
    related = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type='
        b'"http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.bin"/>'
        b"</Relationships>"
    )
    return zipped(path, {"xl/workbook.bin": book, "xl/_rels/workbook.bin.rels": related, "xl/worksheets/sheet1.bin": sheet})


def open_document(path: Path, rows: str) -> Path:
    """An ODS with this XML as its table."""
    names = " ".join(
        f"xmlns:{name}='urn:oasis:names:tc:opendocument:xmlns:{name}:1.0'" for name in ("office", "table", "text", "manifest")
    )
    content = (
        f"<office:document-content {names}><office:body><office:spreadsheet><table:table table:name='S'>{rows}"
        "</table:table></office:spreadsheet></office:body></office:document-content>"
    )
    return zipped(
        path,
        {
            "mimetype": b"application/vnd.oasis.opendocument.spreadsheet",
            "META-INF/manifest.xml": f"<manifest:manifest {names}/>".encode(),
            "content.xml": content.encode(),
        },
    )


def compound(names: list[str]) -> bytes:
    """A compound file ([MS-CFB]) with empty streams of these names, at most three."""

    def entry(name: str, kind: int, child: int = NOBODY, right: int = NOBODY) -> bytes:
        raw = name.encode("utf-16-le") + b"\0\0"
        tree = struct.pack("<HBBIII", len(raw) if name else 0, kind, 1, NOBODY, right, child)
        return raw.ljust(64, b"\0") + tree + bytes(36) + struct.pack("<IQ", 0xFFFFFFFE, 0)

    streams = [entry(name, 2, right=k + 2 if k + 1 < len(names) else NOBODY) for k, name in enumerate(names)]
    entries = [entry("Root Entry", 5, child=1), *streams, *[entry("", 0)] * (3 - len(names))]
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H6x", 0x3E, 3, 0xFFFE, 9, 6)
    head += struct.pack("<9I", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0)
    table = struct.pack("<128I", 0xFFFFFFFD, 0xFFFFFFFE, *[NOBODY] * 126)
    return head + struct.pack("<109I", 0, *[NOBODY] * 108) + table + b"".join(entries)


def nested_parquet(depth: int) -> bytes:
    """A Parquet footer whose schema is groups within groups, in Thrift's compact protocol."""

    def varint(n: int) -> bytes:
        return bytes([n]) if n < 0x80 else bytes([n & 0x7F | 0x80]) + varint(n >> 7)

    def group(name: bytes) -> bytes:
        return b"\x35\x00\x18" + bytes([len(name)]) + name + b"\x15\x02\x00"

    leaf = b"\x15\x02\x25\x00\x18\x01x\x00"
    elements = group(b"schema") + group(b"g") * depth + leaf
    footer = b"\x15\x02\x19\xfc" + varint(depth + 2) + elements + b"\x16\x02\x19\x0c\x00"
    return b"PAR1" + footer + struct.pack("<I", len(footer)) + b"PAR1"


FIXTURES = Path(__file__).with_name("fixtures")
TEXT = b"id,name\n1,english\n2,\xe4\xb8\xad\xe5\x9b\xbd\xe4\xba\xba\n"
ROWS = [{"id": 1, "name": "english"}, {"id": 2, "name": "中国人"}]


def kinds(table) -> dict[str, str]:
    return {column.name: column.kind for column in table.columns}


def refusal(path: Path, **options: object) -> ReadingError:
    with pytest.raises(ReadingError) as caught:
        check_and_open(path, filename=path.name, **options)
    assert caught.value.message.endswith(".")
    assert caught.value.fix.endswith(".")
    return caught.value


def broken(path: Path, content: bytes) -> Path:
    """The same with one byte of the packed text changed, so that its checksum is wrong."""
    data = bytearray(content)
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    return path


def lines(n: int) -> bytes:
    draw = random.Random(1)
    return b"id,x\n" + b"".join(b"%d,%d\n" % (k, draw.randrange(10**6)) for k in range(n))
