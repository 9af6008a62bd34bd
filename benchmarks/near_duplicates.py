"""Ways others find near-duplicates, to hold `cuttings link` against: each gives every article a group. Not part of Cuttings."""

import hashlib
import re
from collections.abc import Callable
from typing import Any

import numpy as np

Line = dict[str, Any]
Grouping = Callable[[list[Line]], dict[str, object]]

MINHASH_J = 0.5  # findings, 1.3: the best threshold for 3-word MinHash
SIMHASH_BITS = 14  # findings, 1.3: the best distance for 3-word SimHash, which wants comparing with everything


def words_of(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())


def shingles(text: str) -> list[bytes]:
    words = words_of(text)
    return [" ".join(words[i : i + 3]).encode() for i in range(max(1, len(words) - 2))]


def by_body(articles: list[Line]) -> dict[str, object]:
    return {line["id"]: hashlib.sha256(line["text"].encode()).hexdigest() for line in articles}


def by_words(articles: list[Line]) -> dict[str, object]:
    return {line["id"]: " ".join(words_of(line["text"])) for line in articles}


def by_minhash(articles: list[Line]) -> dict[str, object]:
    from datasketch import MinHash, MinHashLSH  # noqa: PLC0415 - optional

    index = MinHashLSH(threshold=MINHASH_J, num_perm=128)
    group: dict[str, object] = {}
    for line in articles:
        sketch = MinHash(num_perm=128)
        sketch.update_batch(shingles(line["text"]))
        found = index.query(sketch)
        group[line["id"]] = group[found[0]] if found else line["id"]
        index.insert(line["id"], sketch)
    return group


def by_simhash(articles: list[Line]) -> dict[str, object]:
    """Charikar's 64 bits over 3-word shingles; each article joins the nearest earlier one within SIMHASH_BITS."""
    sketches = np.zeros(len(articles), np.uint64)
    group: dict[str, object] = {}
    for number, line in enumerate(articles):
        digests = [hashlib.blake2b(shingle, digest_size=8).digest() for shingle in shingles(line["text"])]
        bits = np.unpackbits(np.frombuffer(b"".join(digests), np.uint8).reshape(-1, 8), axis=1)
        sketches[number] = np.packbits(bits.sum(axis=0) * 2 > len(bits)).view(np.uint64)[0]
        apart = np.bitwise_count(sketches[:number] ^ sketches[number])
        near = int(apart.argmin()) if number else 0
        found = number and apart[near] <= SIMHASH_BITS
        group[line["id"]] = group[articles[near]["id"]] if found else line["id"]
    return group


METHODS: dict[str, Grouping] = {
    "exact body": by_body,
    "same words": by_words,
    f"SimHash 3 words, {SIMHASH_BITS} bits": by_simhash,
    f"MinHash-LSH 3 words, J {MINHASH_J}": by_minhash,
}
