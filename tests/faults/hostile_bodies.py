"""tests/faults/hostile_bodies.py - messages made to break whoever reads them, as no library writes them."""
KIB = 1024
ROOM = 58 * KIB  # of a body, so that its request stays within 60 KiB
VARINT, FIXED64, BYTES, GROUP, END, FIXED32 = 0, 1, 2, 3, 4, 5


def number(value, least=1):
    """A varint of at least so many bytes: longer than it need be, if so wanted."""
    out = b""
    while value >= 0x80 or len(out) + 1 < least:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def tag(field, type, least=1):
    return number(field << 3 | type, least)


def inner(field, content):
    return tag(field, BYTES) + number(len(content)) + content


def nested(field, size):
    """Levels within each other until so many bytes are full."""
    heads, length = [], 0
    while length < size:
        heads.append(tag(field, BYTES) + number(length))
        length += len(heads[-1])
    return b"".join(reversed(heads))


def merged(field, size):
    """A singular message again and again, each time with more in it: to merge them costs the square."""
    out, n = b"", 0
    while len(out) < size:
        out += inner(field, inner(1 + n % 3, b"x" * (n % 100)))
        n += 1
    return out


def marks(size):
    """One letter and thousands of marks on it, in the wrong order."""
    return ("a" + "\u0323\u0301\u0345\u0300" * (size // 8)).encode()


# The body of a CreateEntry: 1 and 3 to 5 are text, 2 an enum, 6 and 7 lists of messages.
BODIES = {
    "58 KiB of levels": nested(6, ROOM),
    "levels in a field that has none": nested(3, 34 * KIB),
    "empty messages": (tag(6, BYTES) + b"\0") * (ROOM // 2),
    "messages of one empty text": inner(6, inner(1, b"")) * (ROOM // 4),
    "texts over and over": inner(3, b"x") * (ROOM // 3),
    "an enum over and over": (tag(2, VARINT) + b"\1") * (ROOM // 2),
    "unknown fields": (tag(15, VARINT) + b"\0") * (ROOM // 2),
    "unknown fields, each another": b"".join(tag(100 + n, VARINT) + b"\0" for n in range(ROOM // 4)),
    "one unknown field": inner(15, b"x" * (ROOM - 10)),
    "the last field number there is": tag((1 << 29) - 1, VARINT) + b"\0",
    "a field number beyond the last": number(1 << 32 | VARINT) + b"\0",
    "field number nought": b"\0\0" * (ROOM // 2),
    "groups that begin": tag(6, GROUP) * ROOM,
    "groups that end": tag(6, END) * ROOM,
    "groups that begin and end": (tag(6, GROUP) + tag(6, END)) * (ROOM // 2),
    "groups within groups": tag(6, GROUP) * (ROOM // 2) + tag(6, END) * (ROOM // 2),
    "wire type 6": b"\x36" * ROOM,
    "wire type 7": b"\x37" * ROOM,
    "a number of eleven bytes": tag(2, VARINT) + b"\x80" * 10 + b"\1",
    "a number that never ends": tag(2, VARINT) + b"\xff" * ROOM,
    "a tag that never ends": b"\x80" * ROOM,
    "a tag longer than it need be": tag(2, VARINT, 6) + b"\1",
    "a length beyond the end": tag(3, BYTES) + number(ROOM) + b"x",
    "a length of two gigabytes": tag(3, BYTES) + number((1 << 31) - 1) + b"x" * 100,
    "a length of four gigabytes": tag(3, BYTES) + number((1 << 32) - 1) + b"x" * 100,
    "a length of all 64 bits": tag(3, BYTES) + number((1 << 64) - 1) + b"x" * 100,
    "a length that is negative in 32 bits": tag(6, BYTES) + number(1 << 31) + b"x" * 100,
    "a text as a number": tag(3, VARINT) + b"\1",
    "a text as eight bytes": tag(3, FIXED64) + b"x" * 8,
    "a number as a text": inner(2, b"\1"),
    "a number as four bytes": tag(2, FIXED32) + b"\1\0\0\0",
    "numbers packed and not": inner(2, b"\1\1\1") + tag(2, VARINT) + b"\1",
    "an enum that nobody knows": tag(2, VARINT) + number(4711),
    "an enum below nought": tag(2, VARINT) + number((1 << 64) - 1),
    "an enum of 64 bits": tag(2, VARINT) + number(1 << 63),
    "text of bytes that are no UTF-8": inner(4, b"\xff\xfe\xc0\x80" * 2000),
    "text that breaks off in a character": inner(4, "ế".encode()[:-1] * 2000),
    "text of surrogates": inner(4, b"\xed\xa0\x80\xed\xb0\x80" * 1000),
    "text of nothing but NUL": inner(4, b"\0" * 8000),
    "text that turns around": inner(4, "\u202egnud iộn".encode() + b"\x1b[2J" * 1000),
    "text with thousands of marks": inner(4, marks(8000)),
    "text with marks beyond its limit": inner(4, marks(ROOM - 10)),
    "text that is longer when it is normal": inner(4, "\ufdfa".encode() * 2600),
    "a list of what it does not hold": inner(6, tag(1, VARINT) + b"\0") * 4000,
}
# The Request itself, put behind a good one: 6 is the actor, a singular message; 7 and 8 are times.
BEHIND = {
    "another actor": inner(6, b""),
    "actors that merge": merged(6, 1 * KIB),
    "a hundred times": inner(7, b"\x08\x01") * 100,
    "a body again": inner(5, b""),
    "an id again": inner(1, b"x" * 36),
    "bytes of unknown fields": inner(99, b"x" * 1000),
    "a group": tag(6, GROUP) + tag(6, END),
    "a time beyond all times": inner(8, tag(1, VARINT) + number((1 << 63) - 1) + tag(2, VARINT) + number(1 << 31)),
    "a flag that is neither": tag(10, VARINT) + number(1 << 63),
}


def mutated(request, dice):
    """The same with a few bytes changed, taken away, doubled, or exchanged for others of the same message."""
    data = bytearray(request)
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(data))
        length = dice.randint(1, 40)
        piece = bytes(data[at:at + length])
        data[at:at + length] = dice.choice([
            lambda: bytes([data[at] ^ 1 << dice.randrange(8)]) + piece[1:],
            lambda: b"",
            lambda: piece + piece,
            lambda: piece * dice.randint(2, 200),
            lambda: dice.randbytes(length),
            lambda: number(dice.choice((0, 1, 0x7F, 1 << 31, (1 << 32) - 1, (1 << 64) - 1)), dice.randint(1, 5)),
            lambda: piece[::-1],
        ])()
        if not data:
            data = bytearray(b"\0")
    return bytes(data[:60 * KIB])


def storm(requests, count, dice):
    return [mutated(dice.choice(requests), dice) for _ in range(count)]
