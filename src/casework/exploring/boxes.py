"""A union of boxes, each of which says of every group which values are possible, independently of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_FEW = 24
"""Among so many boxes it is looked whether several together cover another one."""


class Boxes:
    """A union of boxes; where one is as wide as another in all groups but one, they grow together there."""

    __slots__ = ("_fresh", "_masks", "boxes", "whole")

    def __init__(self, masks: Mapping[int, int]) -> None:
        """*masks* are, by bit, all bits of its group."""
        self._masks = masks
        self.boxes: list[int] = []
        self._fresh: list[int] = []
        self.whole = False

    def add(self, box: int) -> bool:
        """Take a box in. Whether any of it was new."""
        if self.covers(box):
            return False
        size = 0
        while size != (size := box.bit_count()):
            for other in self.boxes:
                outside = box & ~other
                if outside:
                    mask = self._masks[(outside & -outside).bit_length() - 1]
                    if not outside & ~mask:
                        box |= other & mask
        self.boxes = [other for other in self.boxes if other & ~box]
        self.boxes.append(box)
        self._fresh.append(box)
        return True

    def fresh(self) -> list[int]:
        """The boxes that came since this was asked last."""
        fresh, self._fresh = [box for box in self._fresh if box in self.boxes or self.whole], []
        return self.boxes if self.whole else fresh

    def covers(self, box: int) -> bool:
        """Whether every case of *box* is among the cases."""
        for other in self.boxes:
            if not box & ~other:
                return True
        return 1 < len(self.boxes) <= _FEW and not any(True for _ in self.beyond(box))

    def beyond(self, box: int) -> Iterator[int]:
        """The cases of *box* that are not among the cases, as boxes that do not overlap."""
        rest = [box]
        for other in self.boxes:
            rest = [part for one in rest for part in self._minus(one, other)]
            if not rest:
                return
        yield from rest

    def _minus(self, box: int, other: int) -> Iterator[int]:
        outside = box & ~other
        if not outside:
            return
        if self._apart(box & other, outside):
            yield box
            return
        while outside:
            mask = self._masks[(outside & -outside).bit_length() - 1]
            yield (box & ~mask) | (outside & mask)
            box = (box & ~mask) | (box & other & mask)
            outside &= ~mask

    def _apart(self, both: int, outside: int) -> bool:
        while outside:
            mask = self._masks[(outside & -outside).bit_length() - 1]
            if not both & mask:
                return True
            outside &= ~mask
        return False
