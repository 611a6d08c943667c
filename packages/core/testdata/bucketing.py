#!/usr/bin/env python3
"""Tinct's bucketing, a second time: docs/spec/bucketing.md with nothing but the standard library.

Usage: bucketing.py [bucket.json]
Checks each vector of the file. Exit 0: all hold; 1: some don't, and it says which; 2: there is no such file.
"""

import json
import os
import sys

MASK = 0xFFFFFFFF
BUCKETS = 100_000
SCHEME_VERSION = "1"
PURPOSE = "assign"


def rotl(x, bits):
    return (x << bits | x >> (32 - bits)) & MASK


def scramble(k):
    return rotl(k * 0xCC9E2D51 & MASK, 15) * 0x1B873593 & MASK


def murmur3_x86_32(data, seed=0):
    """MurmurHash3 x86 32-bit of bytes, as an unsigned integer."""
    h = seed
    whole = len(data) & ~3
    for at in range(0, whole, 4):
        h ^= scramble(int.from_bytes(data[at : at + 4], "little"))
        h = (rotl(h, 13) * 5 + 0xE6546B64) & MASK
    if whole < len(data):
        h ^= scramble(int.from_bytes(data[whole:], "little"))
    h ^= len(data)
    h = (h ^ h >> 16) * 0x85EBCA6B & MASK
    h = (h ^ h >> 13) * 0xC2B2AE35 & MASK
    return h ^ h >> 16


def field(text):
    """A length-prefixed field. Raises UnicodeEncodeError for a lone surrogate."""
    data = text.encode("utf-8")
    return len(data).to_bytes(4, "little") + data


def unit_hash(salt, unit, key):
    fields = (SCHEME_VERSION, salt, PURPOSE, unit, key)
    return murmur3_x86_32(b"".join(field(text) for text in fields))


def bucket_of(salt, unit, key):
    """The bucket of a targeting key, 0 to 99999."""
    return unit_hash(salt, unit, key) * BUCKETS >> 32


def shown(value):
    text = json.dumps(value)
    return text if len(text) <= 120 else text[:117] + "..."


def check_hash(vector):
    found = murmur3_x86_32(bytes.fromhex(vector["hex"]), vector["seed"])
    return [] if found == vector["hash"] else [f"hash {found}"]


def check_bucket(vector):
    unit = (vector["salt"], vector["unit"], vector["key"])
    found = {"hash": unit_hash(*unit), "bucket": bucket_of(*unit)}
    asked = [what for what in found if what in vector] or ["neither hash nor bucket"]
    return [f"{what} {found.get(what)}" for what in asked if found.get(what) != vector.get(what, -1)]


def check_refused(vector):
    try:
        found = bucket_of(vector["salt"], vector["unit"], vector["key"])
    except UnicodeEncodeError:
        return []
    return [f"not refused, but bucket {found}"]


CHECKS = {"murmur3": check_hash, "buckets": check_bucket, "refused": check_refused}


def check(vectors):
    """Yields a line for each vector that does not hold."""
    for kind, one in CHECKS.items():
        for i, vector in enumerate(vectors.get(kind, [])):
            wrong = one(vector)
            if wrong:
                yield f"{kind}[{i}] {shown(vector)}: {', '.join(wrong)}"


def main(arguments):
    here = os.path.dirname(os.path.abspath(__file__))
    path = arguments[0] if arguments else os.path.join(here, "bucket.json")
    try:
        with open(path, encoding="utf-8") as file:
            vectors = json.load(file)
    except OSError as error:
        print(f"{path}: {error.strerror}", file=sys.stderr)
        return 2
    wrong = list(check(vectors))
    for line in wrong:
        print(line)
    total = sum(len(vectors.get(kind, [])) for kind in CHECKS)
    if total == 0:
        print("no vectors")
    print(f"{total - len(wrong)} hold, {len(wrong)} do not")
    return 1 if wrong or total == 0 else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
