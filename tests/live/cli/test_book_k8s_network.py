"""The playbook `k8s-network` on two nodes with a real sshd and a real systemd: the one that is cut off is restarted, and no other."""

import pytest

from cluster import Cluster


@pytest.fixture
def cluster(project, tmp_path, request):
    cluster = Cluster(tmp_path / "cluster")
    request.addfinalizer(cluster.stop)
    cluster.declare(project, env="dev")
    return cluster


def run(project, *words):
    return project.run("run", "k8s-network", *Cluster.inputs, *words)


def restarted(project, *words):
    dry = run(project, "--dry-run", "--mitigate", "restart-nodes", *words, "-o", "json")
    assert dry.json["plans"], dry
    plan = dry.json["plans"][0]
    return plan, run(project, "--mitigate", "restart-nodes", *words, "--approve", plan["digest"])


def test_the_node_that_is_cut_off_is_restarted_and_no_other(project, cluster):
    cluster.cut("node-2")
    before = cluster.systemd.show("k3s.service", "InvocationID")
    plan, done = restarted(project)
    assert done.code == 0 and "node-cut-off" in done.out and "it has no flannel.1" in " ".join(done.out.split()), done.out + done.err
    assert [change["target"] for change in plan["changes"]] == ["node-2"]
    assert cluster.systemd.show("k3s.service", "InvocationID") != before
    again = run(project)
    assert again.code == 0 and "each of 2 nodes reaches pod" in " ".join(again.out.split()), again


def test_what_no_node_reaches_is_no_nodes_fault(project, cluster):
    cluster.stop_pod(project, env="dev")
    done = run(project, "--yes")
    assert done.code == 11 and "nobody-reaches" in done.out, done


def test_a_node_that_cannot_tell_makes_it_unclear(project, cluster):
    (cluster.systemd.bin / "nc").unlink()
    done = run(project, "--yes")
    assert done.code == 11 and "Unclear" in done.out and "cannot tell" in " ".join(done.out.split()), done
