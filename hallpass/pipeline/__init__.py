"""The plain functions that the DAGs call: each joins the rooms for one task, and runs without Airflow too."""
