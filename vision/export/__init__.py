"""Keras -> TFLite formats, and the model folder that holds them with their card."""
