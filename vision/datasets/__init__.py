"""Class folders -> checked records -> split -> pixels ready for training."""
