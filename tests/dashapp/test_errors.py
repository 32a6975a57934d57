"""What a use case raises is shown as it is written out: what is wrong, and what to do."""

import pytest

from dashapp.usecases.errors import Conflict, NotFound, Refused, UnusableData


@pytest.mark.parametrize("kind", [Refused, Conflict, UnusableData])
def test_an_error_in_words_has_its_remedy(kind: type[Refused | Conflict | UnusableData]) -> None:
    assert str(kind("It cannot be.", fix="Choose another.")) == "It cannot be. Choose another."
    assert str(kind("It cannot be.")) == "It cannot be."


def test_what_is_not_there_is_said_with_why() -> None:
    assert str(NotFound("run")) == "There is no such run. It may have been deleted, or it is not shared with you."
