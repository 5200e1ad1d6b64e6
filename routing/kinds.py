"""Municipality classes and provinces in words: what they are called, and what callers call them.

The codes are the directory's (`Municipality.kind`, `Municipality.province`). `said` words are in the normal form
of `routing.spoken`: small letters, no accents, no punctuation.
"""

import re
import unicodedata
from dataclasses import dataclass

from routing.directory import Municipality

_URBAN_FR = ("ville", "cite")
_RURAL = ("municipality", "municipalite")


@dataclass(frozen=True, slots=True)
class Kind:
    """`english` holds `{name}`; `french` holds `{of}`, the name with its "de", "d'", "du" or "des".
    `said` is what callers say, and may fit several classes."""

    english: str
    french: str
    said: tuple[str, ...]


_TOWN = Kind("the Town of {name}", "la Ville {of}", ("town", *_URBAN_FR))
_CITY = Kind("the City of {name}", "la Ville {of}", ("city", *_URBAN_FR))
_MUNICIPALITY = Kind("the Municipality of {name}", "la Municipalité {of}", _RURAL)
_PARISH = Kind(
    "the Parish of {name}",
    "la Paroisse {of}",
    ("parish", "paroisse", "municipalite de paroisse", "parish municipality", "municipalite de la paroisse", *_RURAL),
)

KINDS: dict[str, Kind] = {
    "T": _TOWN,
    "TV": _TOWN,
    "C": _CITY,
    "CY": _CITY,
    "CV": _CITY,
    # Quebec's "ville" is a city or a town in English, as the speaker likes.
    "V": Kind("the City of {name}", "la Ville {of}", ("city", "town", *_URBAN_FR)),
    "VL": Kind("the Village of {name}", "le Village {of}", ("village", "municipalite de village")),
    "SV": Kind("the Summer Village of {name}", "le Village d'été {of}", ("summer village", "village d ete", "village")),
    "RV": Kind(
        "the Resort Village of {name}",
        "le Village de villégiature {of}",
        ("resort village", "village de villegiature", "village"),
    ),
    "VN": Kind(
        "the Northern Village of {name}",
        "le Village nordique {of}",
        ("northern village", "village nordique", "village"),
    ),
    "MÉ": _MUNICIPALITY,
    "MU": _MUNICIPALITY,
    "M": _MUNICIPALITY,
    "RM": Kind(
        "the Rural Municipality of {name}",
        "la Municipalité rurale {of}",
        ("rural municipality", "municipalite rurale", "rm", *_RURAL),
    ),
    "MD": Kind(
        "the Municipal District of {name}",
        "le District municipal {of}",
        (
            *("municipal district", "district municipal", "district municipality", "md", "dm", "county", "comte"),
            *("municipality of the district", "municipalite du district", "district", *_RURAL),
        ),
    ),
    "DM": Kind(
        "the District of {name}",
        "le District {of}",
        ("district", "district municipality", "municipal district", "district municipal", *_RURAL),
    ),
    "SM": Kind(
        "the Municipality of {name}",
        "la Municipalité {of}",
        (
            *("specialized municipality", "municipalite specialisee", "regional municipality"),
            *("municipalite regionale", "county", "comte", *_RURAL),
        ),
    ),
    "RGM": Kind(
        "{name} Regional Municipality",
        "la Municipalité régionale {of}",
        ("regional municipality", "municipalite regionale", *_RURAL),
    ),
    "TP": Kind("the Township of {name}", "le Canton {of}", ("township", "canton", *_RURAL)),
    "CT": Kind(
        "the Township of {name}",
        "le Canton {of}",
        ("township", "canton", "municipalite de canton", "municipalite du canton", *_RURAL),
    ),
    "CU": Kind(
        "the United Townships of {name}",
        "les Cantons unis {of}",
        ("united townships", "cantons unis", "township", "canton", "municipalite des cantons unis", *_RURAL),
    ),
    "P": _PARISH,
    "PE": _PARISH,
    "HAM": Kind("the Hamlet of {name}", "le Hameau {of}", ("hamlet", "hameau")),
    "COM": Kind(
        "the Community of {name}",
        "la Communauté {of}",
        ("community", "communaute", "rural municipality", "municipalite rurale", *_RURAL),
    ),
    "CG": Kind(
        "the Community Government of {name}",
        "le Gouvernement communautaire {of}",
        ("community government", "gouvernement communautaire", "community", "communaute"),
    ),
    "LGD": Kind(
        "the Local Government District of {name}",
        "le District d'administration locale {of}",
        ("local government district", "district d administration locale", "lgd", "district"),
    ),
}

# Nova Scotia's are called municipalities; Alberta's and British Columbia's go by their districts.
_ELSEWHERE = {("NS", "MD"): _MUNICIPALITY}

PROVINCES: dict[str, tuple[str, str]] = {
    "AB": ("Alberta", "Alberta"),
    "BC": ("British Columbia", "Colombie-Britannique"),
    "MB": ("Manitoba", "Manitoba"),
    "NB": ("New Brunswick", "Nouveau-Brunswick"),
    "NL": ("Newfoundland and Labrador", "Terre-Neuve-et-Labrador"),
    "NS": ("Nova Scotia", "Nouvelle-Écosse"),
    "NT": ("Northwest Territories", "Territoires du Nord-Ouest"),
    "NU": ("Nunavut", "Nunavut"),
    "ON": ("Ontario", "Ontario"),
    "PE": ("Prince Edward Island", "Île-du-Prince-Édouard"),
    "QC": ("Quebec", "Québec"),
    "SK": ("Saskatchewan", "Saskatchewan"),
    "YT": ("Yukon", "Yukon"),
}

# Beside the names above. Two letters that are also words ("on", "pe") are left out.
PROVINCES_SAID: dict[str, tuple[str, ...]] = {
    "AB": ("alta", "ab"),
    "BC": ("bc", "cb", "british colombia"),
    "MB": ("mb",),
    "NB": ("nb",),
    "NL": ("newfoundland", "newfoundland labrador", "labrador", "terre neuve", "nl"),
    "NS": ("ns",),
    "NT": ("nwt", "tno", "north west territories"),
    "ON": ("ont",),
    "PE": ("pei", "ipe"),
    "QC": ("qc",),
    "SK": ("sask", "sk"),
    "YT": ("yt", "yukon territory"),
}


def spoken_kind(municipality: Municipality, language: str) -> str:
    """As a sentence takes it: "the Town of Taber", "la Ville d'Amos"; the name alone where the class is unknown
    or the name says it itself ("Lacombe County")."""
    french = language.lower().startswith("fr")
    name = spoken_name(municipality, language)
    kind = _ELSEWHERE.get((municipality.province, municipality.kind)) or KINDS.get(municipality.kind)
    if kind is None or _says_its_kind(name, kind):
        return name
    return kind.french.format(of=_of(name)) if french else kind.english.format(name=name)


def spoken_name(municipality: Municipality, language: str) -> str:
    """Its name in a language, the other where it has but one."""
    if language.lower().startswith("fr"):
        return municipality.name_fr or municipality.name
    return municipality.name or municipality.name_fr


def province_name(code: str, language: str) -> str:
    """Empty for a code that is no province's."""
    english, french = PROVINCES.get(code, ("", ""))
    return french if language.lower().startswith("fr") else english


def _says_its_kind(name: str, kind: Kind) -> bool:
    """Lacombe County No. 5, Village of X; but neither White City, which is a town, nor Ville-Marie, whose city is
    the Ville de Ville-Marie."""
    words = re.findall(r"[a-z]+", re.sub(r"\bno\b\.?", "", _bare(name)))
    if len(words) < 2:
        return False
    joined = words[1] in ("of", "de", "du", "des", "d")
    return words[-1] in kind.said or (joined and words[0] in kind.said)


def _bare(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", text.casefold()) if not unicodedata.combining(c))


def _of(name: str) -> str:
    """With the French "de" joined to the name: du Bic, des Îles, d'Amos, de Hudson."""
    article, _, rest = name.partition(" ")
    if rest and article in ("Le", "Les"):
        return f"{'du' if article == 'Le' else 'des'} {rest}"
    return f"d'{name}" if _bare(name).startswith(("a", "e", "i", "o", "u")) else f"de {name}"
