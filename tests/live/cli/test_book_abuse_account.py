"""The playbook `abuse-account` on a real PostgreSQL: an account that somebody got into is switched off, one that is only tried is not."""

import pytest

from account_scenes import INPUTS, TABLES, tries, usual
from ward import undo


@pytest.fixture
def accounts(project, shop):
    project.target("shop-db", shop.url(""), kind="postgres", user="looker", change_user="changer")
    shop.sql(TABLES + usual(), database="shop", role="changer")
    return shop


def run(project, *words):
    return project.run("run", "abuse-account", *INPUTS, *words)


def disabled(server):
    return server.sql("SELECT string_agg(email, ' ') FROM users WHERE disabled", database="shop")


def test_an_account_that_an_address_got_into_is_switched_off_and_on_again(project, accounts):
    accounts.sql(tries("ann@example.org", "203.0.113.7", 40, succeeds=True), database="shop", role="changer")
    dry = run(project, "--dry-run", "--mitigate", "switch-off", "-o", "json")
    plan = dry.json["plans"][0]
    assert [finding["name"] for finding in dry.json["findings"]] == ["taken-over"] and plan["level"] == 2, dry
    assert disabled(accounts) == ""
    done = run(project, "--mitigate", "switch-off", "--approve", plan["digest"])
    assert (done.code, disabled(accounts)) == (0, "ann@example.org"), done
    assert "the account is switched off" in done.out
    done = undo(project)
    assert (done.code, disabled(accounts)) == (0, ""), done


def test_an_account_that_is_only_tried_stays_on(project, accounts):
    accounts.sql(tries("ann@example.org", "203.0.113.7", 40), database="shop", role="changer")
    dry = run(project, "--dry-run", "-o", "json")
    assert [finding["name"] for finding in dry.json["findings"]] == ["attacked"] and dry.json["plans"] == [], dry


def test_a_name_with_quotes_in_it_is_a_name(project, accounts):
    done = project.run("run", "abuse-account", "-p", "account=x'; drop table users; --", "--dry-run")
    assert "there is no account" in done.out and disabled(accounts) == "", done


def test_a_table_that_is_more_than_a_name_is_refused(project, accounts):
    done = run(project, "-p", "logins=logins; drop table users; --", "--dry-run")
    assert "refused" in done.out + done.err or "one statement at a time" in done.out + done.err, done
    assert accounts.sql("SELECT count(*) FROM users", database="shop") == "2"
