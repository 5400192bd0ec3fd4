#!/usr/bin/python3
"""embed.py - prints the bytes of standard input as a C array: the descriptors that `sangkien` carries."""
import sys

data = sys.stdin.buffer.read()
print("#include <stddef.h>\n")
print("extern const unsigned char descriptors_start[];\nextern const size_t descriptors_size;\n")
print("const unsigned char descriptors_start[] = {")
for at in range(0, len(data), 20):
    print("    " + ",".join(str(byte) for byte in data[at:at + 20]) + ",")
print(f"}};\nconst size_t descriptors_size = {len(data)};")
