"""tests/fuzz/messages.py - every message type by Python's protobuf: valid ones made up, and what spoils them.

Limits are read as the gateway's are, from the options in the descriptors; what is made keeps them all.
"""
import os
import pathlib

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

ROOT = pathlib.Path(__file__).resolve().parents[2]
BUILD = pathlib.Path(os.environ.get("BUILD_DIR", ROOT / "build"))
LIMITS = ("max_bytes", "max_items", "required", "uuid", "positive", "not_negative", "exact_bytes")
WORDS = ["Thư viện không sách", "KH-04", "2417/BC-SNV", "Một cửa thân thiện", "khanh-hoa", "a\nb\tc", "Đ" * 30]
NUMBERS = [1, 2, 7, 127, 128, 2019, 10000, 30000000, 2**31 - 1]
LONG = [2**32, 999999999999, 2**62]


class Types:
    """The descriptors of a build tree, and their messages as classes."""

    def __init__(self, build=BUILD):
        files = descriptor_pb2.FileDescriptorSet.FromString((build / "sangkien.binpb").read_bytes())
        self.pool = descriptor_pool.DescriptorPool()
        for file in files.file:
            self.pool.AddSerializedFile(file.SerializeToString())
        self.factory = message_factory.MessageFactory(self.pool)
        self.options = self.named("google.protobuf.FieldOptions")
        self.limits = {name: self.pool.FindExtensionByName(f"sangkien.wire.v1.{name}") for name in LIMITS}
        self.known = {}
        self.names, self.events = [], set()
        for file in files.file:
            if file.package.startswith("sangkien."):  # CloudEvents only go out
                for message in file.message_type:
                    self.add(f"{file.package}.{message.name}", message, file.name.endswith("/events.proto"))
        self.names.sort()

    def add(self, name, message, is_event):
        self.names.append(name)
        if is_event:
            self.events.add(name)
        for inner in message.nested_type:
            self.add(f"{name}.{inner.name}", inner, False)

    def named(self, name):
        return self.factory.GetPrototype(self.pool.FindMessageTypeByName(name))

    def limit(self, field):
        """What limits.proto says of a field: {name: value} of those that are set."""
        if field.full_name not in self.known:
            options = self.options.FromString(field.GetOptions().SerializeToString())
            self.known[field.full_name] = {n: options.Extensions[e] for n, e in self.limits.items()
                                           if options.Extensions[e]}
        return self.known[field.full_name]


def uuid(chance):
    return f"0190a0e4-{chance.randrange(2**16):04x}-7def-8123-{chance.randrange(2**48):012x}"


def text(chance, limit):
    if limit.get("uuid"):
        return uuid(chance) if limit.get("required") or chance.random() < 0.8 else ""
    most = limit.get("max_bytes", 100)
    made = chance.choice(WORDS) if chance.random() < 0.95 else "y" * most
    while len(made.encode()) > most:
        made = made[:-1]
    return made


def value(types, chance, field, depth, is_event):
    limit = types.limit(field)
    if field.cpp_type == field.CPPTYPE_MESSAGE:
        return make(types, chance, field.message_type.full_name, depth + 1, is_event)
    if field.cpp_type == field.CPPTYPE_STRING:
        if field.type == field.TYPE_STRING:
            return text(chance, limit)
        size = limit.get("exact_bytes") or min(chance.randrange(1, 40), limit.get("max_bytes", 40))
        return chance.randbytes(size)
    if field.cpp_type == field.CPPTYPE_ENUM:
        return chance.choice([v.number for v in field.enum_type.values
                              if v.number or (is_event and not limit.get("required"))])
    if field.cpp_type == field.CPPTYPE_BOOL:
        return True
    wide = field.cpp_type in (field.CPPTYPE_INT64, field.CPPTYPE_UINT64)
    number = chance.choice(NUMBERS + (LONG if wide else []))
    signed = field.cpp_type in (field.CPPTYPE_INT32, field.CPPTYPE_INT64)
    may_be_negative = signed and not any(limit.get(n) for n in ("positive", "not_negative"))
    return -number if may_be_negative and chance.random() < 0.2 else number


def make(types, chance, name, depth=0, is_event=None):
    """A message that keeps every limit; the deeper, the less of it is there."""
    message = types.named(name)()
    if is_event is None:
        is_event = name in types.events
    if name == "google.protobuf.Timestamp":
        message.seconds = chance.randrange(-62135596800, 253402300800)
        message.nanos = chance.randrange(10**9)
        return message
    for field in message.DESCRIPTOR.fields:
        limit = types.limit(field)
        must = limit.get("required") or limit.get("positive")
        if not must and (depth > 5 or chance.random() < 0.4):
            continue
        if field.containing_oneof and message.WhichOneof(field.containing_oneof.name):
            continue
        put(types, chance, message, field, depth, is_event)
    return message


def put(types, chance, message, field, depth, is_event):
    if field.label == field.LABEL_REPEATED:
        for _ in range(chance.randrange(1, 4)):
            item = value(types, chance, field, depth, is_event)
            getattr(message, field.name).append(item)
    elif field.cpp_type == field.CPPTYPE_MESSAGE:
        getattr(message, field.name).CopyFrom(value(types, chance, field, depth, is_event))
    else:
        setattr(message, field.name, value(types, chance, field, depth, is_event))


# ------------------------------------------------------------------ what spoils them

def flip(chance, data):
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] ^ 1 << chance.randrange(8)]) + data[at + 1:]


def cut(chance, data):
    return data[:chance.randrange(len(data))]


def leave_out(chance, data):
    at = chance.randrange(len(data))
    return data[:at] + data[at + chance.randrange(1, 5):]


def put_in(chance, data):
    at = chance.randrange(len(data) + 1)
    return data[:at] + chance.choice([b"\0", b"\xff", b"\x80", b"\xc0\xaf", b"\xed\xa0\x80", b"\x08\x01"]) + data[at:]


def double(chance, data):
    at = chance.randrange(len(data))
    return data + data[at:at + chance.randrange(1, 40)]


def stretch(chance, data):
    """A byte becomes the same number in two: not the shortest form, where it is a number."""
    at = chance.randrange(len(data))
    return data[:at] + bytes([data[at] | 0x80, 0]) + data[at + 1:] if data[at] < 0x80 else data


def wild(chance, data):
    at = chance.randrange(len(data))
    return data[:at] + chance.randbytes(chance.randrange(1, 4)) + data[at + 1:]


SPOILERS = [flip, flip, cut, leave_out, put_in, double, stretch, wild]


def spoil(chance, data):
    """One to three of these."""
    for _ in range(chance.choice([1, 1, 1, 2, 3])):
        if data:
            data = chance.choice(SPOILERS)(chance, data)
    return data
