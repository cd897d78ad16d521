"""Writes messages.json, decode.json and rpc.json: what the installed kagglesdk encodes and decodes. Sends nothing.

    PYTHONPATH=<kagglesdk>:scripts/contract python3 -m record FOLDER
"""

import json
import sys
from enum import Enum
from pathlib import Path

from extract import classes, modules, version
from kagglesdk.kaggle_object import KaggleObject

from record import decode, enums, messages, rpc
from record.values import by_name


def found(base):
    return by_name(cls for module in modules("types") for cls in classes(module, base))


def write(file, how, sections):
    """One row per line, for readable diffs."""
    text = json.dumps(f"kagglesdk {version()} {how}")
    for name, rows in sections.items():
        start, end = ("[", "]") if isinstance(rows, list) else ("{", "}")
        items = rows if isinstance(rows, list) else rows.items()
        lines = [one(row) if isinstance(rows, list) else f"{one(row[0])}:{one(row[1])}" for row in items]
        text += f",\n{one(name)}:{start}\n" + ",\n".join(lines) + f"\n{end}"
    file.write_text(f'{{"source":{text}}}\n', encoding="utf-8")


def one(value):
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


folder = Path(sys.argv[1])
write(folder / "messages.json", "to_dict()", messages.sections(found(KaggleObject)))
write(folder / "decode.json", "from_dict()", decode.sections(found(KaggleObject)) | enums.sections(found(Enum)))
write(folder / "rpc.json", "KaggleClient", rpc.sections())
