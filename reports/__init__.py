"""The weekly report: queries → one model → one document → HTML, PDF and mail, with the same numbers in all."""
