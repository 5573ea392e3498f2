"""Secrets come from Airflow connections in either of Airflow's own forms."""

from __future__ import annotations

import pytest

from hallpass.secrets import CONSOLE, LEDGER, MINIMISE, OIDC, SMTP, platform_secret, secret
from records.errors import BadInput, TokenDead


@pytest.mark.parametrize("form", ['{"conn_type": "generic", "password": "s3:cr/et"}', "generic://:s3%3Acr%2Fet@"])
def test_a_connection_in_the_environment_gives_its_password(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_X", form)
    assert secret("hallpass_x") == "s3:cr/et"


@pytest.mark.parametrize("form", ["a-plain-token", '{"password": ""}', '{"login": "x"', "{}", "generic://user@host"])
def test_what_is_no_connection_is_one_line_that_does_not_show_it(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_X", form)
    with pytest.raises(BadInput) as caught:
        secret("hallpass_x")
    assert form not in str(caught.value) and "\n" not in str(caught.value)


def test_a_missing_secret_says_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_HALLPASS_NOWHERE", raising=False)
    with pytest.raises(TokenDead, match="AIRFLOW_CONN_HALLPASS_NOWHERE"):
        secret("hallpass_nowhere")


@pytest.mark.parametrize("name", [LEDGER, MINIMISE, CONSOLE, OIDC, SMTP, "hallpass_x_sign_in", "HALLPASS_LEDGER"])
def test_no_secret_of_hallpass_itself_is_sent_to_a_platform(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"AIRFLOW_CONN_{name.upper()}", '{"password": "the-signing-key"}')
    with pytest.raises(TokenDead, match="is not a connection to a platform"):
        platform_secret(name)
