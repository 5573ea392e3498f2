"""Check this export offline, without hallpass: python3 verify.py [PUBLIC-KEY-FILE]

Every proof in data/proofs/ says that one landed line, data/evidence/ of the same name, stands in the ledger as its
signed checkpoint has it: SHA-256 of the line is its commitment, the commitment is a leaf of its batch's Merkle tree,
and the batch is a leaf of the ledger's tree (RFC 6962, section 2.1; the walk is that of RFC 9162, section 2.1.3.2).
Needs Python 3.9 and, for the signatures, the package `cryptography`. Give a public key that you have from elsewhere:
the one in data/keys only shows that the export agrees with itself. Where data/exemptions.csv says that something was
kept back, a line may be left out: then its proof says that it was landed, and not what it says.
`bagit.py --validate .` checks the files.
"""

from __future__ import annotations

import base64
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
LEAF, NODE = b"\x00", b"\x01"


def sha256(content: bytes) -> bytes:
    """SHA-256."""
    return hashlib.sha256(content).digest()


def root_of(leaf: bytes, index: int, size: int, path: list[str]) -> bytes:
    """The root that a proof leads to; an impossible proof leads to an empty one."""
    if not 0 <= index < size:
        return b""
    last = size - 1
    for sibling in map(bytes.fromhex, path):
        if last == 0:
            return b""
        if index & 1 or index == last:
            leaf = sha256(NODE + sibling + leaf)
            while not index & 1 and index:
                index, last = index >> 1, last >> 1
        else:
            leaf = sha256(NODE + leaf + sibling)
        index, last = index >> 1, last >> 1
    return leaf if last == 0 else b""


def wrong(proof: dict[str, Any], line: bytes | None) -> str:
    """What is wrong with ``line`` under its proof, or nothing; None is a line that is not handed out."""
    entry = proof["entry"]
    if line is not None and hashlib.sha256(line).hexdigest() != proof["commitment"]:
        return "the line is not the one that was landed"
    leaf = sha256(LEAF + bytes.fromhex(proof["commitment"]))
    if root_of(leaf, proof["line"], entry["lines"], proof["line_path"]).hex() != entry["root"]:
        return "the line is not in its batch"
    _, size, root, *_ = proof["note"].split("\n")
    leaf = sha256(LEAF + json.dumps(entry, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode())
    if root_of(leaf, proof["index"], int(size), proof["entry_path"]) != base64.b64decode(root):
        return "the batch is not in the ledger"
    return ""


def signed(note: str, keys: list[str]) -> bool:
    """Whether one of ``keys`` (C2SP signed-note verifier keys) signed the note."""
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

    text, _, signatures = note.rpartition("\n\n")
    for key in keys:
        name, _, encoded = key.split("+", 2)
        for line in signatures.splitlines():
            _, signer, signature = line.split(" ", 2)
            try:
                public = Ed25519PublicKey.from_public_bytes(base64.b64decode(encoded)[1:])
                public.verify(base64.b64decode(signature)[4:], f"{text}\n".encode())
            except InvalidSignature:
                continue
            if signer == name:
                return True
    return False


def main() -> int:
    """Check everything; say each thing that is wrong."""
    key_file = Path(sys.argv[1]) if len(sys.argv) > 1 else HERE / "data" / "keys"
    keys, notes, bad, hidden = key_file.read_text().split(), set(), 0, 0
    redacted = (HERE / "data" / "exemptions.csv").exists()
    proofs = sorted((HERE / "data" / "proofs").glob("*.json"))
    for path in proofs:
        proof = json.loads(path.read_bytes())
        notes.add(proof["note"])
        shown = HERE / "data" / "evidence" / path.name
        kept_back = redacted and not shown.exists()
        hidden += kept_back
        what = wrong(proof, None if kept_back else shown.read_bytes())
        if what:
            bad += 1
            sys.stdout.write(f"{path.stem}: {what}\n")
    for note in notes:
        if not signed(note, keys):
            bad += 1
            sys.stdout.write(f"the checkpoint is not signed by a key in {key_file}\n")
    if hidden:
        sys.stdout.write(f"{hidden} of the lines are not handed out: their proofs say that they were landed\n")
    sys.stdout.write(f"{len(proofs)} lines under {len(notes)} signed checkpoint: {bad or 'nothing'} wrong\n")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
