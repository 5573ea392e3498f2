"""Secrets come from Airflow connections in either of Airflow's own forms."""

from __future__ import annotations

import pytest

from hallpass.secrets import secret
from records.errors import TokenDead


@pytest.mark.parametrize("form", ['{"conn_type": "generic", "password": "s3:cr/et"}', "generic://:s3%3Acr%2Fet@"])
def test_a_connection_in_the_environment_gives_its_password(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_HALLPASS_X", form)
    assert secret("hallpass_x") == "s3:cr/et"


def test_a_missing_secret_says_where_to_put_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_HALLPASS_NOWHERE", raising=False)
    with pytest.raises(TokenDead, match="AIRFLOW_CONN_HALLPASS_NOWHERE"):
        secret("hallpass_nowhere")
