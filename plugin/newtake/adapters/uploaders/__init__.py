"""Ways to bring a plate to where the model can fetch it, each behind `ports.Uploader`."""
