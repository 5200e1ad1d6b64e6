"""`migrate`, `import` and `municipalities`: what brings a database and its directory up to date."""

from pathlib import Path
from typing import Annotated, Literal

from cyclopts import Parameter

from podline.commands.opening import Flag


def migrate() -> None:
    """Bring the database to this version's schema, and the flows that ship to this version's. Several do no harm.

    The embedded database and an empty one are migrated by every command; this is for one of your own.
    """
    import asyncio

    from podline.database import apply, connect, publish_shipped_flows, unmigrated
    from podline.settings import read_settings

    with unmigrated(read_settings()) as url:

        async def reach() -> None:
            await (await connect(url)).close()

        asyncio.run(reach())
        applied = apply(url)
        shipped = publish_shipped_flows(url)
    for name in applied:
        print(f"Applied {name}.")
    for flow, version in shipped.items():
        print(f"Published version {version} of {flow}: the flow that ships.")
    print("The schema is up to date." if not applied else f"{len(applied)} migration(s) applied.")


def import_(
    folder: Annotated[Path, Parameter(name="DIR")],
    /,
    *,
    dry_run: Flag = False,
    strict: Flag = False,
) -> int:
    """Load the directory from a folder of CSV files; what is there already is updated by key, never doubled.

    Each bad row is told with file, line, column and reason, and the good ones still load. Calls already under
    way keep the version they began with; the next call uses what was imported.
    Status 0: all well; 1: some rows were bad; 2: nothing was loaded.

    For example:

        podline import directory/ --dry-run
        podline import directory/

    Parameters
    ----------
    folder
        Holds pods.csv, technicians.csv, municipalities.csv, clients.csv, lines.csv, holidays.csv,
        absences.csv, or some of them.
    dry_run
        Tell what would change, and change nothing.
    strict
        Load nothing at all if any row is bad.
    """
    import asyncio

    from podline.clock import wall_clock
    from podline.database import database
    from podline.import_command import run_import
    from podline.settings import read_settings

    with database(read_settings()) as url:
        return asyncio.run(run_import(url, folder, dry_run, strict, wall_clock()))


def municipalities(
    source: Annotated[Path, Parameter(name="CSV")],
    folder: Annotated[Path, Parameter(name="DIR")],
    /,
    *,
    pods: str = "",
    deal: Literal["turn", "province"] = "turn",
) -> None:
    """Turn the public list of Canada's municipalities into the directory's municipalities.csv.

    Time zones and languages are derived from place, province and names.

    For example:

        podline municipalities municipalities_ca.csv directory/ --pods "prairie;fleuve" --deal province

    Parameters
    ----------
    source
        The list, with the columns sgc_code, province, class, name, name_fr, organization_name.
    folder
        Where municipalities.csv is written; made if needed.
    pods
        Keys of pods to deal the municipalities to, like prairie;fleuve. Without any the column stays empty.
    deal
        In turn, so that each pod gets every kind of place, or a whole province to one pod.
    """
    from podline.municipalities import convert_municipalities

    rows = convert_municipalities(source, folder, [one.strip() for one in pods.split(";") if one.strip()], deal)
    print(f"{folder / 'municipalities.csv'}: {rows} municipalities.")
