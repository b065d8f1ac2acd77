"""What a run leaves on disk and how it draws: its folder, whole files, what is kept under a key, random streams."""

from remembrain.run.files import (
    atomic_path,
    clear_disk_errors,
    holds,
    insist_on_file,
    insist_on_folder,
    is_leftover,
    open_private,
    private_folder,
    remove_leftovers,
    scratch_folder,
    sha256,
    write_array,
    write_json,
    write_text,
)
from remembrain.run.folder import COMPARISON, EVIDENCE, SCHEMA, Kind, RunFolder
from remembrain.run.kept import Key
from remembrain.run.memory import in_words, memory_left
from remembrain.run.reading import insist_on_regular, parse_json, read_array, read_bytes, read_json, read_toml

__all__ = [
    "COMPARISON",
    "EVIDENCE",
    "SCHEMA",
    "Key",
    "Kind",
    "RunFolder",
    "atomic_path",
    "clear_disk_errors",
    "holds",
    "in_words",
    "insist_on_file",
    "insist_on_folder",
    "insist_on_regular",
    "is_leftover",
    "memory_left",
    "open_private",
    "parse_json",
    "private_folder",
    "read_array",
    "read_bytes",
    "read_json",
    "read_toml",
    "remove_leftovers",
    "scratch_folder",
    "sha256",
    "write_array",
    "write_json",
    "write_text",
]
