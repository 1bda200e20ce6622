"""Sealed files both ways with Python's cryptography, by Examples/FernetTool."""

import base64
import os
import random

from fernet_test import text, tool

CHUNK = 64 << 10


def contents():
    seeded = random.Random(11)
    sizes = [0, 1, 1000, CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 3 * CHUNK + 77]
    return [seeded.randbytes(size) for size in sizes]


def cipher(key, salt):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF

    return AESGCM(HKDF(hashes.SHA256(), 32, salt, b"parley sealed file 1").derive(key))


def nonce(index, is_last):
    return bytes(7) + index.to_bytes(4, "big") + bytes([is_last])


def seal(key, content):
    salt = os.urandom(32)
    header = b"PSF\x01" + salt
    sealer = cipher(key, salt)
    chunks = [content[place : place + CHUNK] for place in range(0, len(content), CHUNK)] or [b""]
    return header + b"".join(
        sealer.encrypt(nonce(index, index == len(chunks) - 1), chunk, header) for index, chunk in enumerate(chunks)
    )


def opened(key, file):
    header, body = file[:36], file[36:]
    assert header[:4] == b"PSF\x01"
    opener = cipher(key, header[4:])
    chunks = [body[place : place + CHUNK + 16] for place in range(0, len(body), CHUNK + 16)]
    return b"".join(
        opener.decrypt(nonce(index, index == len(chunks) - 1), chunk, header) for index, chunk in enumerate(chunks)
    )


def test_python_opens_what_we_seal():
    key = os.urandom(32)
    files = tool(f"seal {text(key)} {text(content)}" for content in contents())
    assert [opened(key, base64.urlsafe_b64decode(file)) for file in files] == contents()


def test_we_open_what_python_seals():
    key = os.urandom(32)
    answers = tool(f"open {text(key)} {text(seal(key, content))}" for content in contents())
    assert answers == [text(content) for content in contents()]
    assert tool([f"open {text(os.urandom(32))} {text(seal(key, b'x'))}"]) == ["invalid"]
