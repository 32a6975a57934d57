"""What a process keeps of what it has worked out or read last."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Generic, TypeVar

Key = TypeVar("Key", bound=Hashable)
Value = TypeVar("Value")


class Kept(Generic[Key, Value]):
    """Values that never change, by their key; the one used longest ago is dropped first. Threads share it.

    `most` bounds the sizes of all values together, each 1 unless `size` tells another; `least` of them stay whatever their size.
    """

    def __init__(self, most: int, size: Callable[[Value], int] = lambda _value: 1, *, least: int = 0) -> None:
        self._most, self._size, self._least = most, size, least
        self._values: OrderedDict[Key, Value] = OrderedDict()
        self._lock = Lock()

    def get(self, key: Key) -> Value | None:
        with self._lock:
            if key in self._values:
                self._values.move_to_end(key)
            return self._values.get(key)

    def put(self, key: Key, value: Value) -> None:
        with self._lock:
            self._values[key] = value
            self._values.move_to_end(key)
            while len(self._values) > self._least and sum(map(self._size, self._values.values())) > self._most:
                self._values.popitem(last=False)

    def of(self, key: Key, make: Callable[[], Value]) -> Value:
        """The value of a key, made where there is none; two threads may make it at the same time."""
        found = self.get(key)
        if found is None:
            found = make()
            self.put(key, found)
        return found

    def clear(self) -> None:
        with self._lock:
            self._values.clear()
