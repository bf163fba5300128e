"""Backups: a folder with the database, the files of cases and a manifest of digests, sealed where asked for."""

from casework.storage.backup.archive import Backup, Stored, read_manifest
from casework.storage.backup.backup import back_up, restore
from casework.storage.backup.envelope import new_backup_key

__all__ = ["Backup", "Stored", "back_up", "new_backup_key", "read_manifest", "restore"]
