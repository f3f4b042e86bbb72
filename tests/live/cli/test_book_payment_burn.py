"""The playbook `payment-burn` on a real PostgreSQL and a scripted provider: it tells what is stuck, and changes nothing."""

import pytest

from payment_scenes import FAILING, REFUNDS, STUCK, TABLES, provider


@pytest.fixture
def payments(project, shop, request):
    def payments(*statements, answers=200):
        shop.sql(TABLES + "".join(statements), database="shop", role="changer")
        service = provider(answers)
        request.addfinalizer(service.stop)
        project.target("provider", f"http://127.0.0.1:{service.port}", kind="http")
        done = project.run("run", "payment-burn", "-o", "json")
        return done.code, [finding["name"] for finding in done.json["findings"]], done
    return payments


def test_where_payments_go_through_all_is_well(payments):
    assert payments()[:2] == (0, [])


def test_what_is_stuck_is_told_by_its_number(payments):
    code, names, done = payments(STUCK, REFUNDS)
    assert (code, names) == (11, ["orders-stuck", "refunds-stuck"]) and "5 orders, the oldest 100" in done.out, done


def test_a_provider_that_is_down_comes_first(payments):
    assert payments(STUCK, answers=503)[1] == ["provider-down", "orders-stuck"]


def test_payments_that_are_refused_are_told_by_their_share(payments):
    code, names, done = payments(FAILING)
    assert (code, names) == (11, ["payments-fail"]) and "49 % of 41 payments" in done.out, done
