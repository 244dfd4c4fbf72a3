"""Transfer learning: settings, backbones, the input pipeline, the run folder and the job that fills it."""
