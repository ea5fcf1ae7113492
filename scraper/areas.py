"""Police forces and their areas, and the one that a report is about by its title or first sentence."""

from __future__ import annotations

import re

_AREAS = """Avon and Somerset|Bedfordshire|Cambridgeshire|Cheshire|City of London|Cleveland|Cumbria|Derbyshire
|Devon and Cornwall|Dorset|Durham|Dyfed-Powys|Essex|Gloucestershire|Greater Manchester|Gwent
|Hampshire and Isle of Wight|Hampshire|Hertfordshire|Humberside|Kent|Lancashire|Leicestershire|Lincolnshire
|Merseyside|Metropolitan|Norfolk|North Wales|North Yorkshire|Northamptonshire|Northumbria|Nottinghamshire
|South Wales|South Yorkshire|Staffordshire|Suffolk|Surrey|Sussex|Thames Valley|Warwickshire|West Mercia
|West Midlands|West Yorkshire|Wiltshire|British Transport""".replace("\n", "").split("|")
_AREA = "|".join(area.replace(" and ", r"\s(?:and|&)\s").replace("-", "[-‐‑–]").replace(" ", r"\s") for area in _AREAS)
_FORCE = re.compile(rf"\b(?:{_AREA})\s(?:Police\sService|Police|Constabulary)\b(?!\sand\sCrime)")
_OPENING = re.compile(
    rf"(?:The\s)?(?P<area>{_AREA})(?:\s?[–—:,-]|\s(?=national|joint|child|unannounced|post))", re.IGNORECASE
)
_CLOSING = re.compile(rf"[–—:-]\s(?P<area>{_AREA})(?:\s\(|$)", re.IGNORECASE)

_JOINT = re.compile(r"\bJTAI\b|\bJICPA\b|\bjoint\b.*\binspect|\bjoint\b.*\breview\b", re.IGNORECASE)
_PLACE = r"(?P<area>[A-Z][\w’'-]+(?:\s(?:and|&|upon|on|with|of|[A-Z][\w’'-]+))*)"
_LOCAL = (
    re.compile(rf"\bin\s{_PLACE}$"),
    re.compile(rf"[–—:-]\s{_PLACE}(?=\s\(|,|$)"),
    re.compile(rf"^{_PLACE}(?=\s?[–—:,])"),
)
_NO_LOCAL_AREA = re.compile(r"England|Wales|England and Wales|Joint\b.*|JTAI.*|JICPA.*|National.*|Thematic.*")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")


def area_of(title: str, text: str) -> str | None:
    """The force or local area that a title names, else the force that the first sentence of the text names.

    Countries are no area. None where neither names one.
    """
    if found := _FORCE.search(title) or _OPENING.match(title) or _CLOSING.search(title):
        return found["area"] if "area" in found.groupdict() else found[0]
    if _JOINT.search(title):
        for pattern in _LOCAL:
            found = pattern.search(title)
            if found and not _NO_LOCAL_AREA.fullmatch(found["area"]):
                return found["area"]
    found = _FORCE.search(_SENTENCE_END.split(text, maxsplit=1)[0])
    return found[0] if found else None
