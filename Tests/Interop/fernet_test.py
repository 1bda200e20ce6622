"""Fernet both ways with Python's cryptography, by Examples/FernetTool."""

import base64
import random
import subprocess

import support

COUNT = 10_000


def tool(lines):
    done = subprocess.run(
        [support.binary("FernetTool")], input="\n".join(lines) + "\n", capture_output=True, text=True, check=True
    )
    return done.stdout.splitlines()


def messages():
    seeded = random.Random(7)
    return [seeded.randbytes(seeded.choice([0, 1, 15, 16, 17, seeded.randrange(2000)])) for _ in range(COUNT)]


def text(message):
    return base64.urlsafe_b64encode(message).decode()


def test_python_opens_what_we_encrypt():
    from cryptography.fernet import Fernet

    key = Fernet.generate_key()
    tokens = tool(f"encrypt {key.decode()} {text(message)}" for message in messages())
    assert len(tokens) == COUNT
    fernet = Fernet(key)
    for token, message in zip(tokens, messages()):
        assert fernet.decrypt(token, ttl=300) == message


def test_we_open_what_python_encrypts():
    from cryptography.fernet import Fernet

    key = Fernet.generate_key()
    fernet = Fernet(key)
    answers = tool(f"decrypt {key.decode()} {fernet.encrypt(message).decode()}" for message in messages())
    assert answers == [text(message) for message in messages()]


def test_both_refuse_a_changed_token():
    from cryptography.fernet import Fernet, InvalidToken

    key = Fernet.generate_key()
    fernet = Fernet(key)
    whole = bytearray(base64.urlsafe_b64decode(fernet.encrypt(b"a message")))
    lines = []
    for place in range(len(whole)):
        changed = bytes(byte ^ (index == place) for index, byte in enumerate(whole))
        token = base64.urlsafe_b64encode(changed)
        try:
            fernet.decrypt(token)
            raise AssertionError("Python opened a changed token")
        except InvalidToken:
            lines.append(f"decrypt {key.decode()} {token.decode()}")
    assert set(tool(lines)) == {"invalid"}
