"""Retrain an image classifier and serve it: everything here is true without a browser."""
