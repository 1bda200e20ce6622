"""The scripts that set a machine up; apt and its companions are played by stand-ins."""

import contextlib
import os
import shutil
import subprocess

import support

SETUP = support.ROOT / "script" / "setup"
TOOLS = ["bash", "env", "dirname", "cat", "cksum", "basename", "uname", "rm", "mkdir"]


def run(*needs, path=os.environ["PATH"], **variables):
    return subprocess.run(
        [SETUP, *needs], capture_output=True, text=True, env={**os.environ, "PATH": str(path), **variables})


def test_a_second_run_says_nothing():
    done = run("build", "python")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", ""), done


def test_an_unknown_need_is_refused():
    done = run("everything")
    assert done.returncode == 69 and "'everything'" in done.stderr, done.stderr


@contextlib.contextmanager
def machine(**stand_ins):
    """A directory for PATH: a few real tools, Swift, and stand-ins that write down how they were called."""
    with support.directory() as folder:
        for name in TOOLS:
            (folder / name).symlink_to(shutil.which(name))
        for name, body in {"swift": "", "pkg_config": "exit 1", "dpkg_query": "exit 1", **stand_ins}.items():
            if body is None:
                continue
            script = folder / name.replace("_", "-")
            script.write_text(f'#!{shutil.which("bash")}\necho "{script.name} $*" >>"{folder}/calls"\n{body}\n')
            script.chmod(0o755)
        yield folder


def calls(folder, name):
    return [line for line in (folder / "calls").read_text().splitlines() if line.startswith(name)]


def test_without_swift_one_sentence_says_how_to_get_it():
    with machine(swift=None) as folder:
        done = run("build", path=folder)
    assert done.returncode == 69
    assert done.stderr.count("\n") == 1 and "https://www.swift.org/install" in done.stderr, done.stderr


def test_what_swift_itself_lacks_is_installed():
    fails = 'echo "swift: error while loading shared libraries: libncurses.so.6" >&2; exit 127'
    with machine(swift=fails, dpkg_query="exit 1", id="echo 0", apt_cache="", apt_get="", pkg_config="") as folder:
        done = run("build", path=folder)
        assert done.returncode == 0, done
        (call,) = calls(folder, "apt-get")
        assert "libncurses6" in call and "g++" in call, call


def test_root_installs_what_is_missing():
    installed = 'case "$*" in *zlib1g-dev*) echo installed ;; *) exit 1 ;; esac'
    with machine(dpkg_query=installed, id="echo 0", apt_cache="", apt_get="") as folder:
        done = run("build", path=folder)
        assert done.returncode == 0, done
        (call,) = calls(folder, "apt-get")
        assert "install --no-install-recommends pkg-config libuv1-dev" in call and "zlib1g" not in call, call


def test_lists_that_are_missing_are_fetched_once():
    with machine(id="echo 0", apt_cache="exit 100", apt_get="") as folder:
        assert run("build", path=folder).returncode == 0
        verbs = [call.split()[3] for call in calls(folder, "apt-get")]
        assert verbs == ["update", "install"], verbs


def test_lists_that_are_stale_are_fetched_once():
    fails_once = 'case "$*" in *update*) : >"$(dirname "$0")/fresh" ;; *) [ -e "$(dirname "$0")/fresh" ] ;; esac'
    with machine(id="echo 0", apt_cache="", apt_get=fails_once) as folder:
        assert run("build", path=folder).returncode == 0
        verbs = [call.split()[3] for call in calls(folder, "apt-get")]
        assert verbs == ["install", "update", "install"], verbs


def test_sudo_is_used_where_it_is():
    with machine(id="echo 1000", sudo='shift; "$@"', apt_cache="", apt_get="") as folder:
        done = run("build", path=folder)
        assert done.returncode == 0, done
        assert calls(folder, "sudo")[0].startswith("sudo -n env"), calls(folder, "sudo")
        assert calls(folder, "apt-get")


def test_without_rights_one_sentence_names_the_packages():
    with machine(id="echo 1000", apt_cache="", apt_get="") as folder:
        done = run("build", path=folder)
        assert done.returncode == 69 and not calls(folder, "apt-get"), done
    assert done.stderr.count("\n") == 1 and "libsodium-dev" in done.stderr, done.stderr


def test_a_mac_is_served_by_homebrew():
    brew = 'case "$*" in "list --versions libuv") exit 0 ;; "list "*) exit 1 ;; --prefix) echo /opt/brew ;; esac'
    with machine(dpkg_query=None, brew=brew) as folder:
        done = run("build", path=folder)
        assert done.returncode == 0, done
        (call,) = calls(folder, "brew install")
        assert "openssl@3" in call and "libsodium" in call and "libuv" not in call, call


def test_without_a_package_manager_one_sentence_names_the_libraries():
    with machine(dpkg_query=None) as folder:
        done = run("build", path=folder)
    assert done.returncode == 69 and done.stderr.count("\n") == 1 and "libsodium" in done.stderr, done.stderr
