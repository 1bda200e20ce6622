"""The Dockerfile and the documents name only what exists; there may be no Docker engine to try them with."""

import re
import shutil
import subprocess
import textwrap

import support


def dockerfile():
    """The instructions, each as (word, rest), continued lines joined."""
    text = (support.ROOT / "Dockerfile").read_text()
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    return [line.split(maxsplit=1) for line in text.replace("\\\n", " ").splitlines() if line.strip()]


def stages():
    """The instructions of each stage."""
    found = []
    for word, rest in dockerfile():
        if word == "FROM":
            found.append([])
        found[-1].append((word, rest))
    return found


def packages(stage):
    named = " ".join(rest for word, rest in stage if word == "RUN")
    return set(re.search(r"--no-install-recommends(.*?)&&", named, re.S)[1].split())


def manifest_packages():
    return set(re.findall(r'apt: "([^"]+)"', (support.ROOT / "Package.swift").read_text()))


def known_to_apt(names):
    if not shutil.which("apt-cache"):
        raise support.Skip("this is no Debian")
    listed = subprocess.run(["apt-cache", "pkgnames"], capture_output=True, text=True, check=True).stdout.split()
    if not {"bash", "debian-goodies"} <= set(listed):
        raise support.Skip("apt has no package lists")
    return {name for name in names if name not in listed}


def test_every_debian_package_named_exists():
    build, run = stages()
    setup = re.search(r'packages \\\n\s+"([^"]+)"', (support.ROOT / "script" / "setup").read_text())[1].split()
    documented = re.findall(r"`((?:lib|zlib)[a-z0-9.-]+)`", (support.ROOT / "docs" / "dependencies.md").read_text())
    debian = {name for name in documented if not name.isalpha()}
    unknown = known_to_apt(packages(build) | packages(run) | set(setup) | debian)
    assert not unknown, f"not in Debian: {unknown}"


def test_the_build_installs_what_the_package_needs():
    build, _ = stages()
    assert manifest_packages() <= packages(build), manifest_packages() - packages(build)
    setup = (support.ROOT / "script" / "setup").read_text()
    for name in manifest_packages():
        assert name in setup, f"script/setup does not install {name}"


def test_the_image_has_every_library_that_the_program_loads():
    if not shutil.which("readelf") or not shutil.which("dpkg"):
        raise support.Skip("this is no Debian")
    _, run = stages()
    needed = set()
    # What it names itself: what those libraries need, their packages bring.
    listed = subprocess.run(["readelf", "-d", support.binary()], capture_output=True, text=True, check=True).stdout
    for line in listed.splitlines():
        match = re.search(r"\(NEEDED\).*\[(\S+)\]", line)
        # The image is Debian's and has the C library; Swift's own libraries are linked into the program there.
        if match and not re.match(r"lib(c|m|swift\w*|Block\w*|dispatch|_?Foundation\w*)\.so", match[1]):
            done = subprocess.run(["dpkg", "-S", f"*/{match[1]}"], capture_output=True, text=True)
            needed |= {owner.split(":")[0] for owner in done.stdout.splitlines()} & debian_names(match[1])
    assert needed and needed <= packages(run), needed - packages(run)


def debian_names(library):
    """What Debian calls the package of a library: libuv.so.1 is in libuv1, libsodium.so.23 in libsodium23."""
    stem, _, version = library.partition(".so.")
    special = {"libssl": "libssl3", "libcrypto": "libssl3", "libz": "zlib1g", "libgcc_s": "libgcc-s1"}
    return {special.get(stem, f"{stem}{version}"), f"{stem}-{version}"}


def test_every_path_that_is_copied_exists():
    built = {path for word, rest in stages()[0] for path in re.findall(r"/out/\S+", rest) if word == "RUN"}
    for word, rest in dockerfile():
        if word == "COPY":
            *sources, _ = [part for part in rest.split() if not part.startswith("--")]
            for source in sources:
                exists = source in built if "--from=build" in rest else (support.ROOT / source).exists()
                assert exists, f"COPY {rest}"


def test_what_the_server_reads_from_disk_is_in_the_image():
    copied = {rest.split()[0] for word, rest in stages()[1] if word == "COPY"}
    for name in ["Public", "Templates"]:
        assert (support.ROOT / name).exists() == (name in copied), f"{name} and the COPY instructions differ"


def test_every_variable_and_subcommand_named_exists():
    documented = (support.ROOT / "docs" / "settings.md").read_text()
    texts = {name: (support.ROOT / name).read_text() for name in ["Dockerfile", "compose.yaml", "README.md"]}
    for name, text in texts.items():
        for variable in re.findall(r"\bPARLEY_[A-Z_]+", text):
            assert f"`{variable}`" in documented, f"{name}: there is no {variable}"
        for flag in re.findall(r"script/server[^\n`]*?(--[a-z-]+)", text):
            assert f"`{flag}`" in documented, f"{name}: there is no {flag}"
    listed = subprocess.run([support.binary(), "help"], capture_output=True, text=True, check=True).stdout
    commands = {line.split()[0] for line in listed.splitlines() if line.startswith("  ")}
    instructions = {word: rest for word, rest in stages()[1]}
    assert instructions["ENTRYPOINT"] == '["parley"]'
    assert re.findall(r'"(\w+)"', instructions["CMD"])[0] in commands
    assert re.search(r'CMD \["parley", "(\w+)"\]', instructions["HEALTHCHECK"])[1] in commands
    for name in re.findall(r"`parley (\w+)", "".join(texts.values())):
        assert name in commands, f"there is no `parley {name}`"


def test_the_image_is_built_for_a_user_without_rights():
    instructions = stages()[1]
    words = [word for word, _ in instructions]
    values = dict(instructions)
    assert values["USER"] == "parley" and values["VOLUME"] == "/data" and values["EXPOSE"] == "10000"
    assert words.index("USER") < words.index("ENTRYPOINT")
    assert "PARLEY_DATA=/data" in values["ENV"] and "PARLEY_PORT=10000" in values["ENV"]


def test_what_readers_are_pointed_at_exists():
    for page in [*support.ROOT.glob("*.md"), *support.ROOT.glob("docs/*.md")]:
        for target in re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text()):
            assert (page.parent / target).exists(), f"{page.name} points at {target}"
        for script in re.findall(r"\bscript/[a-z]+", page.read_text()):
            assert (support.ROOT / script).exists(), f"{page.name} names {script}"


def test_the_library_example_is_the_program_that_the_build_checks():
    program = (support.ROOT / "Examples" / "EchoServer" / "EchoServer.swift").read_text()
    assert len(program.splitlines()) <= 40
    imports = "\n".join(line for line in program.splitlines() if line.startswith("import "))
    body = textwrap.dedent(program.split("async throws {\n", 1)[1].rsplit("    }\n}\n", 1)[0]).rstrip()
    example = f"```swift\n{imports}\n\n{body}\n```"
    for page in ["README.md", "docs/api.docc/SocketIO.md"]:
        assert example in (support.ROOT / page).read_text(), f"{page} shows another program than Examples/EchoServer"
