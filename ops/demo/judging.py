"""ops/demo/judging.py - the rules of the contest of 2019, and the sheets that lead to its known results.

Known are the threshold of 75, the best 83, twelve that reach the final and two at 77.8. How the judges came to that is
invented: every sheet is made so that the mean of all sheets is the known score.
"""
import hashlib

from province import date_of, document

CHAIR, SECRETARY = "snv-chair", "snv-secretary"
MEMBERS = ["stc-expert", "stp-expert", "skhdt-expert", "vp-expert", "kbnn-expert"]
JUDGES = [CHAIR, *MEMBERS]  # the secretary keeps the minutes
RECUSED = {"CCHC4-44": "skhdt-expert"}  # who declares a conflict with which entry
STEP = 5  # hundredths of a point
PRELIMINARY, FINAL = "so-khao", "chung-khao"
CRITERIA = (("tinh-moi", "Tính mới, tính sáng tạo", 4000, 1000), ("hieu-qua", "Hiệu quả", 2500, 0),
            ("kha-thi", "Tính khả thi", 1500, 0), ("nhan-rong", "Khả năng nhân rộng", 2000, 0))
PARTS = (("chao-hoi", "Chào hỏi", "STAGE", 1500), ("trac-nghiem", "Trắc nghiệm", "QUIZ", 2000),
         ("tieu-pham", "Tiểu phẩm", "STAGE", 2000), ("mo-hinh", "Thuyết trình mô hình, sáng kiến", "STAGE", 4500))
ORDER = ("FIRST", "SECOND", "THIRD", "CONSOLATION", "NONE")


def criterion(code, name, max_centi, minimum_centi=0):
    return dict(code=code, name=name, max_centi=max_centi, step_centi=STEP, weight=1, minimum_centi=minimum_centi)


def part(code, name, mode, weight_bp, criteria):
    return dict(code=code, name=name, mode="PART_MODE_" + mode, weight_bp=weight_bp, criteria=criteria)


def round_rules(code, name, stage, parts, **more):
    return dict(code=code, name=name, stage="ROUND_STAGE_" + stage, parts=parts, min_members=6, min_sheets=5,
                aggregation="AGGREGATION_MEAN", normalisation="NORMALISATION_NONE", decimals=2, quorum_bp=6667,
                counting_base="COUNTING_BASE_MEMBERS", **more)


def until(day, **more):
    return dict(date=date_of(day), utc_offset_minutes=420, **more)


def rules():
    return dict(
        subject="Mô hình, sáng kiến cải cách hành chính của công chức, viên chức trẻ",
        legal_basis=[document("PLAN", "MAU-02/KH-UBND", "2019-03-01", "ubnd-tinh", "Kế hoạch tổ chức cuộc thi (mẫu)")],
        registration="Cơ quan, đơn vị đăng ký qua hệ thống quản lý văn bản; mỗi đội một mô hình, sáng kiến.",
        opens=until("2019-05-02"), closes=until("2019-05-31", inclusive=True), max_cure_days=15,
        eligibility=dict(max_age_years=35, reference_date=date_of("2019-12-31"), max_entries_per_agency=5,
                         max_entries_per_team=1, max_authors=5),
        rounds=[
            round_rules(PRELIMINARY, "Vòng sơ khảo", "PRELIMINARY", [part(
                "bai-du-thi", "Bài dự thi", "WRITTEN", 10000, [criterion(*c) for c in CRITERIA])],
                is_blind=True, threshold_centi=7500, dispersion_centi=1000,
                tie_keys=[dict(kind="TIE_KEY_KIND_CRITERION", code="tinh-moi")]),
            round_rules(FINAL, "Vòng chung khảo", "FINAL", [
                part(*p, [criterion("diem", "Điểm", 10000)]) for p in PARTS], top_entries=10, every_place_counts=True,
                tie_keys=[dict(kind="TIE_KEY_KIND_PART", code="mo-hinh")])],
        prizes=[dict(award="AWARD_" + award, quota=quota) for award, quota in zip(ORDER, (1, 2, 3, 4))],
        local_terms=dict(cost_cap_vnd=50_000_000, max_promotions=2, max_contests_per_agency=1, checklist=[
            dict(code="an-toan", text="Bảo đảm an toàn"), dict(code="tiet-kiem", text="Tiết kiệm"),
            dict(code="quy-dinh", text="Đúng quy định hiện hành")]))


def born_on(author):
    """Young enough, all of them."""
    number = int.from_bytes(hashlib.sha256(author.encode()).digest()[:2], "big")
    return date_of(f"{1985 + number % 10}-{1 + number % 12:02}-{1 + number % 28:02}")


def judges_of(entry):
    return [judge for judge in JUDGES if RECUSED.get(entry.code) != judge]


def totals(entry, mean_centi, judges):
    """A total for each judge: they differ, and their mean is the one that is known."""
    seed = hashlib.sha256(entry.code.encode()).digest()
    away = [(seed[n] % 41 - 20) * STEP * 2 for n in range(len(judges) - 1)]
    return dict(zip(judges, [mean_centi + a for a in [*away, -sum(away)]]))


def split(total_centi, favour_centi=0):
    """A total as points of the preliminary's criteria, with so much more for the first one than is usual."""
    points = [total_centi * limit // 10000 // STEP * STEP for _, _, limit, _ in CRITERIA]
    points[0] += favour_centi
    points[3] += total_centi - sum(points)
    return [dict(part="bai-du-thi", criterion=code, score_centi=score)
            for (code, *_), score in zip(CRITERIA, points)]


def preliminary(entry):
    """{judge: scores}"""
    favour = 100 if entry.award == "THIRD" else 0  # what decides between the two at 77.8
    return {judge: split(total, favour)
            for judge, total in totals(entry, entry.score_centi, judges_of(entry)).items()}


def final_order(entries):
    return sorted((e for e in entries if e.is_finalist), key=lambda e: (ORDER.index(e.award), -e.score_centi))


def final(entry, place):
    mean = 9200 - 90 * place
    return {judge: [dict(part=code, criterion="diem", score_centi=total) for code, *_ in PARTS]
            for judge, total in totals(entry, mean, judges_of(entry)).items()}
