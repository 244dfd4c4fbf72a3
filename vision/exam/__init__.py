"""A published model on photos that it never saw: a person's own zip or folder of labelled photos."""
