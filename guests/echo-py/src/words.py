"""Words, which are an echo's tokens, and vectors made of them.

Whatever is at most a space (U+0020) stands between words.
"""

import re
from math import sqrt

WORD = re.compile(r"[^\x00-\x20]+")
PIECE = re.compile(r"^[\x00-\x20]*[^\x00-\x20]*[\x00-\x20]*|[^\x00-\x20]+[\x00-\x20]*")
SPACE = "".join(map(chr, range(0x21)))
MASK = (1 << 64) - 1


def count(text):
    """How many words there are."""
    return len(WORD.findall(text))


def pieces(text):
    """The text word by word, each with the space after it, the first also with the space before."""
    return [piece for piece in PIECE.findall(text) if piece]


def first(text, words):
    """The first words of the text."""
    if count(text) <= words:
        return text
    return "".join(pieces(text)[:words]).rstrip(SPACE)


def trim(text):
    """The text without the space around it."""
    return text.strip(SPACE)


def slices(text, size):
    """The text in slices of so many bytes, more where a character would be cut."""
    slice, length = "", 0
    for character in text:
        slice += character
        length += len(character.encode())
        if length >= size:
            yield slice
            slice, length = "", 0
    if slice:
        yield slice


def lowercase(text):
    """The words as bytes, in lower case as far as they are ASCII."""
    return [word.encode().lower() for word in WORD.findall(text)]


def vector(words, dimensions):
    """A vector of length 1: the sum of one vector per word."""
    sums = [0.0] * dimensions
    for word in words:
        state = fnv1a(word)
        for index in range(dimensions):
            state = (state + 0x9E3779B97F4A7C15) & MASK
            sums[index] += (mix(state) >> 11) / (1 << 52) - 1.0
    # Added up one by one: `sum` compensates, and would differ from other languages.
    square = 0.0
    for number in sums:
        square += number * number
    length = sqrt(square)
    if length == 0.0:
        return [float(index == 0) for index in range(dimensions)]
    return [number / length for number in sums]


def overlap(query, document):
    """The share of the query's words that the document has, from 0 to 1."""
    query, document = set(lowercase(query)), set(lowercase(document))
    return len(query & document) / len(query) if query else 0.0


def fnv1a(data):
    """The 64-bit FNV-1a hash (RFC 9923)."""
    hash = 0xCBF29CE484222325
    for byte in data:
        hash = (hash ^ byte) * 0x100000001B3 & MASK
    return hash


def mix(state):
    """The output function of SplitMix64 (Steele, Lea, Flood, 2014)."""
    state = (state ^ (state >> 30)) * 0xBF58476D1CE4E5B9 & MASK
    state = (state ^ (state >> 27)) * 0x94D049BB133111EB & MASK
    return state ^ (state >> 31)
