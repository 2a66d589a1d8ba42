"""Query plans: what is to be done, level by level (`plan`, by `planner`), and what is read for it (`projections`)."""
