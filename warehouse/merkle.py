"""Merkle trees as RFC 6962 (section 2.1) draws them: roots, inclusion proofs and consistency proofs.

Everything here takes and gives hashes of 32 bytes. A leaf's hash is :func:`leaf` of its bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


def leaf(content: bytes) -> bytes:
    """SHA-256(0x00 || content)."""
    return hashlib.sha256(b"\x00" + content).digest()


def node(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """The root over leaf hashes."""
    level = list(leaves)
    while len(level) > 1:
        level = _parents(level)
    return level[0] if level else EMPTY


class Growing:
    """A tree that leaves are added to; its root is known at every size without starting again."""

    def __init__(self) -> None:
        self.size = 0
        self._peaks: list[bytes] = []  # roots of the complete trees side by side, the largest first

    def add(self, leaf_hash: bytes) -> None:
        """Add one leaf."""
        self.size += 1
        peak, complete = leaf_hash, self.size
        while complete % 2 == 0:
            peak, complete = node(self._peaks.pop(), peak), complete >> 1
        self._peaks.append(peak)

    def root(self) -> bytes:
        """The root over all leaves so far."""
        running, *larger = reversed(self._peaks or [EMPTY])
        for peak in larger:
            running = node(peak, running)
        return running


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The audit path of the leaf at ``index``, from the bottom up (RFC 6962 section 2.1.1).

    Raises
    ------
    IndexError : there is no such leaf.
    """
    if not 0 <= index < len(leaves):
        raise IndexError(f"no leaf {index} in a tree of {len(leaves)}")
    level, path = list(leaves), []
    while len(level) > 1:
        if (sibling := index ^ 1) < len(level):
            path.append(level[sibling])
        level, index = _parents(level), index >> 1
    return path


def included(leaf_hash: bytes, index: int, size: int, path: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether ``path`` proves the leaf at ``index`` of the tree of ``size`` leaves with this root.

    The algorithm is that of RFC 9162, section 2.1.3.2.
    """
    if not 0 <= index < size:
        return False
    last, running = size - 1, leaf_hash
    for sibling in path:
        if last == 0:
            return False
        if index & 1 or index == last:
            running = node(sibling, running)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            running = node(running, sibling)
        index, last = index >> 1, last >> 1
    return last == 0 and running == root_hash


def consistency_proof(leaves: Sequence[bytes], old_size: int) -> list[bytes]:
    """Proof that the tree over ``leaves`` only adds to its first ``old_size`` leaves (RFC 6962 section 2.1.2).

    Raises
    ------
    IndexError : there was no such tree.
    """
    if not 0 < old_size <= len(leaves):
        raise IndexError(f"a tree of {len(leaves)} leaves has no earlier one of {old_size}")
    return _subproof(leaves, old_size, whole=True)


def consistent(old_size: int, old_root: bytes, size: int, root_hash: bytes, path: Sequence[bytes]) -> bool:
    """Whether ``path`` proves that the second tree only adds to the first (RFC 9162 section 2.1.4.2)."""
    if not 0 < old_size <= size:
        return False
    if old_size == size:
        return not path and old_root == root_hash
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    if not steps:
        return False
    index, last = old_size - 1, size - 1
    while index & 1:
        index, last = index >> 1, last >> 1
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            old, new = node(step, old), node(step, new)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            new = node(new, step)
        index, last = index >> 1, last >> 1
    return last == 0 and old == old_root and new == root_hash


def _parents(level: Sequence[bytes]) -> list[bytes]:
    """The level above; a last node without a sibling moves up as it is."""
    sha256 = hashlib.sha256
    parents = [sha256(b"\x01" + left + right).digest() for left, right in zip(level[::2], level[1::2], strict=False)]
    return [*parents, level[-1]] if len(level) % 2 else parents


def _subproof(leaves: Sequence[bytes], old_size: int, *, whole: bool) -> list[bytes]:
    if old_size == len(leaves):
        return [] if whole else [root(leaves)]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    left, right = leaves[:split], leaves[split:]
    if old_size <= split:
        return [*_subproof(left, old_size, whole=whole), root(right)]
    return [*_subproof(right, old_size - split, whole=False), root(left)]
