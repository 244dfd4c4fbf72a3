"""The page on which models are compared, downloaded and put to the test."""
