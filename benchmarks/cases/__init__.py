"""What is measured, one benchmark a file; a file with a `BENCHMARK` is found by being here."""
