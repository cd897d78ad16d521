"""Prints the contract of the installed kagglesdk as JSON: services, methods, messages, oneofs and enums.

Needs an importable kagglesdk (PYTHONPATH, or a virtual environment's python). Nothing is sent anywhere.
Exit codes: 0 done, 2 kagglesdk cannot be imported.
"""

import ast
import enum
import functools
import importlib
import importlib.metadata
import inspect
import json
import pkgutil
import re
import sys
from datetime import datetime, timedelta

try:
    import kagglesdk
    from kagglesdk import kaggle_object
except ImportError as error:
    print(f"kagglesdk cannot be imported: {error}", file=sys.stderr)
    sys.exit(2)

SCALARS = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    object: "any",
    datetime: "timestamp",
    timedelta: "duration",
    kaggle_object.FieldMask: "fieldMask",
}


def modules(part):
    """All modules kagglesdk.<area>. ... .<part>.<name>."""
    for info in pkgutil.walk_packages(kagglesdk.__path__, "kagglesdk."):
        words = info.name.split(".")
        if words[-2] == part:
            yield importlib.import_module(info.name)


def full_name(cls):
    return f"{cls.__module__.split('.')[1]}.{cls.__qualname__}"


def classes(module, base):
    """The classes that the module defines, including nested ones."""
    found = []

    def visit(scope):
        for value in vars(scope).values():
            if inspect.isclass(value) and value.__module__ == module.__name__ and value not in found:
                if issubclass(value, base):
                    found.append(value)
                visit(value)

    visit(module)
    return found


def element_type(cls):
    if cls in SCALARS:
        return SCALARS[cls]
    return {"enum" if issubclass(cls, enum.Enum) else "message": full_name(cls)}


def field_type(field):
    element = element_type(field.field_type)
    if isinstance(field.serializer, kaggle_object.ListSerializer):
        return {"list": element}
    if isinstance(field.serializer, kaggle_object.MapSerializer):
        return {"map": element}
    return element


def is_deprecated(text, lines):
    """Whether the first lines of a description say so. Later lines are about the source file."""
    return re.search(r"\bdeprecated\b", "\n".join((text or "").strip().splitlines()[:lines]), re.I) is not None


def field_entry(cls, field):
    entry = {"name": field.json_name, "type": field_type(field)}
    if field.optional:
        entry["optional"] = True
    if isinstance(field.default_value, enum.Enum):
        entry["default"] = field.default_value.name
    if is_deprecated(inspect.getdoc(getattr(cls, field.field_name)), 2):
        entry["deprecated"] = True
    return entry


@functools.cache
def oneofs(cls):
    """Setting one member of a oneof deletes the others: the setters tell which fields belong together."""
    groups = []
    names = {field.field_name: field.json_name for field in cls._fields}
    for field in cls._fields:
        setter = getattr(cls, field.field_name).fset
        deleted = set(re.findall(r"del self\.(\w+)", inspect.getsource(setter))) if setter else set()
        if deleted - {field.field_name}:
            members = [name for name in names if name in deleted | {field.field_name}]
            group = [names[name] for name in members]
            if group not in groups:
                groups.append(group)
    return groups


def rest_path(cls):
    """The path in the class's endpoint(). endpoint_path() is missing for a path without parameters."""
    if "endpoint" not in vars(cls):
        return None
    return re.search(r"path = '([^']+)'", inspect.getsource(cls.endpoint)).group(1)


def message_entry(cls):
    entry = {"fields": [field_entry(cls, field) for field in cls._fields]}
    groups = oneofs(cls)
    if groups:
        entry["oneofs"] = groups
    path = rest_path(cls)
    if path:
        entry["rest"] = {"method": cls.method(), "path": path}
    return entry


def method_entries(module):
    """(service, method, entry) of each call in the module."""
    for function in ast.walk(ast.parse(inspect.getsource(module))):
        if not isinstance(function, ast.FunctionDef):
            continue
        for call in ast.walk(function):
            if not (isinstance(call, ast.Call) and isinstance(call.func, ast.Attribute) and call.func.attr == "call"):
                continue
            service, method, _, response = call.args
            request = next(arg.annotation.id for arg in function.args.args if arg.arg == "request")
            answer = getattr(response, "id", None)
            entry = {
                "request": full_name(getattr(module, request)),
                "response": full_name(getattr(module, answer)) if answer else None,
            }
            if is_deprecated((ast.get_docstring(function) or "").split("Args:")[0], 2):
                entry["deprecated"] = True
            yield service.value, method.value, entry


def version():
    try:
        return importlib.metadata.version("kagglesdk")
    except importlib.metadata.PackageNotFoundError:
        return getattr(kagglesdk, "__version__", "of unknown version")


def contract():
    result = {
        "source": f"kagglesdk {version()} (Python, Apache-2.0): names, types, defaults and enum values only",
        "services": {},
        "messages": {},
        "enums": {},
    }
    for module in modules("types"):
        for cls in classes(module, kaggle_object.KaggleObject):
            result["messages"][full_name(cls)] = message_entry(cls)
        for cls in classes(module, enum.Enum):
            result["enums"][full_name(cls)] = list(cls.__members__)
    for module in modules("services"):
        for service, method, entry in method_entries(module):
            result["services"].setdefault(service, {})[method] = entry
    return result


if __name__ == "__main__":
    print(json.dumps(contract(), indent=1, sort_keys=True))
