"""Training and measuring a detector: cutouts, scenes made of them, the folder that YOLO reads, the job, the measure."""
