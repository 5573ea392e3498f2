"""What Airflow loads from its plugins folder: a link to the console in its navigation, where that has an address.

Source: https://airflow.apache.org/docs/apache-airflow/stable/administration-and-deployment/plugins.html
"""

from __future__ import annotations

import os

from airflow.plugins_manager import AirflowPlugin

URL = os.environ.get("HALLPASS_CONSOLE_URL", "")
LINKS = [{"name": "Hallpass", "href": URL, "destination": "nav"}]


class ConsoleLink(AirflowPlugin):
    """Whoever runs the pipeline finds the people's pages from it."""

    name = "hallpass_console"
    external_views = LINKS if URL else []
