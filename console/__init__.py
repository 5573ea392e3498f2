"""What people see and decide in a browser: one page after another, by role, over the registry and the archive."""
