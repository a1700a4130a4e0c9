"""The models: which there are, bringing one here, checking it, and finding it again.

`zoo` knows the published ones, `download` brings one, `manifest` describes what is installed, `verify`
checks it, and `locate` finds it by name or path.

But: nothing here runs a model; `runtime` does.
"""

from __future__ import annotations

from qa_engine.models.download import Progress, pull
from qa_engine.models.fetch import Patience
from qa_engine.models.files import Checksum, ModelFile
from qa_engine.models.locate import EMBEDDED_NAME, installed, resolve
from qa_engine.models.manifest import (
    EMBEDDED,
    ENCODER,
    MANIFEST,
    InstalledModel,
    describe,
    open_model,
    read_manifest,
    write_manifest,
)
from qa_engine.models.verify import FileCheck, require_intact, require_vocabulary, verify
from qa_engine.models.zoo import PRECISIONS, ModelSpec, ModelVariant, find, zoo

__all__ = [
    "EMBEDDED",
    "EMBEDDED_NAME",
    "ENCODER",
    "MANIFEST",
    "PRECISIONS",
    "Checksum",
    "FileCheck",
    "InstalledModel",
    "ModelFile",
    "ModelSpec",
    "ModelVariant",
    "Patience",
    "Progress",
    "describe",
    "find",
    "installed",
    "open_model",
    "pull",
    "read_manifest",
    "require_intact",
    "require_vocabulary",
    "resolve",
    "verify",
    "write_manifest",
    "zoo",
]
