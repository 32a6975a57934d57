"""What the first bytes of a file say that it is, whatever its name."""

import pickletools
import re

from pipeline.errors import ReadingError

GZIP = b"\x1f\x8b"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second is a zip archive without a file
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PARQUET = b"PAR1"
_ARCHIVES = (
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"7z\xbc\xaf", "a 7z archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"\x04\x22\x4d\x18", "an lz4 archive"),
    (b"Rar!", "a rar archive"),
)
_OTHERS = (
    (b"PARE", "an encrypted Parquet file"),
    (b"ARROW1", "an Arrow file"),
    (b"FEA1", "a Feather file"),
    (b"ORC", "an ORC file"),
    (b"Obj\x01", "an Avro file"),
    (b"\x89HDF", "an HDF5 file"),
    (b"\x93NUMPY", "a NumPy file"),
    (b"<stata_dta>", "a Stata file"),
    (b"$FL2@(#)", "an SPSS file"),
    (b"$FL3@(#)", "an SPSS file"),
    (b"%PDF", "a PDF document"),
    (b"{\\rtf", "an RTF document"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"SQLite format 3", "a SQLite database"),
    (b"\x7fELF", "a program"),
)
_MARKUP = re.compile(rb"\s*<(!doctype|!--|\?xml|html|head|body|meta|table|div|script|style|svg)\b", re.IGNORECASE)
_PICKLE_OPCODES = 20


def recognise(head: bytes) -> str:
    """gzip, zip, ole, parquet or text; "" for an archive of a kind that is not unpacked."""
    if head.startswith(GZIP):
        return "gzip"
    if head.startswith(ZIP):
        return "zip"
    if head.startswith(OLE):
        return "ole"
    if head.startswith(PARQUET):
        return "parquet"
    return "" if any(head.startswith(magic) for magic, _ in _ARCHIVES) else "text"


def refuse_what_is_no_text(head: bytes, filename: str) -> None:
    """Raises ReadingError for what is empty, markup, or begins as a format does that is no text."""
    if not head:
        raise ReadingError("empty", f"'{filename}' is empty.", fix="Export the table again and check that it holds rows.")
    found = next((what for magic, what in (*_ARCHIVES, *_OTHERS) if head.startswith(magic)), "")
    if not found and head[257:262] == b"ustar":
        found = "a tar archive"
    if not found and _is_pickle(head):
        found = "a pickle, which may hold a program"
    if found:
        raise ReadingError(
            "binary",
            f"'{filename}' is {found}, not a table in a format that can be read.",
            fix="Save the table as CSV, Parquet or XLSX, and take that file.",
        )
    if _MARKUP.match(head.lstrip(b"\xef\xbb\xbf\xfe\xff").replace(b"\0", b"")):
        raise ReadingError(
            "markup", f"'{filename}' is a web page or XML, not a table.", fix="Open it in a spreadsheet and save it as CSV."
        )


def _is_pickle(head: bytes) -> bool:
    """Protocols 2 and up name themselves; 0 and 1 are known by opcodes that follow one another as no table's text does."""
    if re.match(rb"\x80[\x02-\x08]", head):
        return True
    if not re.match(rb"[(\]}]|c[\w.]+\n[\w.]+\n", head):  # c names a module and, on the next line, what is in it
        return False
    n = 0
    try:
        for opcode, _, at in pickletools.genops(head):
            n += 1
            if opcode.name == "STOP":  # nothing follows it, while a table's line may begin with 0. as a pickle may end
                return n > 2 and at == len(head) - 1
            if n == _PICKLE_OPCODES:
                return True
    except ValueError:
        pass
    return False
