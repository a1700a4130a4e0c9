"""From what a person calls a model to the model: which are installed, and where.

But: nothing is verified here, and nothing is fetched.
"""

from __future__ import annotations

import logging
from pathlib import Path

from qa_engine.errors import ModelError, ModelNotFound
from qa_engine.models.manifest import EMBEDDED, MANIFEST, InstalledModel, open_model, read_manifest
from qa_engine.models.zoo import PRECISIONS, ModelSpec, find

log = logging.getLogger(__name__)

EMBEDDED_NAME = "embedded"
UNFINISHED = (".part", ".old")


def installed(folder: Path) -> list[InstalledModel]:
    """The models in the folders below `folder`, by name, the most exact precision first.

    A folder that is no whole model is logged and left out.  Raises ModelNotFound where `folder` is there
    and cannot be read.
    """
    try:
        below = sorted(folder.iterdir()) if folder.is_dir() else []
    except OSError as error:
        raise ModelNotFound(f"The models' folder {folder} cannot be read: {error.strerror}.") from error
    models = []
    for path in below:
        if path.suffix in UNFINISHED or not path.is_dir():
            continue
        try:
            models.append(open_model(path))
        except (ModelError, OSError) as error:
            log.warning("%s is left out: %s", path.name, error)
    return sorted(models, key=_rank)


def resolve(name_or_path: str, *, models_folder: Path, embedded_folder: Path = EMBEDDED) -> InstalledModel:
    """The model that `name_or_path` means.

    "embedded"; a name of the zoo or of `models_folder`, alone (the most exact precision that is installed)
    or as NAME@PRECISION; or a path to a folder or an .xml file.  A path that reads like a name needs a
    "./".  Raises ModelNotFound, which says what to type next, and ModelCorrupt.
    """
    if name_or_path == EMBEDDED_NAME:
        return _embedded(embedded_folder)
    name, _, precision = name_or_path.partition("@")
    wanted = precision.upper() or None
    matches = [
        model
        for model in installed(models_folder)
        if model.name == name and wanted in (None, model.precision)
    ]
    if matches:
        return matches[0]
    try:
        spec = find(name)
    except ModelNotFound as unknown:
        if _reads_like_a_path(name_or_path):
            return _at(Path(name_or_path))
        raise ModelNotFound(f"{unknown} A path to a model's folder or .xml file will do, too.") from None
    raise _not_installed(spec, wanted, models_folder)


def _embedded(folder: Path) -> InstalledModel:
    try:
        return read_manifest(folder)
    except ModelNotFound:
        raise ModelNotFound(
            f"The embedded reader is not in {folder}. Install Quoth again, or use another: quoth model ls"
        ) from None


def _at(path: Path) -> InstalledModel:
    try:
        return open_model(path)
    except OSError as error:
        raise ModelNotFound(f"{path} cannot be read: {error.strerror}.") from error


def _not_installed(spec: ModelSpec, precision: str | None, folder: Path) -> ModelError:
    """The error for a known model that is not there, or is there and damaged."""
    for variant in [spec.variant(precision)] if precision else spec.variants:
        if (folder / variant.folder / MANIFEST).exists():
            try:
                read_manifest(folder / variant.folder)
            except ModelError as damage:
                return damage
    label, option = (f" in {precision}", f" --precision {precision}") if precision else ("", "")
    return ModelNotFound(
        f"{spec.name}{label} is not installed in {folder}. Type: quoth model pull {spec.name}{option}"
    )


def _reads_like_a_path(text: str) -> bool:
    try:
        return "/" in text or text.endswith(".xml") or text.startswith((".", "~")) or Path(text).exists()
    except OSError:
        return False


def _rank(model: InstalledModel) -> tuple[str, int, str]:
    precision = model.precision or ""
    known = PRECISIONS.index(precision) if precision in PRECISIONS else len(PRECISIONS)
    return model.name, known, str(model.folder)
