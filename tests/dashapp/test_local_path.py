"""After sign-in one is sent to a page of this installation and nowhere else."""

import pytest

from dashapp.auth import local_path


@pytest.mark.parametrize("wanted", ["/", "/runs", "/runs/abc?cutoff=0.3", "/data/x%20y", "/runs/abc#part"])
def test_our_own_pages_are_kept(wanted: str) -> None:
    assert local_path(wanted) == wanted


@pytest.mark.parametrize(
    "wanted",
    [
        None,
        "",
        "runs",
        "//evil.example",
        "///evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "/\\/evil.example",
        "https://evil.example/",
        "https:evil.example",
        "javascript:alert(1)",
        "//evil.example/%2f..",
        "/%2fevil.example",
        "/%2Fevil.example",
        "/%252fevil.example",
        "/%5cevil.example",
        "/%5Cevil.example",
        "/\tevil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "/%0d%0aLocation:%20https://evil.example",
        "/%09/evil.example",
        " //evil.example",
        "/\x00",
        "/sign-in",
        "/sign-out",
        "/sign-in?next=/",
        "/_dash-layout",
        "/api/datasets",
        "/" + "a" * 3000,
    ],
)
def test_all_else_leads_home(wanted: str | None) -> None:
    assert local_path(wanted) == "/"
