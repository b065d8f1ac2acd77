"""What a run leaves on disk and how it draws: its folder, whole files, what is kept under a key, random streams."""

from remembrain.run.files import (
    atomic_path,
    clear_disk_errors,
    insist_on_file,
    insist_on_folder,
    read_json,
    sha256,
    write_array,
    write_json,
    write_text,
)
from remembrain.run.folder import COMPARISON, EVIDENCE, SCHEMA, RunFolder
from remembrain.run.kept import Key

__all__ = [
    "COMPARISON",
    "EVIDENCE",
    "SCHEMA",
    "Key",
    "RunFolder",
    "atomic_path",
    "clear_disk_errors",
    "insist_on_file",
    "insist_on_folder",
    "read_json",
    "sha256",
    "write_array",
    "write_json",
    "write_text",
]
