"""Every spelling of every enum name: what kagglesdk reads (`value`) and what was meant (`intended`)."""

import enum
import json
import os
import re

from kagglesdk.kaggle_object import EnumSerializer

NO_NAMES = ["", "NOT_A_VALUE", "notAValue", "UNSPECIFIED", "unspecified", "None", "__doc__", "value", "name"]
NO_TEXTS = [0, 1, 99, None, True]


def styles(name):
    """Unchanged, in lower case, in camelCase and in PascalCase."""
    pascal = "".join(word.capitalize() for word in name.lower().split("_"))
    return [name, name.lower(), pascal[:1].lower() + pascal[1:], pascal]


def prefixes(cls):
    """Prefixes that may be missing: the one from the enum's name, and the one that all its names share."""
    own = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<!^)(?=[A-Z][a-z])", "_", cls.__name__).upper() + "_"
    shared = os.path.commonprefix([member.name for member in cls])
    return {own, shared[: shared.rfind("_") + 1]} - {""}


def spellings(cls):
    """(spelling, intended name) pairs of an enum."""
    for member in cls:
        short = [member.name.removeprefix(prefix) for prefix in sorted(prefixes(cls))]
        for name in (member.name, *short):
            for word in styles(name) if name else []:
                yield word, member.name
    for word in (*NO_NAMES, *NO_TEXTS):
        yield word, None


def read(cls, word):
    try:
        value = EnumSerializer._from_str(cls, word)
    except Exception as error:
        return {"raises": type(error).__name__}
    return {"value": value.name} if isinstance(value, enum.Enum) else {"python": True}


def decode(cls):
    """By spelling; JSON other than strings follows a `#`."""
    rows = {}
    for word, meant in spellings(cls):
        key = word if isinstance(word, str) else f"#{json.dumps(word)}"
        if key not in rows:
            rows[key] = read(cls, word) | ({"intended": meant} if meant else {})
    return rows


def sections(enums):
    return {"enums": {name: {"decode": decode(cls)} for name, cls in enums}}
