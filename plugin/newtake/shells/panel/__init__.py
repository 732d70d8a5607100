"""The page: New Take in a browser on this machine, for whoever would rather look than type."""
