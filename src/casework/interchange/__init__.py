"""Definitions of other systems, carried over as far as they can be; what cannot is told. XML from strangers, safely."""

from casework.interchange.carrying import Carried, PermissionMap, carry, load_dcworkflow
from casework.interchange.dcworkflow import Source, read
from casework.interchange.markup import Element, tree

__all__ = ["Carried", "Element", "PermissionMap", "Source", "carry", "load_dcworkflow", "read", "tree"]
