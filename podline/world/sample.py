"""The world of `podline demo`: three pods, eight technicians, two lines, and places from coast to coast.

Places and SGC codes are real, people are not, and every number is of the range 555-01xx that nobody has.
In two pods at least two technicians are on shift at every minute; nobody ever is in the third.
"""

import csv
from collections.abc import Sequence
from pathlib import Path

from db.importing.layouts import MUNICIPALITIES
from routing.directory import Municipality

_FILES = {
    "pods.csv": """
pod,name,strategy,timezone,wrap_up
prairie,Prairie,linear,America/Edmonton,0
fleuve,Fleuve,circular,America/Toronto,0
north,North,longest idle,America/Edmonton,0
""",
    "lines.csv": """
line,name,voice_flow,text_flow,languages,fallback
+1 403 555 0199,Support desk,,,en,+1 403 555 0198
+1 418 555 0199,Support desk / Bureau de soutien,,,fr;en,
""",
    "technicians.csv": """
technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0101,prairie,1,en;fr,property tax;utility billing,24/7,ana@example.org,yes
ben,Ben Oduya,+1 403 555 0102,prairie,2,en,water meters;assets,Mon-Sun 06:00-18:00,ben@example.org,yes
cho,Cho Min-seo,+1 780 555 0103,prairie,3,en;fr,payroll;general ledger,Mon-Sun 18:00-06:00,cho@example.org,yes
eve,Ève Tremblay,+1 418 555 0104,fleuve,1,fr;en,permits;property tax,24/7,eve@example.org,yes
farid,Farid Benali,+1 514 555 0105,fleuve,2,fr;en,payroll;assets,lun-dim 7h00-19h00,farid@example.org,yes
gabrielle,Gabrielle Roy-Côté,+1 581 555 0106,fleuve,3,fr,elections,lun-dim 19h00-7h00,gaby@example.org,no
hugo,Hugo Lindqvist,+1 867 555 0107,north,1,en,general ledger,,hugo@example.org,no
ines,Inès Kaya,+1 867 555 0108,north,2,en;fr,assets,,ines@example.org,no
""",
    "municipalities.csv": """
municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases,hours
4802022,Taber,Taber,T,AB,America/Edmonton,en,prairie,,,
4802021,Taber,Taber,MD,AB,America/Edmonton,en,prairie,,Municipal District of Taber;MD of Taber,
4810039,Lloydminster,Lloydminster,CY,AB,America/Edmonton,en,prairie,,,
4717029,Lloydminster,Lloydminster,CY,SK,America/Edmonton,en,prairie,,,
4815023,Canmore,Canmore,T,AB,America/Edmonton,en,prairie,gold,,
4707039,Moose Jaw,Moose Jaw,CY,SK,America/Regina,en,prairie,,,
4602044,Steinbach,Steinbach,CY,MB,America/Winnipeg,en,prairie,,,
2491042,Saint-Félicien,Saint-Félicien,V,QC,America/Toronto,fr,fleuve,,St-Félicien,
2416013,Baie-Saint-Paul,Baie-Saint-Paul,V,QC,America/Toronto,fr,fleuve,gold,Baie St-Paul,lun-ven 8h00-16h00
2410043,Rimouski,Rimouski,V,QC,America/Toronto,fr,fleuve,,,
1313027,Edmundston,Edmundston,C,NB,America/Moncton,fr;en,fleuve,,,
1005018,Corner Brook,Corner Brook,CY,NL,America/St_Johns,en,fleuve,,,
6106023,Yellowknife,Yellowknife,CY,NT,America/Edmonton,en,north,,,
6204003,Iqaluit,Iqaluit,CY,NU,America/Iqaluit,en;fr,north,,,
""",
    # Two share the town hall's number in Canmore; Dale is asked which side of Lloydminster it is about.
    "clients.csv": """
client,name,phones,municipality,language,channel,email,notes
clara,Clara Whitfield,+1 403 555 0120,4802022,en,voice,clara@example.org,Chief administrative officer
owen,Owen Blackwater,+1 403 555 0121,4802021,en,voice,owen@example.org,
dale,Dale Petrie,+1 780 555 0122;+1 306 555 0122,4810039;4717029,en,voice,dale@example.org,For both sides
priya,Priya Nair,+1 403 555 0123,4815023,en,text,priya@example.org,Prefers texts during council meetings
tom,Tom Eriksen,+1 403 555 0123,4815023,en,voice,tom@example.org,Shares the town hall's number
june,June Okafor,+1 306 555 0124,4707039,en,email,june@example.org,
peter,Peter Friesen,+1 204 555 0125,4602044,en,voice,peter@example.org,
lucie,Lucie Bouchard,+1 418 555 0130,2491042,fr,voice,lucie@example.org,Directrice générale
marc,Marc-André Gagnon,+1 418 555 0131;+1 581 555 0131,2416013,fr,text,marc@example.org,
sylvie,Sylvie Ouellet,+1 418 555 0132,2410043,fr,voice,sylvie@example.org,
remi,Rémi Cyr,+1 506 555 0133,1313027,fr,voice,remi@example.org,Bilingue
nora,Nora Pike,+1 709 555 0134,1005018,en,voice,nora@example.org,
grace,Grace Tsetta,+1 867 555 0135,6106023,en,voice,grace@example.org,
aluki,Aluki Ipeelie,+1 867 555 0136,6204003,,voice,aluki@example.org,
""",
    "holidays.csv": """
municipality_or_province,date,name
AB,2026-08-03,Heritage Day
4802022,2026-08-28,Cornfest
""",
}


def write_world(folder: Path, municipalities: Sequence[Municipality] | None = None) -> None:
    """Writes the files into `folder` (made if needed); further `municipalities` stand after the world's own.

    Keys never change from one version to the next: scenes and tests name them.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for file, text in _FILES.items():
        (folder / file).write_text(text.lstrip(), encoding="utf-8")
    if municipalities:
        _append(folder / MUNICIPALITIES.file, municipalities)


def _append(path: Path, municipalities: Sequence[Municipality]) -> None:
    with path.open(encoding="utf-8", newline="") as file:
        known = {row["municipality"] for row in csv.DictReader(file)}
    with path.open("a", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        for one in municipalities:
            if one.municipality not in known:
                writer.writerow(
                    [
                        *(one.municipality, one.name, one.name_fr, one.kind, one.province, one.timezone),
                        *(";".join(one.languages), one.pod, one.tier, ";".join(one.aliases), one.hours),
                    ]
                )
