"""What machines saw: landing is the evidence, DuckDB is made from it, readers get published copies."""
