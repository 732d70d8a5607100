"""The words that the model's parameters accept, from its own page's table of parameters.

A file of its own without imports: the command line needs the words before anything else.
"""

MODEL = "luma-ray-v3-2-video-to-video"
RESOLUTIONS = ("540p", "720p", "1080p")
DURATIONS = ("5s", "10s")
STRENGTHS = (
    "adhere_1",
    "adhere_2",
    "adhere_3",
    "flex_1",
    "flex_2",
    "flex_3",
    "reimagine_1",
    "reimagine_2",
    "reimagine_3",
)
