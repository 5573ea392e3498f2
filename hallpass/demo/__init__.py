"""`hallpass demo`: the made-up district, end to end, through Airflow itself."""
