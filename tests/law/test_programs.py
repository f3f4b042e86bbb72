"""What the built programs are linked with."""

import re
import subprocess

import pytest
import tree

RUNTIME = {"libc", "libm", "libstdc++", "libgcc_s", "ld-linux-x86-64", "ld-linux-aarch64", "linux-vdso"}


def libraries(program):
    path = tree.build_folder() / program
    listed = subprocess.run(["ldd", str(path)], check=True, capture_output=True, text=True).stdout
    return {re.sub(r"\.so.*|-5\.1$", "", line.split()[0].rsplit("/", 1)[-1]) for line in listed.splitlines()}


def symbols(program):
    path = tree.build_folder() / program
    return subprocess.run(["nm", "--demangle", str(path)], check=True, capture_output=True, text=True).stdout


def is_sanitized():
    return any(name.startswith("libasan") for name in libraries("runbook-worker"))


def test_the_engine_holds_no_lua():
    assert not {name for name in libraries("runbook") if "lua" in name}


def test_the_worker_links_luajit_libseccomp_and_nothing_else():
    if is_sanitized():
        pytest.skip("a sanitizer brings libraries of its own")
    foreign = {re.sub(r"-5\.1$", "", name) for name in libraries("runbook-worker")} - RUNTIME
    assert foreign == {"libluajit", "libseccomp"}


@pytest.mark.parametrize("name", ["LiveExecutor", "redis_appliers"])
def test_the_dry_program_has_no_code_that_changes_anything(name):
    assert name not in symbols("runbook-dryonly")
    assert name in symbols("runbook"), "or this test could not fail"
