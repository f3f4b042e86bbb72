"""Nodes of a cluster that lose their network, for the recorded worlds of `k8s-network`."""

from cluster import Cluster


def cluster(stage, *cut):
    cluster = Cluster(stage.folder / "cluster")
    stage.others.append(cluster)
    cluster.declare(stage.project, env="prod")
    cluster.cut(*cut)
    return cluster


def healthy(stage):
    cluster(stage)
    stage.run("k8s-network", "--dry-run", *Cluster.inputs)


def one_cut_off(stage):
    cluster(stage, "node-2")
    stage.carry_out("k8s-network", "restart-nodes", *Cluster.inputs)


def linked(stage):
    cluster(stage).cut_with_link("node-2")
    stage.carry_out("k8s-network", "restart-nodes", *Cluster.inputs)


def stopped(stage):
    cluster(stage, "node-1").systemd.ctl("stop", "k3s.service")
    stage.carry_out("k8s-network", "restart-nodes", *Cluster.inputs)


def nobody_reaches(stage):
    cluster(stage, "node-1", "node-2")
    stage.run("k8s-network", "--dry-run", *Cluster.inputs)


def cannot_tell(stage):
    (cluster(stage).systemd.bin / "nc").unlink()
    stage.run("k8s-network", "--dry-run", *Cluster.inputs)


SCENES = {
    "k8s-network/healthy": healthy,
    "k8s-network/one-cut-off": one_cut_off,
    "k8s-network/linked": linked,
    "k8s-network/stopped": stopped,
    "k8s-network/nobody-reaches": nobody_reaches,
    "k8s-network/cannot-tell": cannot_tell,
}
