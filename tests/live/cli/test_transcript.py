"""A whole guided session at a terminal of 80 x 24, held against the transcript beside this file.

RUNBOOK_RECORD=1 writes the transcripts anew; read what changed before you keep it."""

import os
import pathlib
import re
import shutil
import tempfile

import pytest

from terminal import APPROVE, CHOOSE, LIMIT, REASON, Terminal

TRANSCRIPTS = pathlib.Path(__file__).resolve().parent / "transcripts"
WAYS = {"colour": {"LANG": "C.UTF-8"}, "plain": {"LANG": "C", "NO_COLOR": "1"}}


@pytest.fixture
def folder():
    """A folder whose path is as long as any other one's, so that lines break where they did."""
    path = tempfile.mkdtemp(prefix="rb-", dir="/tmp")
    yield path
    shutil.rmtree(path)


def normalised(text, folder):
    text = text.replace(folder, "/tmp/rb-FOLDER00")
    text = re.sub(r"(?<!\d)\d{8}-\d{6}-[a-z0-9]{4}\b", "RUN-ID", text)
    text = re.sub(r"digest [0-9a-f]{12}", "digest DIGEST", text)
    text = re.sub(r"(Verified in|after) [\d.]+ m?s", r"\1 TIME", text)
    text = re.sub(r"(?<!\d)\d+ of 16777216 bytes", "USED of 16777216 bytes", text)
    text = re.sub(r"(?<!\d)[\d.]+ MiB of (16|32) MiB", r"USED of \1 MiB", text)
    text = re.sub(r"OOM=\d+|OOM \d+|found \d+$", lambda match: re.sub(r"\d+", "COUNT", match.group()), text, flags=re.MULTILINE)
    text = re.sub(r"(?<!\d)\d+ writes\s+refused", "COUNT writes refused", text)
    text = re.sub(r"(doctor +)[A-Z].*", r"\1ADVICE", text)
    text = re.sub(r"\d+ connected of", "COUNT connected of", text)
    # The server may still count connections that were just closed.
    first, again, rest = text.partition("Looking again")
    rest = re.sub(r"\n[^\n]* (clients|doctor) [^\n]*", "", rest)
    text = first + again + re.sub(r"\d+ readings as before", "COUNT readings as before", rest)
    return re.sub(r"\d+ keys sampled", "COUNT keys sampled", text)


def fits(text):
    """No line is wider than the terminal."""
    wide = [line for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines() if len(line) > 80]
    assert wide == []


def held_against(name, text):
    path = TRANSCRIPTS / name
    if os.environ.get("RUNBOOK_RECORD"):
        path.write_text(text)
    assert text == path.read_text(), f"see {path.name}"


@pytest.mark.parametrize("way", WAYS)
def test_repairing_a_full_redis_reads_like_its_transcript(project, start_redis, folder, way):
    server = start_redis("--maxmemory", "16mb", "--maxmemory-policy", "noeviction", "--slowlog-log-slower-than", "-1", folder=folder)
    server.fill_up()
    project.target("cache-1", server.url)
    session = Terminal(project, "run", "redis-down", env=WAYS[way])
    session.see(CHOOSE).answer("1").see(LIMIT).see(": ").answer().see(APPROVE).answer("yes")
    assert session.end() == 0, session.text
    fits(session.text)
    held_against(f"redis-down-{way}.txt", normalised(session.text, folder))
    assert server.ask("SET", "order:1", "new") == "OK"


@pytest.mark.parametrize("way", WAYS)
def test_failing_and_undoing_reads_like_its_transcript(project, start_redis, folder, way):
    server = start_redis("--maxmemory", "16mb", "--maxmemory-policy", "noeviction", folder=folder)
    project.target("cache-1", server.url)
    before = server.config()
    session = Terminal(project, "run", "never", "--incident", "INC-7", env=WAYS[way])
    session.see(CHOOSE).answer("1").see(APPROVE).answer("yes").see(CHOOSE).answer("3").see(APPROVE).answer("cache-1").see(REASON).answer("it did not help")
    assert session.end() == 6, session.text
    fits(session.text)
    held_against(f"never-{way}.txt", normalised(session.text, folder))
    assert server.config() == before


def test_plain_means_ascii_without_escapes():
    for path in TRANSCRIPTS.glob("*-plain.txt"):
        assert path.read_text().isascii() and "\x1b" not in path.read_text(), path.name


def test_a_long_address_keeps_to_ascii(project):
    project.target("cache-1", "redis://" + "very-long-name." * 12 + "invalid:6379")
    session = Terminal(project, "run", "limit", "--dry-run", env=WAYS["plain"])
    assert session.end() == 0, session.text
    assert session.text.isascii(), sorted(set(filter(lambda letter: not letter.isascii(), session.text)))
