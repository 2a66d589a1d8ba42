"""What people report to the office, and what it takes out of sight."""
