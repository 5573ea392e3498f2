"""The parts of the weekly document: each takes the report and gives one section."""
