"""What the built programs are linked with."""

import re
import subprocess

import pytest
import tree

def libraries(program):
    path = tree.build_folder() / program
    listed = subprocess.run(["ldd", str(path)], check=True, capture_output=True, text=True).stdout
    return {re.sub(r"\.so.*|-5\.1$", "", line.split()[0].rsplit("/", 1)[-1]) for line in listed.splitlines()}


def symbols(program):
    path = tree.build_folder() / program
    return subprocess.run(["nm", "--demangle", str(path)], check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize("symbol", ["luaJIT_setmode", "seccomp_load"])
def test_the_engine_holds_no_lua_and_no_sandbox(symbol):
    assert not {name for name in libraries("runbook") if "lua" in name or "seccomp" in name}
    assert symbol not in symbols("runbook")
    assert symbol in symbols("runbook-worker"), "or this test could not fail"


@pytest.mark.parametrize("foreign", ["SSL_", "curl_", "PQ", "boost::asio"])
def test_the_worker_holds_nothing_that_could_reach_out(foreign):
    assert not re.search(rf" [tT] {foreign}", symbols("runbook-worker"))


def test_the_worker_brings_all_of_itself_along():
    sanitized = any(name.startswith("libasan") for name in libraries("runbook"))
    assert libraries("runbook-worker") == {"statically"} or sanitized


@pytest.mark.parametrize("name", ["LiveExecutor", "redis_appliers"])
def test_the_dry_program_has_no_code_that_changes_anything(name):
    assert name not in symbols("runbook-dryonly")
    assert name in symbols("runbook"), "or this test could not fail"
