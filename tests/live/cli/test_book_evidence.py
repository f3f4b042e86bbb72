"""The playbook `evidence` on real servers: what they say is kept with the run and can be handed on, and what cannot be read is named."""

import json

from servers import free_port


def run(project, *words):
    return project.run("run", "evidence", "-o", "json", *words)


def kept(project):
    read = [record["data"] for record in project.records("EVIDENCE") if record["run"] == project.last_run()]
    return {one["name"]: project.evidence(one["sha256"]) for one in read if "sha256" in one}


def test_who_waits_for_whom_and_what_is_large_is_kept_and_nothing_is_changed(project, shop, cache, tmp_path):
    cache.ask("SET", "feed:4711", "a" * 5000)
    shop.sql("CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders VALUES (1)", database="shop", role="changer")
    holder = shop.session("BEGIN;", "UPDATE orders SET id = 2;")
    try:
        done = run(project)
        assert done.code == 11 and [one["name"] for one in done.json["findings"]] == ["kept"] and done.json["plans"] == [], done
        text = json.dumps(kept(project))
        assert "UPDATE orders SET id = 2" in text and "feed:4711" in text
        assert project.records("INTENT") == []
        out = tmp_path / "bundle"
        handed = project.run("evidence", project.last_run(), "--export", str(out))
        assert handed.code == 0 and any("feed:4711" in file.read_text() for file in out.glob("*.json")), handed
    finally:
        holder.kill()
        holder.wait(10)


def test_what_cannot_be_read_is_named_and_the_rest_is_kept(project, shop):
    project.target("cache-1", f"redis://127.0.0.1:{free_port()}")
    done = run(project)
    assert [one["name"] for one in done.json["findings"]] == ["kept", "missing"], done
    assert "memory, slow, largest of cache-1" in done.out


def test_an_inventory_without_any_of_it_is_told(project):
    project.target("shop", "http://shop.example.org", kind="http")
    done = run(project)
    assert "the inventory has none of the targets that it reads" in done.out, done
