"""`serve`, `work`, `simulator` and `demo`: commands that stay up."""

from typing import Annotated

from cyclopts import Parameter

from podline.commands.opening import Flag


def serve() -> None:
    """Run all there is: web processes, a job process, and PostgreSQL unless PODLINE_DATABASE_URL names one.

    Needs PODLINE_TWILIO_ACCOUNT_SID and PODLINE_TWILIO_AUTH_TOKEN, and PODLINE_PUBLIC_URL as Twilio calls us.
    Prints one line when calls can be taken. SIGTERM or Ctrl-C lets requests and jobs in hand finish; a second
    one doesn't.

    For example:

        podline serve
        PODLINE_PORT=9000 PODLINE_WORKERS=4 podline serve
    """
    from podline.logging import log_as_told
    from podline.serve import serve as serve_all
    from podline.settings import read_settings

    settings = read_settings()
    log_as_told(settings)
    serve_all(settings)


def work() -> None:
    """Run a job process alone: texts, timers, questions to Twilio. `serve` starts one by itself.

    More of them may run at once, on this machine or on others with the same PODLINE_DATABASE_URL.
    """
    from podline.children import follow_parent
    from podline.database import database
    from podline.logging import log_as_told
    from podline.settings import read_settings
    from podline.work import work as work_jobs

    follow_parent()
    settings = read_settings()
    log_as_told(settings)
    with database(settings) as url:
        work_jobs(settings, url)


def simulator(
    *lines: Annotated[str, Parameter(name="LINE", show_default=False)],
    host: str = "127.0.0.1",
    port: int = 8900,
) -> None:
    """Run a local Twilio: its REST API, telephone lines that call PODLINE_PUBLIC_URL as Twilio would, and a softphone.

    The softphone is a page for a browser at the same address: be anybody of the directory, dial a line, and answer
    the technicians' telephones.

    Start the service with PODLINE_TWILIO_API_URL set to this address, and with the same account and token.

    For example:

        podline simulator
        podline simulator +15875550100 --port 8901

    Parameters
    ----------
    lines
        Telephone numbers of the account, like +15875550100; without any, the lines of the directory.
    host
        The address to listen on.
    port
        The port to listen on.
    """
    from podline.commands.local_twilio import run_simulator

    run_simulator(lines, host, port)


def demo(*, once: Flag = False) -> int:
    """Show it all: a sample world, a local Twilio, scripted calls with a live account of them.

    Stays up afterwards and prints where the service is and how to look at what happened.

    Parameters
    ----------
    once
        End after the scenes: status 0 if each ended as told.
    """
    from podline.demo import run

    return run(once)
