"""The bytes of enclosures: where they are kept, what they may be, how they are handed out."""

from casework.blobs.folder import BlobFolder
from casework.blobs.limits import EnclosureLimits
from casework.blobs.memory import BlobMemory
from casework.blobs.port import BlobStore, StoredBlob

__all__ = ["BlobFolder", "BlobMemory", "BlobStore", "EnclosureLimits", "StoredBlob"]
