"""The face of hallpass: settings, the pipeline's plain functions, the command line and the demo."""
