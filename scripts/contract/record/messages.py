"""Encoding: what kagglesdk sends for which values. `instance` is what was set, `wire` is the JSON."""

from extract import oneofs

from record.values import assign, empty, filled, pick, plain, present, sample, wrapper, zero


def filled_rows(name, cls):
    def row(case, message):
        return {"message": name, "case": case, "instance": plain(message, present), "wire": message.to_dict()}

    yield row("empty", cls())
    yield row("full", filled(cls, name))
    yield row("half", filled(cls, name, wanted=lambda place: pick([True, False], place)))
    for group in oneofs(cls):
        for member in group:
            yield row(f"oneof:{member}", filled(cls, name, keep=member))


def zero_rows(name, cls):
    """Fields set to their zero value: only optional ones are sent."""

    def row(case, values):
        message = cls()
        for field, value in values:
            assign(message, field, value)
        instance = {field.json_name: plain(value, present) for field, value in values}
        return {"message": name, "case": case, "instance": instance, "wire": message.to_dict()}

    others = {member for group in oneofs(cls) for member in group[1:]}
    whole = [(field, empty(field)) for field in cls._fields]
    if whole:
        yield row("explicit-zero-all", [(field, value) for field, value in whole if field.json_name not in others])
    for field, value in whole:
        yield row(f"explicit-zero:{field.json_name}", [(field, value)])
        if wrapper(field) == "list":
            yield row(f"list-of-zero:{field.json_name}", [(field, [zero(field), zero(field)])])
        if wrapper(field) == "map":
            yield row(f"map-of-zero:{field.json_name}", [(field, {"a": zero(field)})])


def override_rows(name, cls):
    """Two members of a oneof, assigned in turn: the second deletes the first."""
    fields = {field.json_name: field for field in cls._fields}
    for group in oneofs(cls):
        for first, last in zip(group, group[1:] + group[:1]):
            message, assignments = cls(), []
            for field in (fields[first], fields[last]):
                value = sample(field, f"{name}.{field.json_name}")
                value = [value] if wrapper(field) == "list" else value
                assign(message, field, value)
                assignments.append({field.json_name: plain(value, present)})
            yield {"message": name, "assignments": assignments, "wire": message.to_dict()}


def sections(messages):
    return {
        "vectors": [row for name, cls in messages for row in filled_rows(name, cls)],
        "presence": [row for name, cls in messages for row in zero_rows(name, cls)],
        "oneofs": {name: oneofs(cls) for name, cls in messages if oneofs(cls)},
        "oneofOverride": [row for name, cls in messages for row in override_rows(name, cls)],
    }
