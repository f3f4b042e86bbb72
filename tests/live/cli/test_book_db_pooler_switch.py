"""The playbook `db-pooler-switch` on a real pgbouncer before a real PostgreSQL: the instances go to the server itself, and come back."""

import pytest

from pooler_scenes import NAMES, declare, words


@pytest.fixture
def shop(project, dockerd, start_postgres, start_pooler):
    server = start_postgres(tcp=True)
    pooler = start_pooler(server, tcp=True)
    declare(project, pooler, server, env="dev")
    instances = [dockerd.service(name, env={"DB_HOST": f"127.0.0.1:{pooler.port}"}) for name in NAMES]
    for name, one in zip(NAMES, instances):
        project.container(name, dockerd, env="dev", tags=["backend"])
        one.wait("healthy")
    project.target("api", instances[0].url, kind="http", env="dev", health="/health")
    return pooler, server, instances


def run(project, server, *more):
    return project.run("run", "db-pooler-switch", *words(server), *more, timeout=180)


def goes_to(instance):
    return instance.get("/env/DB_HOST")[1]


def test_where_both_answer_nothing_is_to_be_done(project, shop):
    done = run(project, shop[1], "--yes")
    assert done.code == 0 and "both answer" in done.out, done


def test_without_the_pooler_the_instances_go_to_the_server_and_by_the_undo_they_come_back(project, shop):
    pooler, server, instances = shop
    pooler.stop(keep=True)
    for one in instances:
        one.wait("unhealthy")
    dry = run(project, server, "--dry-run", "-o", "json").json
    assert [finding["name"] for finding in dry["findings"]] == ["pooler-down"]
    assert goes_to(instances[0]) == f"127.0.0.1:{pooler.port}"
    done = run(project, server, "--mitigate", "direct", "--approve", dry["plans"][0]["digest"])
    assert done.code == 5 and "served-without" in done.out, done
    assert [goes_to(one) for one in instances] == [f"127.0.0.1:{server.port}"] * 2
    pooler.start()
    applied = project.last_run()
    digest = project.run("undo", applied, "--dry-run").digests[f"undo {applied}"]
    back = project.run("undo", applied, "--approve", digest, timeout=180)
    assert back.code == 0, back
    for one in instances:
        one.wait("healthy")
    assert [goes_to(one) for one in instances] == [f"127.0.0.1:{pooler.port}"] * 2


def test_a_pooler_that_lets_nobody_in_is_no_reason_to_switch(project, shop):
    pooler, server, _ = shop
    pooler.stop(keep=True)
    (pooler.folder / "users").write_text("")
    pooler.start()
    done = run(project, server, "--yes")
    assert done.code == 11 and "pooler-refuses " in done.out, done
