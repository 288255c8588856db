"""Training: compile, fit, evaluate, predict, and the steps they run."""
