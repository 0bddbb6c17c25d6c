"""`dataclass`, as in `dataclasses`, but each method of a frozen one is written when it is first used.

Python writes and compiles six functions for every frozen dataclass when its module is loaded. That was a quarter of the
time of a short run, which makes objects of half the classes and compares hardly any. What can be seen is the same:
fields, `replace`, `match`, subclasses, pickles. Classes that are not frozen are made by Python as they are loaded.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from functools import partial
from typing import TYPE_CHECKING, Any

ONE_BY_ONE = 8
"""Objects of a class that are made before its `__init__` is written: many classes have no more in a short run."""


class _Later:
    """An attribute of a class that is written when somebody asks for it, and then stands in its own place.

    Two threads that ask at once both write it, the same.
    """

    def __init__(self, cls: type, name: str, own: Mapping[str, Any], **wanted: bool) -> None:
        self.cls, self.name, self.own, self.wanted = cls, name, own, wanted

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        found = _as_python_writes(self.cls, self.own, **self.wanted).__dict__[self.name]
        setattr(self.cls, self.name, found)
        return found.__get__(instance, owner) if hasattr(found, "__get__") else found


class _LaterInit(_Later):
    """`__init__`: the first few objects get their fields one by one, and only then it is written.

    Whatever is no plain call goes to what Python writes, which says what is wrong with it.
    """

    def __init__(self, cls: type, own: Mapping[str, Any]) -> None:
        super().__init__(cls, "__init__", own, init=True, frozen=True)
        self.left = ONE_BY_ONE
        self.fields: tuple[dataclasses.Field[Any], ...] | None = None

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None or self.left <= 0:
            return super().__get__(instance, owner)
        self.left -= 1
        return partial(self._begin, instance)

    def _begin(self, instance: Any, /, *given: Any, **named: Any) -> None:
        values = self._fields(given, named)
        if values is None:
            super().__get__(instance)(*given, **named)
            return
        for name, value in values.items():
            object.__setattr__(instance, name, value)
        if hasattr(instance, "__post_init__"):
            instance.__post_init__()

    def _fields(self, given: tuple[Any, ...], named: Mapping[str, Any]) -> dict[str, Any] | None:
        """Each field, in order, and what it is; None where that is no plain call."""
        if self.fields is None:
            self.fields = dataclasses.fields(self.cls)
        names = [field.name for field in self.fields]
        if len(given) > len(names) or not named.keys() <= set(names[len(given) :]):
            return None
        said, values = dict(zip(names, given)) | dict(named), {}
        for field in self.fields:
            makes: Any = field.default_factory
            if not field.init or field.kw_only:
                return None
            if field.name in said:
                values[field.name] = said[field.name]
            elif field.default is not dataclasses.MISSING:
                values[field.name] = field.default
            elif makes is not dataclasses.MISSING:
                values[field.name] = makes()
            else:
                return None
        return values


def _as_python_writes(cls: type, own: Mapping[str, Any], **wanted: bool) -> type:
    """A class with the same fields and what is wanted of methods, none of which knows the class it stands in."""
    types: dict[str, Any] = {}
    values: dict[str, Any] = {"__module__": cls.__module__, "__qualname__": cls.__qualname__, "__doc__": "the same"}
    for base in filter(dataclasses.is_dataclass, cls.__mro__[:0:-1]):
        for field in dataclasses.fields(base):
            types[field.name], values[field.name] = field.type, field
    for name in cls.__annotations__:
        values.pop(name, None)
    post = {"__post_init__": None} if hasattr(cls, "__post_init__") else {}  # that there is one; objects find their own
    types |= cls.__annotations__
    same = type(cls.__name__, (), values | post | dict(own) | {"__annotations__": types})
    return dataclasses.dataclass(**{"init": False, "repr": False, "eq": False} | wanted)(same)


@dataclasses.dataclass(init=False, repr=False, eq=False, frozen=True)
class _Frozen:
    """What Python notes of a frozen dataclass, so that it derives no other kind from one."""


def _frozen(cls: type, eq: bool, repr: bool) -> type:
    own = {name: cls.__dict__[name] for name in cls.__annotations__ if name in cls.__dict__}
    for name, value in own.items():
        if isinstance(value, dataclasses.Field):
            if value.default is dataclasses.MISSING:
                delattr(cls, name)
            else:
                setattr(cls, name, value.default)

    def later(name: str, **wanted: bool) -> None:
        if name not in cls.__dict__:
            setattr(cls, name, _Later(cls, name, own, **wanted))

    later("__dataclass_fields__")
    later("__match_args__")
    if "__init__" not in cls.__dict__:
        cls.__init__ = _LaterInit(cls, own)  # type: ignore[misc]
    if repr:
        later("__repr__", repr=True)
    if eq:
        if cls.__dict__.get("__hash__", later) is None:  # Python's own remark that there is an __eq__
            del cls.__hash__
        later("__eq__", eq=True)
        later("__hash__", eq=True, unsafe_hash=True)
    cls.__dataclass_params__ = _Frozen.__dataclass_params__  # type: ignore[attr-defined]
    _freeze(cls)
    return cls


def _freeze(cls: Any) -> None:
    """An object's fields stay as they are; a subclass that is no dataclass may have further attributes."""

    def refuse(it: object, name: str, what: str) -> None:
        if type(it) is cls or name in cls.__dataclass_fields__:
            raise dataclasses.FrozenInstanceError(f"cannot {what} field {name!r}")

    def put(self: object, name: str, value: object) -> None:
        refuse(self, name, "assign to")
        super(cls, self).__setattr__(name, value)

    def remove(self: object, name: str) -> None:
        refuse(self, name, "delete")
        super(cls, self).__delattr__(name)

    cls.__setattr__, cls.__delattr__ = put, remove


if TYPE_CHECKING:
    from dataclasses import dataclass as dataclass
else:

    def dataclass(cls: type | None = None, /, *, frozen: bool = False, eq: bool = True, repr: bool = True) -> Any:
        """A dataclass; `frozen`, `eq` and `repr` as in `dataclasses`."""

        def made(cls: type) -> type:
            return _frozen(cls, eq, repr) if frozen else dataclasses.dataclass(eq=eq, repr=repr)(cls)

        return made if cls is None else made(cls)
