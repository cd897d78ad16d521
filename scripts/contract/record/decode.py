"""Decoding: what kagglesdk makes of responses.

`raises` is null or the exception, `seen` the values of all properties, `has` the fields that count as present, and
`reencoded` the message encoded again, if that gives JSON.
"""

import json

from extract import field_type, full_name, oneofs

from record.messages import filled_rows, zero_rows
from record.values import every, filled, kind, plain, present, wrapper, zero

TIMESTAMPS = [
    *(f"2024-01-02T03:04:05{fraction}Z" for fraction in ("", ".1", ".12", ".123", ".1234", ".123456", ".123456789")),
    *(f"2024-01-02T03:04:05{end}" for end in (".000Z", ".999999999Z", "", "ZZ", "+00:00", "-05:30")),
    *("2024-01-02T03:04:05.123+00:00", "2024-01-02T03:04:05.123+02:00", "2024-01-02T03:04Z", "2024-01-02"),
    *("0001-01-01T00:00:00Z", "1969-12-31T23:59:59.500Z", "9999-12-31T23:59:59.9999999Z", "2016-12-31T23:59:60Z"),
    *("2024-01-02 03:04:05Z", "", "never", 1704164645),
]

DURATIONS = [
    *("0s", "1s", "59s", "3600s", "86399s", "86400s", "100000s", "-5s", "+5s", "1 s", "1e3s", "s", "", "5", "5.5"),
    *("1.5s", "1.05s", "1.500s", "1.000s", "0.001s", "1.123456s", "1.1234567s", "1.123456789s", "1.1234567890s"),
    *("0.000000001s", "43200.250s", "-1.5s", "-0.5s", "1.s", ".5s", "01:02:03", 5, 5.5),
]

FIELD_MASKS = [
    *("", "title", "title,isPrivate", "info.licenseName,a", "snake_case,camelCase", "A", "a1B2", "a,,b", " a , b "),
    *(["title"], {"paths": ["title"]}),
]

WRONG_TYPES = {
    "string": [123, True, {"a": 1}, ["x"]],
    "integer": ["123", "9007199254740993", 2**53 + 1, -(2**63), 2**64 - 1, 1.0, 1.5, True, ""],
    "number": ["0.5", "NaN", "Infinity", 1, 0, -0.0, 1e308],
    "boolean": ["true", "False", 1, 0],
}


def read(cls, case, wire, field=None):
    row = {"message": full_name(cls), "case": case, "wire": wire}
    if field:
        row["field"] = field.json_name
    try:
        message = cls.from_dict(wire)
        row |= {"raises": None, "seen": plain(message, every)}
        row["has"] = [one.json_name for one in cls._fields if present(message, one)]
        row["reencoded"] = message.to_dict()
        json.dumps(row["reencoded"])
    except Exception as error:
        if "has" in row:  # Decoded, but cannot be encoded again.
            row.pop("reencoded", None)
        else:
            row |= {"raises": type(error).__name__}
            row.pop("seen", None)
    return row


def zero_wire(field):
    if wrapper(field):
        return {"list": [], "map": {}}[wrapper(field)]
    written = {"message": {}, "timestamp": "1970-01-01T00:00:00Z", "duration": "0s", "fieldMask": ""}
    return written[kind(field)] if kind(field) in written else plain(zero(field), every)


def message_rows(name, cls):
    rows = {row["case"]: row["wire"] for row in (*filled_rows(name, cls), *zero_rows(name, cls))}
    for case, wire in rows.items():
        if case in ("empty", "full", "half", "explicit-zero-all") or case.startswith("oneof:"):
            yield read(cls, case, wire)
    if cls._fields:
        yield read(cls, "wire-zeros", {field.json_name: zero_wire(field) for field in cls._fields})
    yield read(cls, "unknown-field", {**rows["half"], "fromTheFuture": {"a": [1, None]}, "another": None, "$type": "x"})
    snake = {field.field_name: rows["full"].get(field.json_name) for field in cls._fields}
    snake = {key: value for key, value in snake.items() if "_" in key and value is not None}
    if snake:
        yield read(cls, "snake-case-names", snake)
    for field in cls._fields:
        yield read(cls, f"null:{field.json_name}", {field.json_name: None}, field)


def several_rows(name, cls):
    """Responses with several members of a oneof."""
    for group in oneofs(cls):
        wire = {}
        for member in group:
            wire[member] = filled(cls, name, keep=member).to_dict()[member]
        yield read(cls, f"oneof-several:{'|'.join(group)}", wire)


def find(messages, wanted):
    """The first field that matches, with its class."""
    return next((cls, field) for _, cls in messages for field in cls._fields if wanted(field))


def forms(messages, case, wires):
    """A field of a kind, in every form of its value."""
    cls, field = find(messages, lambda one: field_type(one) == case and not one.optional)
    return [read(cls, case, {field.json_name: wire}, field) for wire in wires]


def mismatches(messages):
    for declared, wires in WRONG_TYPES.items():
        for optional in (False, True):
            cls, field = find(messages, lambda one: field_type(one) == declared and one.optional == optional)
            for wire in wires:
                yield read(cls, "scalar-mismatch", {field.json_name: wire}, field)


def oddities(messages):
    """Lists, maps and messages with values of the wrong type, and responses that are not an object."""
    odd = [
        (lambda one: field_type(one) == {"list": "string"}, [["a", None, ""], "abc", {"a": 1}, [1, 2]]),
        (lambda one: wrapper(one) == "list" and kind(one) == "message", [[{}], [None], [{"zz": 1}], "x"]),
        (lambda one: field_type(one) == {"map": "string"}, [{"a": None}, {"a": 1}, ["a"], {}]),
        (lambda one: not wrapper(one) and kind(one) == "message", [{}, {"zz": 1}, [], "x", 5]),
    ]
    for wanted, wires in odd:
        cls, field = find(messages, wanted)
        for wire in wires:
            yield read(cls, "container-odd", {field.json_name: wire}, field)
    for wire in ([], "x", 5, None):
        yield read(messages[0][1], "top-level-not-object", wire)


def enum_fields(messages):
    """Enum fields of messages: known names, lower case, unknown names, and values that are not names."""
    places = [
        lambda one: not wrapper(one) and kind(one) == "enum" and not one.optional,
        lambda one: not wrapper(one) and kind(one) == "enum" and one.optional,
        lambda one: wrapper(one) == "list" and kind(one) == "enum",
    ]
    for wanted in places:
        cls, field = find(messages, wanted)
        last = list(field.field_type)[-1].name
        for word in (last, last.lower(), "SOMETHING_NEW", "", 0, 1, None):
            yield read(cls, "enum-field", {field.json_name: [word] if wrapper(field) else word}, field)


def sections(messages):
    return {
        "vectors": [row for name, cls in messages for row in message_rows(name, cls)],
        "timestamps": forms(messages, "timestamp", TIMESTAMPS),
        "durations": forms(messages, "duration", DURATIONS),
        "fieldMasks": forms(messages, "fieldMask", FIELD_MASKS),
        "scalars": [*mismatches(messages), *oddities(messages)],
        "enumFields": list(enum_fields(messages)),
        "oneofs": [row for name, cls in messages for row in several_rows(name, cls)],
    }
