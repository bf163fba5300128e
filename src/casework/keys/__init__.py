"""Keys under which values of persons are sealed: where they are kept, and the form of what is sealed."""

from casework.keys.folder import KeyFolder
from casework.keys.ledger import ErasureFile, ErasureLedger, ErasureMemory, ErasureRecord
from casework.keys.masters import MasterKey, MasterKeys, add_master, new_master
from casework.keys.memory import KeyMemory
from casework.keys.port import DatabaseKeys, KeyStore, Tombstone

__all__ = [
    "DatabaseKeys",
    "ErasureFile",
    "ErasureLedger",
    "ErasureMemory",
    "ErasureRecord",
    "KeyFolder",
    "KeyMemory",
    "KeyStore",
    "MasterKey",
    "MasterKeys",
    "Tombstone",
    "add_master",
    "new_master",
]
