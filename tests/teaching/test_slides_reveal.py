"""reveal.js comes by npm, once, and no other archive than the one that was chosen is used."""

import io
import subprocess
import tarfile

import pytest

from tools.slides import reveal

CHOSEN = {name: f"text of {name}" for name in reveal.FILES}


def archive(files):
    """The bytes of an archive as npm makes it."""
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as packed:
        for name, text in files.items():
            member = tarfile.TarInfo(f"package/{name}")
            member.size = len(text.encode())
            packed.addfile(member, io.BytesIO(text.encode()))
    return out.getvalue()


@pytest.fixture
def chosen(monkeypatch):
    """An archive that passes for the right one."""
    content = archive(CHOSEN)
    monkeypatch.setattr(reveal, "INTEGRITY", reveal.integrity_of(content))
    return content


@pytest.fixture
def npm(monkeypatch):
    """What npm would put into the folder, by a list of what it is asked."""
    asked = []

    def run(command, cwd, **_options):
        asked.append(command[1:])
        (cwd / f"reveal.js-{reveal.VERSION}.tgz").write_bytes(run.content)
        return subprocess.CompletedProcess(command, run.status, "", run.reason)

    run.content = b""
    run.status = 0
    run.reason = ""
    run.asked = asked
    monkeypatch.setattr(reveal.shutil, "which", lambda name: f"/bin/{name}")
    monkeypatch.setattr(reveal.subprocess, "run", run)
    return run


def test_the_digest_of_nothing_is_the_known_one():
    known = (
        "sha512-z4PhNX7vuL3xVChQ1m2AB9Yg5AULVxXcg/SpIdNs6c5H0NE8XYXysP+DGNKHfuwvY7kxvUdB"
        "eoGlODJ6+SfaPg=="
    )
    assert reveal.integrity_of(b"") == known


def test_npm_is_asked_once_for_the_exact_version(tmp_path, npm, chosen):
    npm.content = chosen
    cache = tmp_path / "deep" / "cache"
    assert reveal.reveal_files(cache) == CHOSEN
    assert reveal.reveal_files(cache) == CHOSEN
    ((*_, package),) = npm.asked
    assert package == f"reveal.js@{reveal.VERSION}"


def test_another_archive_is_refused_and_removed(tmp_path, npm, chosen):
    npm.content = chosen + b"more"
    with pytest.raises(RuntimeError) as caught:
        reveal.reveal_files(tmp_path)
    name = f"reveal.js-{reveal.VERSION}.tgz"
    assert (
        str(caught.value)
        == f"{name} was damaged or is another file: it has been removed, so try again"
    )
    assert list(tmp_path.iterdir()) == []


def test_without_npm_there_is_one_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(reveal.shutil, "which", lambda _name: None)
    with pytest.raises(RuntimeError) as caught:
        reveal.reveal_files(tmp_path)
    assert str(caught.value) == (
        "slides need npm, which brings reveal.js: install Node.js (Debian: apt install npm)"
    )


def test_what_npm_says_is_told(tmp_path, npm):
    npm.status = 1
    npm.reason = "npm error\n  no network\n"
    with pytest.raises(RuntimeError) as caught:
        reveal.reveal_files(tmp_path)
    assert str(caught.value) == (
        f"npm could not bring reveal.js {reveal.VERSION}: npm error no network"
    )
