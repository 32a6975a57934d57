"""Compiled functions whose code is kept on the disk, and which do without where the disk says no."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

from numba import njit


def compiled(*signatures: str, **options: Any) -> Callable[[Callable[..., Any]], Any]:
    """numba's `njit` with `cache=True`, except that no cache ever stops a fit: what cannot be read or kept is compiled again.

    Parameters
    ----------
    *signatures : str
        Types to compile for at once; without any, those of the first call, when it comes.
    **options
        As those of `njit`.

    Notes
    -----
    numba keeps code beside the module, else in the user's cache folder, else (or first) in NUMBA_CACHE_DIR; where none can be
    written to, or a file there is damaged, it raises. Processes that compile at once replace each other's files whole.
    """

    def decorate(function: Callable[..., Any]) -> Any:
        dispatcher = njit(**options)(function)
        try:
            dispatcher.enable_caching()
            dispatcher._cache = _Patient(dispatcher._cache)
        except (RuntimeError, OSError):
            pass  # no folder that could be written to
        for signature in signatures:
            dispatcher.compile(signature)
        if signatures:
            dispatcher.disable_compile()
        return dispatcher

    return decorate


class _Patient:
    """A dispatcher's cache for which a failure is a miss."""

    def __init__(self, cache: Any) -> None:
        self._cache = cache

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cache, name)

    def load_overload(self, signature: Any, target: Any) -> Any:
        try:
            return self._cache.load_overload(signature, target)
        except Exception:  # noqa: BLE001 - whatever a damaged file makes of its reader
            self._forget()
            return None

    def save_overload(self, signature: Any, found: Any) -> None:
        try:
            self._cache.save_overload(signature, found)
        except Exception:  # noqa: BLE001 - a full disk, a folder gone, an index that is damaged
            self._forget()

    def _forget(self) -> None:
        with suppress(Exception):
            self._cache.flush()
