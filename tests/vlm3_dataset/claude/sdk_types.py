"""Whether a value is what the installed SDK's own types say that the API takes."""

import types
import typing
from collections.abc import Iterator
from functools import cache
from typing import Annotated, Any, Literal, NotRequired, Required, Union, get_args, get_origin

import typing_extensions
from typing_extensions import is_typeddict

AS_HEADERS = frozenset({"user_profile_id", "workspace_id"})  # arguments of the SDK that no body has
WRAPPERS = (Required, NotRequired, Annotated, typing.Required, typing.NotRequired, typing.Annotated)


def faults(value: Any, kind: Any, where: str = "body") -> Iterator[str]:
    """What the API would refuse, with its place."""
    while get_origin(kind) in WRAPPERS:
        kind = get_args(kind)[0]
    origin = get_origin(kind)
    if is_typeddict(kind):
        yield from _faults_of_object(value, kind, where)
    elif origin in {Union, types.UnionType}:
        found = [list(faults(value, each, where)) for each in get_args(kind)]
        yield from min(found, key=lambda told: (len(told), -sum(each.count(".") for each in told)))  # the nearest
    elif origin in {None, Literal}:
        if not _is_a(value, kind):
            yield f"{where}: {str(value)[:20]!r} is no {kind}"
    elif not isinstance(value, dict if origin is dict else list):  # lists have the names of many protocols
        yield f"{where}: not of type {origin.__name__}"
    elif isinstance(value, list):
        for number, each in enumerate(value):
            yield from faults(each, get_args(kind)[0], f"{where}.{number}")


def _is_a(value: Any, kind: Any) -> bool:
    """False for the SDK's own objects too, which no JSON is."""
    if get_origin(kind) is Literal:
        return value in get_args(kind)
    if not isinstance(kind, type) or kind is object:
        return True
    return type(value) is kind or (kind is float and type(value) is int)


def _faults_of_object(value: Any, kind: Any, where: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{where}: not an object"
        return
    fields = _fields(kind)
    for name, each in value.items():
        if name not in fields or name in AS_HEADERS:
            yield f"{where}.{name}: extra inputs are not permitted"
        else:
            yield from faults(each, fields[name], f"{where}.{name}")
    for name, field in fields.items():
        if get_origin(field) in {Required, typing.Required} and name not in value:
            yield f"{where}.{name}: field required"


@cache
def _fields(kind: Any) -> dict[str, Any]:
    return typing_extensions.get_type_hints(kind, include_extras=True)
