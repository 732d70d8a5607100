"""Takes away what shows on strips that a take is being made for them, where none is any more.

An undo or a redo brings strips back as they were while a job was at work, a file may have been
saved then, and a strip copied. What the marks are is newtake's to say (its `showing.py`); here they
only go.
"""

import json

from . import strips, versions

AT_WORK, COLOUR = "newtake_at_work", "COLOR_06"


def tidy(at_work):
    """Remove the marks of all jobs but these from every scene; no undo step.

    An editor who changed a strip's colour meanwhile keeps the new one.
    """
    for scene in strips.scenes_with_sequencer():
        for each in versions.all_strips(scene.sequence_editor):
            if AT_WORK in each:
                _tidy_one(each, at_work)


def _tidy_one(strip, at_work):
    jobs = _jobs_on(strip)
    left = {job: said for job, said in jobs.items() if job in at_work}
    if left:
        if len(left) < len(jobs):
            strip[AT_WORK] = json.dumps(left)
        return
    del strip[AT_WORK]
    if strip.color_tag == COLOUR and jobs:
        strip.color_tag = next(iter(jobs.values())).get("before", "NONE")


def _jobs_on(strip):
    try:
        said = json.loads(str(strip[AT_WORK]))
    except ValueError:
        return {}
    if not isinstance(said, dict):
        return {}
    return {job: facts for job, facts in said.items() if isinstance(facts, dict)}
