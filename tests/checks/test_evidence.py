"""R3 on planted faults."""

from __future__ import annotations

import pytest

from checks.study import added, changed, declared
from crosscase.core import Case, Coder, Coding, PartialDate, Participant, Quotation, Source, Stance, Table


def requoted(snapshot, words, **fields):
    return changed(snapshot, "quotations", "q3", text=words, **fields)


@pytest.mark.parametrize(
    "words",
    [
        "“the others”, of course",  # as it stands
        '"the others", of course',  # other quotation marks
        "the peers [...] “the others”",  # a cut
        "the [firms] we had studied with",  # an insertion
        "we had stu-\ndied with",  # split at the end of a line
    ],
)
def test_r301_looks_through_what_typesetters_and_writers_do(clean, found, words):
    assert found(requoted(clean, words, start=None, end=None), "R301") == []


def test_r301_says_how_far_off_and_where_the_words_part(clean, found):
    ((kind, id, message),) = found(requoted(clean, "explained to us whom to call"), "R301")
    assert (kind, id) == ("quotations", "q3")
    assert "is not verbatim in SF2: the nearest passage at 40–68 agrees to 71%" in message
    assert "quoted “explained to”" in message


def test_r301_says_where_the_words_stand_instead(clean, found):
    start = clean.texts["SF2"].index("We asked the peers")
    ((_, _, message),) = found(changed(clean, "quotations", "q3", start=start, end=start + 20), "R301")
    assert f"does not stand at {start}–{start + 20} of SF2; its words stand at" in message


def test_r301_offsets_beyond_the_source(clean, found):
    ((_, _, message),) = found(requoted(clean, "", start=5_000, end=5_010), "R301")
    assert "lie outside SF2" in message


def test_r301_looks_elsewhere_when_the_offsets_are_wrong(clean, found):
    long = clean.texts["SF2"] + "x " * 400
    far = changed(clean.replace(texts={**clean.texts, "SF2": long}), "quotations", "q3", start=700, end=720)
    ((_, _, message),) = found(far, "R301")
    assert "does not stand at 700–720 of SF2; its words stand at 48–68" in message


def test_r302_counts_by_source_what_has_no_case_or_no_speaker(clean, found):
    anonymous = changed(clean, "sources", "SF2", participant="")
    anonymous = anonymous.replace(turns=Table.of(clean.turns.row))
    ((kind, id, message),) = found(anonymous, "R302")
    assert (kind, id) == ("sources", "SF2")
    assert "2 quotations of SF2 without speaker: q3, q4" in message
    homeless = changed(clean, "sources", "AF2", case="")
    assert [message for _, _, message in found(homeless, "R302")] == ["1 quotation of AF2 without case: q8"]


def test_r302_a_named_turn_is_a_speaker(clean, found):
    named = changed(clean, "sources", "SF2", participant="")
    assert found(named, "R302") == []  # the turns of SF2 name their participant


@pytest.mark.parametrize(("role", "count"), [("Founder", 0), ("managing director & founder", 0), ("Export manager", 1)])
def test_r303_compares_roles_by_their_parts(clean, found, role, count):
    findings = found(changed(clean, "codings", "c3", extra={"speaker_role": role}), "R303")
    assert len(findings) == count
    assert all(id == "PF2" and "is quoted as 'Export manager'" in message for _, id, message in findings)


def test_r304_quotations_for_print_need_consent_to_quote(clean, found):
    shy = changed(clean, "participants", "PF2", consent="archive")
    ((kind, id, message),) = found(shy, "R304")
    assert (kind, id) == ("participants", "PF2")
    assert "without quote; 1 quotation marked for print or linked to a claim: q4" in message
    marked = changed(shy, "quotations", "q3", mark="power")
    assert "2 quotations" in found(marked, "R304")[0][2]


def test_r304_the_stricter_of_a_source_and_its_speaker_holds(clean, found):
    shy = changed(clean, "participants", "PF2", consent="archive")
    ((kind, id, _),) = found(changed(shy, "sources", "SF2", consent="quote"), "R304")
    assert (kind, id) == ("participants", "PF2")
    ((kind, id, _),) = found(changed(clean, "sources", "SF2", consent="archive"), "R304")
    assert (kind, id) == ("sources", "SF2")


@pytest.mark.parametrize("consent", ["no", "quotes", "all, not quote"])
def test_r304_says_that_a_consent_which_cannot_be_read_counts_as_none(clean, found, consent):
    ((_, _, message),) = found(changed(clean, "participants", "PF2", consent=consent), "R304")
    assert message.endswith("until this is mended it counts as no consent")


def test_r304_an_end_that_is_no_date_is_said(clean, found):
    ((_, _, message),) = found(
        changed(clean, "sources", "SF2", consent="all", extra={"consent_until": "spring"}), "R304"
    )
    assert "words that are not known: spring" in message


def test_r304_nothing_stated_is_neither_consent_nor_refusal(clean, found):
    assert found(changed(clean, "participants", "PF2", consent=""), "R304") == []


def test_r304_models_names_archives_and_unknown_words(clean, found):
    coded = added(clean, coders=[Coder("m", extra={"kind": "model"})], codings=[Coding("cm", "q3", "luck", "m")])
    assert "1 quotation coded by a model" in found(coded, "R304")[0][2]
    assert len(found(declared(clean, uses={"model": True}), "R304")) == 4
    assert found(declared(clean, uses={"archive": True}), "R304") == []
    named = changed(clean, "participants", "PF1", extra={"name": "A. Moreno"})
    assert "is listed with a name" in found(named, "R304")[0][2]
    unknown = changed(clean, "participants", "PF1", consent="quote, publicity")
    ((_, id, message),) = found(unknown, "R304")
    assert id == "consent 'quote, publicity'"
    assert "words that are not known: publicity; known are analyse, quote, name, archive, model" in message


def test_r305_a_case_without_a_word_and_a_dimension_without_a_case(clean, found):
    more = added(clean, cases=[Case("F5", {"founded": "2000", "sector": "software"})])
    ((_, id, message),) = found(more, "R305")
    assert id == "silent cases"
    assert "1 of 5 cases have no quotation: F5" in message
    moved = changed(clean, "codings", "c2", code="luck")
    ((_, id, message),) = found(moved, "R305")
    assert id == "relations"
    assert "1 of the 4 cases that are quoted have nothing under this dimension: F1" in message


def test_r306_a_case_that_gives_more_than_half(clean, found):
    many = added(
        clean, quotations=[Quotation(f"x{n}", case="F2", participant="PF2", locator=f"p. {n}") for n in range(9)]
    )
    ((kind, id, message),) = found(many, "R306")
    assert (kind, id) == ("cases", "F2")
    assert "gives 12 of 18 quotations, 67%" in message


def test_r306_a_claim_with_evidence_of_one_case(clean, found):
    rows = [Stance(f"x{n}", "P1", "F2", locator=f"p. {n}", stance="supports") for n in range(3)]
    ((_, id, message),) = found(clean.replace(stances=Table.of(Stance, rows)), "R306")
    assert (id, message) == ("P1", "all 3 pieces of supporting evidence are of one case, F2")


def test_r307_a_text_that_is_not_the_registered_one(clean, found):
    edited = clean.replace(texts={**clean.texts, "SF2": clean.texts["SF2"].replace("peers", "friends")})
    ((_, id, message),) = found(edited, "R307")
    assert id == "SF2"
    assert "1 of 2 quotations still stand" in message


def test_r308_one_kind_in_the_study_and_in_a_claim(clean, found):
    interviews = clean.replace(sources=Table.of(Source, clean.sources.where(kind="interview")))
    ((_, id, message),) = found(interviews, "R308")
    assert (id, message) == ("sources", "all 4 sources are of one kind: interview")
    rows = [Stance(f"x{n}", "P1", coding=f"c{n}", stance="supports") for n in (3, 4, 5)]
    ((_, id, message),) = found(clean.replace(stances=Table.of(Stance, rows)), "R308")
    assert "all 3 pieces of evidence come from one kind of source, interview; the study has 2" in message


def test_r309_a_recollection_over_more_years_than_the_study_allows(clean, found):
    late = changed(clean, "sources", "SF1", date=PartialDate(2012))
    ((kind, id, message),) = found(late, "R309")
    assert (kind, id) == ("events", "F1-DEU")
    assert "dated 2001 and told in 2012, 11 years later" in message
    assert found(declared(late, evidence={"recall_years": 15}), "R309") == []


def test_r310_a_speaker_of_another_case(clean, found):
    ((_, id, message),) = found(changed(clean, "quotations", "q3", participant="PF4"), "R310")
    assert id == "q3"
    assert "its speaker PF4 is a participant of F4" in message


def test_a_threshold_that_is_no_number_is_bad_input(clean, found):
    from crosscase.core.errors import InputError

    with pytest.raises(InputError, match="is not a number"):
        found(declared(clean, evidence={"recall_years": "ten"}), "R309")


def test_participants_of_no_case_are_no_contradiction(clean, found):
    expert = added(clean, participants=[Participant("X", "", "Adviser")])
    assert found(changed(expert, "quotations", "q3", participant="X"), "R310") == []
