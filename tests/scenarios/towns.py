"""A directory with what makes callers hard to know: two Tabers, two Lloydminsters, shared and unknown numbers."""

from tests.world import LINE

NAMES = ("Clara", "Ana", "Ben", "Cho", "Dee", "Stranger")

TOWNS: dict[str, str] = {
    "pods.csv": """pod,name,strategy,timezone,wrap_up
south,South,linear,America/Edmonton,0
north,North,linear,America/Edmonton,0
""",
    "lines.csv": f"line,name,voice_flow,text_flow,languages,fallback\n{LINE},Support,,,en,\n",
    "technicians.csv": """technician,name,phone,pod,position,languages,skills,hours,email,swarm
ana,Ana Ferreira,+1 403 555 0111,south,1,en,tax,24/7,,yes
ben,Ben Oduya,+1 403 555 0112,south,2,en;fr,water,24/7,,yes
cho,Cho Min-seo,+1 780 555 0113,north,1,en;fr,payroll,24/7,,no
dee,Dee Arsenault,+1 780 555 0114,north,2,en,payroll,24/7,,no
""",
    "municipalities.csv": """municipality,name,name_fr,class,province,timezone,languages,pod,tier,aliases
4802022,Taber,Taber,T,AB,America/Edmonton,en,south,,
4802021,Taber,Taber,MD,AB,America/Edmonton,en,north,,Municipal District of Taber
4810039,Lloydminster,Lloydminster,CY,AB,America/Edmonton,en,south,,
4717029,Lloydminster,Lloydminster,CY,SK,America/Edmonton,en,north,,
2410043,Rimouski,Rimouski,V,QC,America/Toronto,fr,north,,
4707039,Moose Jaw,Moose Jaw,CY,SK,America/Regina,en,north,,
""",
    "clients.csv": """client,name,phones,municipality,language,channel,email,notes
clara,Clara Whitfield,+1 403 555 0120,4802022,en,voice,,
dale,Dale Petrie,+1 780 555 0122,4810039;4717029,en,voice,,
priya,Priya Nair,+1 403 555 0123,4802022,en,voice,,
tom,Tom Eriksen,+1 403 555 0123,4802022,en,voice,,
gil,Gil Santos,+1 403 555 0124,4802022,en,voice,,
hana,Hana Novak,+1 403 555 0124,4802021,en,voice,,
sylvie,Sylvie Ouellet,+1 418 555 0132,2410043,fr,voice,,
""",
}
ANA, BEN, CHO, DEE = "+14035550111", "+14035550112", "+17805550113", "+17805550114"
