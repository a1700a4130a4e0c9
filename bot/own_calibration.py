"""What `quoth calibrate` fitted: a file in the home for each reader, which it belongs to for good.

But: fitting is `qa_engine.fitting`'s business.
"""

from __future__ import annotations

import glob
import json
from pathlib import Path

from qa_engine.calibration import Calibration
from qa_engine.errors import ModelCorrupt
from qa_engine.models import InstalledModel


def path_of(folder: Path, model: InstalledModel) -> Path:
    """The file of a reader: its name, and the beginning of its weights' checksum where it has one."""
    weights = next((file.checksum.hex[:12] for file in model.files if file.name == model.bin.name), "unknown")
    return folder / f"{model.name}-{weights}.json"


def of_other_weights(folder: Path, model: InstalledModel) -> Path | None:
    """The latest file of a reader that is called the same and has other weights."""
    own = path_of(folder, model)
    others = [path for path in folder.glob(f"{glob.escape(model.name)}-*.json") if path != own]
    return max(others, key=lambda path: path.stat().st_mtime, default=None)


def read(folder: Path, model: InstalledModel) -> Calibration | None:
    """The calibration of a reader; None if none was fitted.  Raises ModelCorrupt for a damaged file."""
    path = path_of(folder, model)
    try:
        values = json.loads(path.read_bytes())
        if not isinstance(values, dict) or not values:
            raise ValueError("no object")
        return Calibration.from_json(values)
    except (FileNotFoundError, NotADirectoryError):  # or the home is a file, which is told elsewhere
        return None
    except (OSError, ValueError, RecursionError, ModelCorrupt) as error:
        raise ModelCorrupt(
            f"{path} is no calibration ({type(error).__name__}); run quoth calibrate again, or with --reset."
        ) from error


def write(folder: Path, model: InstalledModel, calibration: Calibration) -> Path:
    """Keep a calibration; it is there whole or not at all.  Raises OSError."""
    path = path_of(folder, model)
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps(calibration.to_json(), indent=2) + "\n", encoding="utf-8")
    fresh.replace(path)
    return path


def remove(folder: Path, model: InstalledModel) -> bool:
    """Forget a calibration; returns whether there was one."""
    path = path_of(folder, model)
    existed = path.exists()
    path.unlink(missing_ok=True)
    return existed
