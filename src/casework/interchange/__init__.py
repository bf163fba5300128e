"""Definitions of other systems, carried over as far as they can be; what cannot is told."""

from casework.interchange.carrying import Carried, PermissionMap, carry, load_dcworkflow
from casework.interchange.dcworkflow import Source, read

__all__ = ["Carried", "PermissionMap", "Source", "carry", "load_dcworkflow", "read"]
