"""Values of recorded fields: filled and zero values of every kind, and their JSON.

A value depends on the name of its field only (`kernels.ApiSaveKernelRequest.slug`), so a new field in a later kagglesdk
changes no other row.
"""

import enum
import zlib
from datetime import datetime, timedelta

from extract import field_type, full_name, oneofs
from google.protobuf.field_mask_pb2 import FieldMask
from kagglesdk.kaggle_object import KaggleObject

SAMPLES = {
    "string": [
        "owner/slug",
        "Ünïcode — ☃ 漢字",
        '"quotes" and \\ back/slashes',
        "two\nlines\tand a tab",
        "beyond 😀 the plane",
        "  blanks around  ",
        "<a href='x'>&amp;</a>",
        "false",
        "null",
        "0",
    ],
    "integer": [1, -1, 12, 2**31 - 1, -(2**31), 2**32, 2**53 - 1, 2**53 + 1, -(2**63)],
    "number": [0.5, -1.25, 3.0, 1e-7, 123456.789, 0.1, 1e21],
    "boolean": [True],
    "any": [{"key": "value", "list": [1, None, True]}, "text", [1, 2]],
    "timestamp": [
        datetime(2024, 2, 29, 12, 34, 56, 789000),
        datetime(1999, 12, 31, 23, 59, 59, 999000),
        datetime(1969, 7, 20, 20, 17, 40),
        datetime(2038, 1, 19, 3, 14, 8, 1000),
        datetime(1000, 1, 1),
    ],
    # Whole seconds of less than a day: kagglesdk encodes other durations wrongly.
    "duration": [timedelta(seconds=seconds) for seconds in (1, 59, 60, 3600, 43200, 86399)],
    "fieldMask": [["title"], ["title", "is_private"], ["a", "b_c", "d_e_f"], ["info.license_name", "keywords"]],
}

ZEROS = {
    "string": "",
    "integer": 0,
    "number": 0.0,
    "boolean": False,
    "any": {},
    "timestamp": datetime(1970, 1, 1),
    "duration": timedelta(0),
    "fieldMask": [],
}


def pick(options, place):
    return options[zlib.crc32(place.encode()) % len(options)]


def wrapper(field):
    """`list`, `map`, or nothing."""
    whole = field_type(field)
    return next((word for word in ("list", "map") if isinstance(whole, dict) and word in whole), None)


def kind(field):
    """The kind of a field's elements: `string`, ..., `enum` or `message`."""
    inner = field_type(field)
    if wrapper(field):
        inner = inner[wrapper(field)]
    return inner if isinstance(inner, str) else next(iter(inner))


def sample(field, place, around=()):
    """A value for one element of a field; `around` are the classes of the enclosing messages."""
    if kind(field) == "message":
        return filled(field.field_type, place, around=around)
    if kind(field) == "enum":
        return pick([name for name in field.field_type if name.value] or list(field.field_type), place)
    value = pick(SAMPLES[kind(field)], place)
    return FieldMask(paths=value) if kind(field) == "fieldMask" else value


def zero(field):
    """The zero value of one element of a field."""
    if kind(field) == "message":
        return field.field_type()
    if kind(field) == "enum":
        return next(iter(field.field_type))
    return FieldMask() if kind(field) == "fieldMask" else ZEROS[kind(field)]


def empty(field):
    """The zero value of a whole field."""
    return {"list": [], "map": {}}.get(wrapper(field), zero(field))


def assign(message, field, value):
    if wrapper(field) == "map":  # The setters of maps refuse most maps.
        object.__setattr__(message, field.private_field_name, value)
    else:
        setattr(message, field.field_name, value)


def filled(cls, place, keep=None, wanted=lambda place: True, around=()):
    """A message with all fields, or those `wanted`; one per oneof, `keep` if present. Nesting is limited."""
    message = cls()
    excluded = set()
    for group in oneofs(cls):
        excluded |= set(group) - {keep if keep in group else pick(group, place)}
    for field in cls._fields:
        at = f"{place}.{field.json_name}"
        nested = kind(field) == "message"
        too_deep = nested and (field.field_type in around or len(around) > 2)
        if field.json_name in excluded or too_deep or not wanted(at):
            continue
        inside = (*around, cls)
        if wrapper(field) == "list":
            count = 1 if nested else pick([1, 2, 3], at)
            value = [sample(field, f"{at}[{index}]", inside) for index in range(count)]
        elif wrapper(field) == "map":
            value = {key: sample(field, f"{at}.{key}", inside) for key in ("a", "snake_case", "ключ with blanks")}
        else:
            value = sample(field, at, inside)
        assign(message, field, value)
    return message


def plain(value, fields):
    """A value as JSON; `fields` selects the fields of a message."""
    if isinstance(value, KaggleObject):
        return {field.json_name: plain(held(value, field), fields) for field in value._fields if fields(value, field)}
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, enum.Enum):
        return value.name
    if isinstance(value, datetime):
        if value.tzinfo:
            return {"$datetime": value.isoformat(), "$tzAware": True}
        return value.isoformat(timespec="milliseconds") + "Z"
    if isinstance(value, timedelta):
        seconds = value / timedelta(seconds=1)
        return int(seconds) if seconds.is_integer() else seconds
    if isinstance(value, FieldMask):
        return list(value.paths)
    if isinstance(value, list):
        return [plain(item, fields) for item in value]
    if isinstance(value, dict):
        return {key: plain(item, fields) for key, item in value.items()}
    return {"$python": True}  # Not a JSON value; its form depends on the version of Python.


def held(message, field):
    """The value of a field, with its default; some properties return None for a zero that is set."""
    return getattr(message, field.private_field_name if present(message, field) else field.field_name)


def every(message, field):
    return True


def present(message, field):
    return field.field_name in message


def by_name(classes):
    return sorted((full_name(cls), cls) for cls in classes)
