"""Incidents of payments, for the recorded worlds of `payment-burn`: a real PostgreSQL, and a scripted provider."""

from http_servers import Service

TABLES = """
CREATE TABLE orders (id int PRIMARY KEY, status text, created_at timestamptz);
CREATE TABLE refunds (id int PRIMARY KEY, status text, created_at timestamptz);
GRANT SELECT ON orders, refunds TO looker;
INSERT INTO orders SELECT n, 'paid', now() - interval '50 min' + n * interval '1 min' FROM generate_series(1, 40) n;
INSERT INTO orders VALUES (41, 'failed', now() - interval '5 min'), (42, 'pending_payment', now() - interval '2 min');
INSERT INTO refunds VALUES (7, 'done', now() - interval '2 d'), (8, 'pending', now() - interval '2 h');
"""

STUCK = "INSERT INTO orders SELECT n, 'pending_payment', now() - interval '3 h' + n * interval '1 min' FROM generate_series(100, 104) n;"
MANY = "INSERT INTO orders SELECT n, 'pending_payment', now() - interval '3 h' + n * interval '1 s' FROM generate_series(100, 220) n;"
REFUNDS = "INSERT INTO refunds VALUES (9, 'pending', now() - interval '3 d');"
FAILING = "UPDATE orders SET status = 'failed' WHERE id > 20 AND status = 'paid';"


def provider(answers):
    return Service({"/health": lambda _: (answers, {"Content-Type": "application/json"}, '{"status": "%s"}' % ("up" if answers == 200 else "down"))})


def scene(*statements, answers=200):
    def record(stage):
        server = stage.postgres()
        server.sql(TABLES + "".join(statements), database="shop", role="changer")
        service = provider(answers)
        stage.others.append(Provider(service))
        stage.project.target("provider", f"http://127.0.0.1:{service.port}", kind="http")
        stage.run("payment-burn", "--dry-run")
    return record


class Provider:
    """What a stage wants of the things that end with it."""

    def __init__(self, service):
        self.service = service

    def in_public(self, text):
        return text.replace(f"127.0.0.1:{self.service.port}", "payments.example.org")

    def stop(self):
        self.service.stop()


def no_tables(stage):
    scene("DROP TABLE refunds;", STUCK)(stage)


SCENES = {
    "payment-burn/healthy": scene(),
    "payment-burn/provider-down": scene(STUCK, answers=503),
    "payment-burn/fails": scene(FAILING),
    "payment-burn/stuck": scene(STUCK, REFUNDS),
    "payment-burn/many": scene(MANY),
    "payment-burn/no-refunds": no_tables,
}
