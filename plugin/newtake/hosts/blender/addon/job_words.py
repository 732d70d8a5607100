"""What is said of a job in the popover and the header: how it stands, and what going on costs."""

_DOING = {
    "select": "choosing the frames",
    "export": "cutting the plate",
    "upload": "uploading the plate",
    "submit": "submitting",
    "wait": "the service is at work",
    "download": "downloading the result",
    "conform": "conforming the take",
    "relink": "adding the take",
}
_SUBMITTED = ("wait", "download", "conform", "relink")
_ICONS = {"done": "CHECKMARK", "cancelled": "X", "active": "PAUSE"}


def waits(job):
    """Whether its take is made and only has to be brought into its timeline."""
    return not job["running"] and job["step"] == "relink" and job["status"] in ("active", "failed")


def is_for_here(job):
    """Whether it is under way for the file that is open."""
    return job["running"] and job["timeline_here"]


def is_own(job):
    """Whether this Blender's newtake has it under way."""
    return job["running"] and not job["elsewhere"]


def is_for_another(job):
    """Whether this Blender has it under way for another file, as for one that was closed."""
    return is_own(job) and not job["timeline_here"]


def place_of(job):
    """Where its take goes, as a line or the end of one; empty where that is the open file."""
    return "" if job["timeline_here"] else "in {}".format(job["place"] or job["timeline"])


def header_of(jobs, waiting, undone):
    """What the header says first, of the open file before others; empty where there is nothing.

    Args:
        jobs: As the state has them.
        waiting: How many takes wait for the open file.
        undone: How many of its takes an undo took away.
    """
    others = sum(map(is_for_another, jobs))
    counts = (
        (sum(map(is_for_here, jobs)), "under way"),
        (waiting, "waiting"),
        (sum(map(is_stopped, jobs)), "stopped"),
        (undone, "undone"),
        (others, "under way in another file" if others == 1 else "under way in other files"),
    )
    return next((f"{count} {how}" for count, how in counts if count), "")


def in_order(jobs):
    """Those that are under way, then the others; of each those of the open file first, and of what
    rests what a person can do something about, which is always in sight.

    Returns: (under way, at rest).
    """
    running = [each for each in jobs if each["running"]]
    resting = [each for each in jobs if not each["running"]]
    running.sort(key=lambda each: not each["timeline_here"])
    resting.sort(
        key=lambda each: (not (each["no_place"] or is_stopped(each)), not each["timeline_here"])
    )
    return running, resting


def is_stopped(job):
    """Whether it rests in the middle, for this timeline, with nothing to be paid for its going on
    where it has failed; what failed before it was submitted was told, and waits for nobody."""
    if job["running"] or not job["timeline_here"] or waits(job):
        return False
    return job["status"] == "active" or (job["status"] == "failed" and is_paid(job))


def is_paid(job):
    """Whether it goes on without anything being submitted."""
    return job["can_resume"] and not job["resume_price"] and not job["resume_unknown"]


def stand_of(job):
    """(text, icon) of how it stands."""
    if job["running"]:
        text = _DOING.get(job["step"]) or "at work"
        if job["total"]:
            text += ", {} of {} {}".format(job["done"] or 0, job["total"], job["unit"])
        return text, "SORTTIME"
    if job["no_place"]:
        return "kept, not placed", "PAUSE"
    if waits(job):
        if job["timeline_here"]:
            return "waits to be brought in", "IMPORT"
        return "waits to be brought in there", "TIME"
    text = "stopped" if job["status"] == "active" else job["status"]
    return text, _ICONS.get(job["status"], "ERROR")


def question_of_ending(job):
    """What a person should know before the job is cancelled, as lines; none where nothing of it was
    submitted."""
    if job["step"] not in _SUBMITTED:
        return []
    return [
        "It was submitted: what the service has begun may be charged all the same.",
        "Known of its cost: {}.".format(job["money"]),
    ]


def price_of_going_on(job):
    """What a person agrees to by going on."""
    if job["resume_price"]:
        return "It is submitted for {}.".format(dollars(job["resume_price"]))
    if job["resume_unknown"]:
        return "It is submitted; its price is not known."
    return "It is paid for already: nothing more is charged."


def offer_of(waiting, ready, unsaved):
    """What is said once of takes that wait for the open file.

    Args:
        waiting: How many there are.
        ready: How many of these find a place in it.
        unsaved: How many of these were placed once, and the file was not saved with them.
    """
    are = "1 take waits" if waiting == 1 else f"{waiting} takes wait"
    if not ready:
        return f"{are} and found no place: New Take in the sequencer's header says why."
    if not unsaved:
        return f"{are} for this file: New Take in the sequencer's header brings in what waits."
    were = "1 take was" if unsaved == 1 else f"{unsaved} takes were"
    them = "it" if unsaved == 1 else "them"
    told = f"{were} placed once, but this .blend was not saved with {them}"
    if waiting > unsaved:
        told = f"{are} for this file; {told}"
    return f"{told}: New Take in the sequencer's header brings in what waits."


def collecting(ready, undone):
    """The words of the button that brings takes in; empty where there is nothing for it."""
    if not ready:
        back = "the take" if undone == 1 else f"{undone} takes"
        return f"Bring back {back} that an undo took away" if undone else ""
    text = "Bring in the take that waits" if ready == 1 else f"Bring in {ready} takes"
    return f"{text}, and {undone} that an undo took away" if undone else text


def dollars(price):
    """A price as it is written, of US dollars as text."""
    return f"${float(price):.2f}"


def at_rest(state):
    """What was known of the jobs, once nobody is at them and nobody answers for them."""
    jobs = [
        dict(
            each,
            running=False,
            can_cancel=False,
            can_resume=False,
            status="active" if each["running"] else each["status"],
        )
        for each in state["jobs"]
    ]
    return dict(state, jobs=jobs)
