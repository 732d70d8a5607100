"""Every error a user can meet, one tree.

    NewTakeError
      InputError                 yours to correct; nothing was sent (exit 2)
        TimelineError            the timeline cannot be read, or is not safe to read
        SelectionError           no such clip, or more than one fits
          SupersededError        a later plan was asked for while this one was made
        ClipRefusedError         the clip exists, and cannot be restyled
        MediaError               the clip's media is offline, unreadable or not what it says
        SettingsError            the edit's settings break the model's rules
          StyleError             there is no such style, or its file is not right
        ConsentError             something would become public, and nobody agreed
        BudgetError              the next submission would exceed the budget
        RepeatError              an unfinished job does the same already, and may be paid for
      HostError                  the timeline would not take the new take
        OutputError              what was asked for cannot be written there (exit 2)
        HostAwayError            the editor is closed, or has another project or timeline open
        NoPlaceError             the clip is gone or not as it was; its take is kept and waits
      MediaToolError             ffmpeg is missing, too old or failed
        CancelledError           ended on request
      StorageError               the disk is full, or a file cannot be written
      JournalError               the journal cannot be read or belongs to a newer version
        LeaseLostError           another process has taken the job over
      UploadError                the plate could not be brought to where the model fetches it
        PlateGoneError           it was there, and is not any more
      ProviderError              the service's answer
        NotAuthorisedError       a wrong key, or not allowed
          NoKeyError             there is no key on this machine
        OutOfCreditsError        the account has no credits left
        InputNotFetchableError   the model could not fetch the plate
        RefusedSettingsError     the service refused the settings
        ModeratedError           the service refused the content
        NotFoundError            no such submission, model or file
        RateLimitedError         too many requests; carries `retry_after_seconds`
        UnavailableError         the service or the network is down; `sent` says what is known
        GenerationFailedError    the submission ended without a result
        StillRunningError        the waiting ended; the submission goes on
        UnknownProviderError     an answer nobody documented
      UnsureError                a submission may or may not exist; a person settles it
      ResultError                a result came, and does not fit; it is kept

Each error says what happened, why and what to do next. Of money an error speaks only where it was
made to: the submit step and the commands that submit say it (`money_of_submit`), and what a job's
own state tells is `job.known_money`'s to say. A failed read, a refused option or a lost connection
of anything else knows nothing of it.
"""

from __future__ import annotations

from enum import Enum


class Money(Enum):
    """What is known about a charge."""

    NOT_SENT = "Nothing was submitted, so nothing was charged."
    REFUSED = "The service refused the request; no submission exists."
    UNKNOWN = (
        "Whether this was charged is not known; the service's history says, and "
        "`newtake jobs show` reads it for every submission that is known here."
    )
    SUBMITTED = "The submission exists; the service's history says what it costs."
    PAID = "It is paid for, and going on costs nothing more."
    NONE = ""


class NewTakeError(Exception):
    """The root. `what` happened, `why`, what to do next (`fix`), what is known of `money`."""

    money: Money = Money.NONE
    fix: str = ""
    exit_code = 1
    details: tuple[str, ...] = ()
    """The sentences of `why`, where each is a thing of its own and deserves a line."""

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        fix: str = "",
        money: Money | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.why = why
        if fix:
            self.fix = fix
        if money is not None:
            self.money = money

    @property
    def code(self) -> str:
        """A stable word for programs: the class name without `Error`."""
        return type(self).__name__.removesuffix("Error")

    def __str__(self) -> str:
        parts = [self.what]
        if self.why:
            parts.append(f"Why: {self.why}")
        if self.fix:
            parts.append(f"Next: {self.fix}")
        if self.money.value:
            parts.append(self.money.value)
        return "\n".join(parts)

    def as_dict(self) -> dict[str, str]:
        """The same four parts for `--json`."""
        return {
            "error": self.code,
            "what": self.what,
            "why": self.why,
            "next": self.fix,
            "money": self.money.value,
        }


class InputError(NewTakeError):
    exit_code = 2


class TimelineError(InputError):
    fix = "Export the timeline again from your editor as OpenTimelineIO (.otio)."


class SelectionError(InputError):
    fix = "`newtake clips TIMELINE` lists the clips with their numbers."


class SupersededError(SelectionError):
    fix = "Ask again for what is wanted."


class ClipRefusedError(InputError):
    fix = "`newtake clips TIMELINE` says which clips can be restyled."


class MediaError(InputError):
    fix = (
        "See that the file is whole and of a kind that is read here: copy it again, or export it "
        "again from its camera or editor."
    )


OFFLINE_FIX = "Bring the media online where the timeline expects it, then run again."
"""Of a MediaError whose file is not there."""


class SettingsError(InputError):
    fix = "`newtake model` lists what the model accepts."


class StyleError(SettingsError):
    fix = "`newtake styles` lists the styles and where they are."


class ConsentError(InputError):
    fix = "Agree at the question or with --agree-public, or choose another --uploader."


class BudgetError(InputError):
    exit_code = 1
    fix = "Raise --budget, or choose fewer clips or a lower resolution."


class RepeatError(InputError):
    fix = "`newtake jobs resume ID` goes on with that job; --again makes another one."


class HostError(NewTakeError):
    pass


class OutputError(HostError):
    """Known before anything is written or paid for."""

    exit_code = 2


class HostAwayError(HostError):
    """Nothing is wrong with the take: it waits until the timeline is open again."""


class NoPlaceError(HostError):
    """Nothing is wrong with the take: it waits until its clip can take it again, or until a person
    has it placed where the clip was."""


class MediaToolError(NewTakeError):
    fix = "`newtake doctor` says which ffmpeg is in use and what it lacks."


class CancelledError(MediaToolError):
    pass


class StorageError(NewTakeError):
    fix = "Make room or give another folder, then `newtake jobs resume`."


class JournalError(NewTakeError):
    pass


class LeaseLostError(JournalError):
    fix = "`newtake jobs` shows how far the other one is."


class UploadError(NewTakeError):
    fix = "Check the network, then `newtake jobs resume`."


class PlateGoneError(UploadError):
    fix = "`newtake jobs resume` uploads it again."


class ProviderError(NewTakeError):
    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        fix: str = "",
        money: Money | None = None,
        http_status: int | None = None,
    ) -> None:
        super().__init__(what, why=why, fix=fix, money=money)
        self.http_status = http_status


class NotAuthorisedError(ProviderError):
    fix = "`newtake login` stores a key; or set OXEN_API_KEY."


class NoKeyError(NotAuthorisedError):
    """Known before anything is asked of the service."""

    exit_code = 2


class OutOfCreditsError(ProviderError):
    fix = "Add credits to the account, then `newtake jobs resume`."


class InputNotFetchableError(ProviderError):
    fix = "Choose another uploader with --uploader; the plate's link must open without a key."


class RefusedSettingsError(ProviderError):
    fix = "`newtake model` lists what the model accepts."


class ModeratedError(ProviderError):
    fix = "Change the prompt or the picture; the same request will be refused again."


class NotFoundError(ProviderError):
    fix = "Check the name or id; the service's own history lists every submission."


class RateLimitedError(ProviderError):
    fix = "Wait, then `newtake jobs resume`."

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        money: Money | None = None,
        http_status: int | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(what, why=why, money=money, http_status=http_status)
        self.retry_after_seconds = retry_after_seconds


class UnavailableError(ProviderError):
    """`sent` is False only when the request certainly never left this machine."""

    fix = "Try again later with `newtake jobs resume`; nothing is submitted twice."

    def __init__(
        self,
        what: str,
        *,
        why: str = "",
        http_status: int | None = None,
        sent: bool = True,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(what, why=why, http_status=http_status)
        self.sent = sent
        self.retry_after_seconds = retry_after_seconds


class GenerationFailedError(ProviderError):
    money = Money.SUBMITTED
    fix = "Read the reason; `newtake restyle` again makes a new submission."


class StillRunningError(ProviderError):
    money = Money.SUBMITTED
    fix = "`newtake jobs resume` waits on; nothing is submitted again."


class UnknownProviderError(ProviderError):
    fix = "Report it; `newtake doctor --bundle FILE.zip` collects what a report needs."


class UnsureError(NewTakeError):
    money = Money.UNKNOWN
    fix = (
        "`newtake jobs resume ID` looks for it again and submits nothing; where it is not found "
        "either, look at the service's own history, then "
        "`newtake jobs settle ID --submission SUBMISSION` or `--not-sent`."
    )


class ResultError(NewTakeError):
    fix = "The result is kept beside the takes; `newtake jobs show` names the file."


def money_of_submit(error: ProviderError) -> Money:
    """What is known of a submission whose request ended with the error.

    The provider's own word decides. Where it has none: refusals of the four kinds that are answered
    before anything is placed are certain, as is a request that never left; all else is not known.
    """
    if error.money is not Money.NONE:
        return error.money
    if isinstance(error, UnavailableError):
        return Money.UNKNOWN if error.sent else Money.NOT_SENT
    refusals = (RateLimitedError, NotAuthorisedError, OutOfCreditsError, RefusedSettingsError)
    return Money.REFUSED if isinstance(error, refusals) else Money.UNKNOWN
