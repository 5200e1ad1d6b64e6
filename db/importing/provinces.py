"""Canada's provinces and territories, and the time zone that most of each keeps."""

# Statutes of the provinces as the tz database maps them. Newfoundland's half hour, Saskatchewan's standard
# time all year and the north's merged zones are the ones that surprise.
TIMEZONES = {
    "AB": "America/Edmonton",
    "BC": "America/Vancouver",
    "MB": "America/Winnipeg",
    "NB": "America/Moncton",
    "NL": "America/St_Johns",
    "NS": "America/Halifax",
    "NT": "America/Edmonton",
    "NU": "America/Iqaluit",
    "ON": "America/Toronto",
    "PE": "America/Halifax",
    "QC": "America/Toronto",
    "SK": "America/Regina",
    "YT": "America/Whitehorse",
}


def usual_language(province: str) -> str:
    """The language a municipality is first spoken to when its row does not say."""
    return "fr" if province == "QC" else "en"
