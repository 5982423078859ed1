"""JSON Schemas of the data files, for editors that complete and check as one types."""

import json
from pathlib import Path

from pydantic import BaseModel

from api.ingest.files import ENTITY_FILES, ReleaseFile, SourceFile


def schemas() -> dict[str, str]:
    """File name and text of every schema, generated from the file models."""
    models: dict[str, type[BaseModel]] = {
        **ENTITY_FILES,
        "source": SourceFile,
        "release": ReleaseFile,
    }
    return {
        f"{name}.json": json.dumps(
            {
                "$schema": "https://json-schema.org/draft/2020-12/schema",
                **model.model_json_schema(mode="validation"),
            },
            indent=2,
            ensure_ascii=False,
        )
        + "\n"
        for name, model in models.items()
    }


def stale_schemas(folder: Path) -> list[str]:
    """The names of the schemas in `folder` that are missing or not what the models say."""
    return [
        name
        for name, text in schemas().items()
        if not (folder / name).exists() or (folder / name).read_text(encoding="utf-8") != text
    ]


def write_schemas(folder: Path, names: list[str]) -> None:
    """Write these schemas into `folder`."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        (folder / name).write_text(schemas()[name], encoding="utf-8")
