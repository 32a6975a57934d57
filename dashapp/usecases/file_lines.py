"""Single lines of an upload as they stand in the file."""

import codecs
import io
from collections.abc import Collection, Iterable

from dashapp.usecases.desk import Desk
from dashapp.usecases.errors import NotFound
from dashapp.usecases.upload_files import pieces
from db import uploads
from pipeline.errors import Stopped
from pipeline.reading.recipe import Recipe

LONGEST = 300  # characters of a line
_MOST_PIECES = 16  # 64 MB


def lines(desk: Desk, upload_id: str, numbers: Collection[int]) -> dict[int, str]:
    """Those of the lines that are at hand: of a text that is not packed, in its first 64 MB. Long ones are cut."""
    with desk.db.read() as session:
        upload = uploads.get(session, desk.user.id, upload_id)
    recipe, detected = Recipe.from_json(upload.recipe or {}), Recipe.from_json(upload.detected or {})
    if not numbers or detected.container != "text" or detected.compression:
        return {}
    try:
        found = lines_in(pieces(desk.db, upload, most=_MOST_PIECES), recipe.encoding, numbers)
    except Stopped:  # discarded or saved in the meantime
        raise NotFound("upload") from None
    return {number: line if len(line) <= LONGEST else f"{line[:LONGEST]} …" for number, line in found.items()}


def lines_in(parts: Iterable[bytes], encoding: str, numbers: Collection[int]) -> dict[int, str]:
    """Lines by number, from 1, without their ends; one that is much too long is cut. Reads no further than it must."""
    try:
        text = codecs.getincrementaldecoder(encoding)("replace")
    except LookupError:
        return {}
    decoder = io.IncrementalNewlineDecoder(text, translate=True)
    number, begun = 1, ""  # of the line that is not at its end yet, and what there is of it
    found: dict[int, str] = {}
    for part in parts:
        decoded = decoder.decode(part)
        last = number + decoded.count("\n")
        wanted = [line for line in numbers if number <= line <= last]
        if wanted:
            here = (begun + decoded).split("\n")
            found |= {line: here[line - number] for line in wanted}
            begun = here[-1][: LONGEST + 1]
        number = last
        if number > max(numbers):
            break
    return {line: found[line].removeprefix("\ufeff") for line in sorted(found)}
