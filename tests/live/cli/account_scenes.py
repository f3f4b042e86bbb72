"""Incidents of an account that somebody tries to get into, for the recorded worlds of `abuse-account`; from a real PostgreSQL."""

INPUTS = ["-p", "account=ann@example.org"]

TABLES = """
CREATE TABLE users (id int PRIMARY KEY, email text UNIQUE, disabled boolean NOT NULL DEFAULT false);
INSERT INTO users VALUES (1, 'ann@example.org'), (2, 'bob@example.org');
CREATE TABLE logins (account text, address inet, succeeded boolean, at timestamptz);
GRANT SELECT ON users, logins TO looker;
"""


def tries(account, address, failures, minutes=30, succeeds=False):
    """That address fails so often to get in, and then perhaps does."""
    words = (f"INSERT INTO logins SELECT '{account}', '{address}', false, now() - interval '{minutes} min' + n * interval '5 s'"
             f" FROM generate_series(1, {failures}) n;")
    if succeeds:
        words += f"INSERT INTO logins VALUES ('{account}', '{address}', true, now() - interval '1 min');"
    return words


def usual():
    return tries("ann@example.org", "192.0.2.10", 1, succeeds=True) + tries("bob@example.org", "192.0.2.11", 2, succeeds=True)


def shop(stage, *more):
    server = stage.postgres()
    server.sql(TABLES + usual() + "".join(more), database="shop", role="changer")
    return server


def calm(stage):
    shop(stage)
    stage.run("abuse-account", "--dry-run", *INPUTS)


def taken_over(stage):
    shop(stage, tries("ann@example.org", "203.0.113.7", 40, succeeds=True), tries("bob@example.org", "203.0.113.7", 12))
    stage.carry_out("abuse-account", "switch-off", *INPUTS)


def attacked(stage):
    shop(stage, tries("ann@example.org", "203.0.113.7", 25), tries("ann@example.org", "203.0.113.8", 20), tries("bob@example.org", "203.0.113.7", 30))
    stage.run("abuse-account", "--dry-run", *INPUTS)


def attacked_alone(stage):
    shop(stage, tries("ann@example.org", "203.0.113.7", 15))
    stage.run("abuse-account", "--dry-run", *INPUTS)


def switched_off(stage):
    shop(stage, tries("ann@example.org", "203.0.113.7", 40, succeeds=True), "UPDATE users SET disabled = true WHERE id = 1;")
    stage.run("abuse-account", "--dry-run", *INPUTS)


def unknown(stage):
    shop(stage)
    stage.run("abuse-account", "--dry-run", "-p", "account=eve@example.org")


def no_right(stage):
    shop(stage, "REVOKE SELECT ON logins FROM looker;")
    stage.run("abuse-account", "--dry-run", *INPUTS)


def away(stage):
    shop(stage).kill()
    stage.run("abuse-account", "--dry-run", *INPUTS)


SCENES = {
    "abuse-account/calm": calm,
    "abuse-account/taken-over": taken_over,
    "abuse-account/attacked": attacked,
    "abuse-account/attacked-alone": attacked_alone,
    "abuse-account/switched-off": switched_off,
    "abuse-account/unknown": unknown,
    "abuse-account/no-right": no_right,
    "abuse-account/away": away,
}
