"""Decisions as people in different posts take them, in a browser: each does their part, and is told in plain words what is not theirs.

A demonstration's day is moved on by the owner of its database (`notices_clock`): nobody waits for the days of a notice.
"""
# ruff: noqa: F811  fixtures are asked for by their names

from __future__ import annotations

import re
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from browser.desks import HAD_A_PART, NOT_MINE, PHOTO, VOTE, Desk, Stage, case, desk, now, stage  # noqa: F401  fixtures

pytestmark = [pytest.mark.browser, pytest.mark.slow]


def test_a_household_applies_and_is_registered(desk: Desk, stage: Stage) -> None:
    home = stage.keys["entering"]
    desk.begin("wang", home, "贫困户识别")
    desk.not_theirs("zhuoma", "zhou")
    desk.sign("wang", papers=False, says="还缺材料")
    desk.sign("wang")
    desk.sign("wang")
    desk.sign("wang", papers=False, says="这一步您已经签办，还须另一人签办")
    desk.sign("cun0", papers=False)
    desk.not_theirs("zhuoma")
    desk.meeting("cun0")
    desk.posted("wang")
    desk.not_theirs("wang")
    desk.sign("zhuoma")
    desk.sign("zhao")
    desk.posted("wang")
    desk.sign("zhao", says=HAD_A_PART)
    desk.not_theirs("zhou")
    expect(desk.at("wang", f"/households/{home}/").locator("main")).not_to_contain_text("未脱贫")
    page = desk.sign("sun")
    expect(page.locator("main")).to_contain_text("状态已变更")
    desk.posted("wang")
    page = desk.at("wang", f"/households/{home}/")
    expect(page.locator("main")).to_contain_text("未脱贫")


def test_a_registered_household_leaves_by_what_was_checked_and_by_its_own_word(
    desk: Desk, stage: Stage
) -> None:
    home = stage.keys["leaving"]
    desk.barred("shen", f"/cases/proceedings/begin/{home}/")
    desk.begin("wang", home, "贫困户退出")
    desk.not_theirs("zhuoma", "zhao")
    desk.sign("cun0", papers=False, says="还缺材料")
    desk.meeting("cun0")
    desk.not_theirs("zhuoma", "zhao")
    desk.sign("wang")
    desk.sign("cun0", papers=False, says="有退出标准不达标、不清楚或没有核实，不能继续")
    stage.checked(home)
    desk.sign("cun0", papers=False)
    expect(now(desk.at("wang"))).to_contain_text("贫困户认可")
    desk.not_theirs("zhuoma", "zhou")
    desk.sign("wang", papers=False, says="请选明谁替本户签的字")
    page = desk.sign("wang", drawn=True, member=1)
    expect(now(page)).to_contain_text("屏上手写签名")
    page = desk.sign("cun0", papers=False, member=1)
    expect(page.locator("main")).to_contain_text("本户签字：岩有田")
    desk.not_theirs("zhao")
    desk.posted("wang")
    desk.not_theirs("wang")
    desk.sign("zhuoma")
    desk.sign("xiang0", papers=False)
    desk.not_theirs("zhuoma", "zhou")
    page = desk.sign("zhao")
    expect(page.locator("main")).to_contain_text("状态已变更")
    expect(page.locator("main")).to_contain_text("已核")
    desk.not_theirs("zhao", "zhuoma")
    page = desk.posted("wang")
    expect(now(page)).to_have_count(0)
    expect(desk.at("shen", f"/households/{home}/").locator("main")).to_contain_text("已脱贫")


def test_a_household_says_no_to_leaving_and_stays(desk: Desk, stage: Stage) -> None:
    home = stage.keys["unwilling"]
    desk.begin("cun0", home, "贫困户退出")
    desk.not_theirs("zhuoma", "shen")
    desk.meeting("cun0")
    desk.not_theirs("zhuoma", "zhao")
    desk.sign("wang")
    desk.sign("wang", papers=False, says="这一步您已经签办，还须另一人签办")
    desk.sign("cun0", papers=False)
    desk.not_theirs("zhuoma", "zhao", "zhou")
    # The household would not sign: that is no agreement, and nobody goes on with it.
    desk.sign("wang", member=4, says="拒签不是认可")
    desk.sign("wang", papers=False, act="不同意", says="请写明理由")
    page = desk.sign(
        "wang",
        papers=False,
        act="不同意",
        says="已记录不同意及理由",
        member=4,
        reason="户主说务工刚一年，收入还不稳，不认可脱贫",
    )
    result = page.locator("section[aria-label='结果与申诉']")
    expect(result).to_contain_text("已终止")
    expect(result).to_contain_text("不认可脱贫")
    expect(page.locator("main")).to_contain_text("本户拒签")
    expect(result.get_by_role("link", name="重新办理")).to_be_visible()
    expect(now(page)).to_have_count(0)
    main = desk.at("zhao", f"/households/{home}/").locator("main")
    expect(main).to_contain_text("未脱贫")


def test_an_objection_stops_a_household_and_whoever_objected_reads_why(desk: Desk, stage: Stage) -> None:
    desk.address = case(stage.keys["objected_case"])
    desk.not_theirs("zhuoma", "zhao")
    page = desk.at("wang")
    page.get_by_role("button", name="生成公示单").click()
    expect(page.locator("main")).to_contain_text("公示单已生成")
    page.locator("form[action$='/hang/'] input[type=file]").first.set_input_files(PHOTO)
    page.get_by_role("button", name="登记张贴").click()
    expect(page.locator("main")).to_contain_text("公示已登记")

    page.get_by_text("有人提出异议").click()
    form = page.locator("form[action$='/object/']")
    form.locator("[name=said]").fill("这一户在镇上有一间门面")
    form.get_by_role("button", name="登记异议").click()
    code = re.search(r"\d{4}-\d{4}-\d{4}", page.locator("main").inner_text())
    assert code is not None
    stage.past_the_notice()
    page = desk.at("wang")
    page.locator("form[action$='/take-down/'] input[type=file]").set_input_files(PHOTO)
    page.get_by_role("button", name="登记撤下").click()
    expect(page.locator("main")).to_contain_text("还有异议没有答复，不能撤下")
    expect(page.locator("main")).to_contain_text("没有参与办理的人查看、答复")
    expect(page.get_by_role("link", name="查看并答复")).to_have_count(0)
    objection = stage.first_of("select max(id) from notices_objection")
    desk.barred("wang", f"{desk.address}objections/{objection}/")

    page = desk.at("zhuoma", "/cases/objections/")
    page.locator(f"a[href$='/objections/{objection}/']").first.click()
    expect(page.locator("main")).to_contain_text("这一户在镇上有一间门面")
    page.locator("[name=answer]").fill("经查属实：门面在其名下，年租金两万元")
    page.get_by_role("button", name="异议成立，不予通过").click()
    expect(page.locator("main")).to_contain_text("已答复")

    # Refused with the answer as its reason, and the family's name comes down at once.
    page = desk.at("wang")
    expect(page.get_by_role("button", name="签办这一步")).to_have_count(0)
    page.locator("form[action$='/take-down/'] input[type=file]").set_input_files(PHOTO)
    page.get_by_role("button", name="登记撤下").click()
    expect(page.locator("main")).to_contain_text("公示已撤下")
    result = page.locator("section[aria-label='结果与申诉']")
    expect(result).to_contain_text("没有通过")
    expect(result).to_contain_text("可以向")
    page = desk.at(None, "/public/receipt/")
    page.locator("[name=code]").fill(code[0])
    page.get_by_role("button", name="查询").click()
    expect(page.locator("main")).to_contain_text("经查属实")


def test_a_county_proposes_to_leave_and_everybody_can_read_its_notice(desk: Desk, stage: Stage) -> None:
    county = stage.keys["county"]
    page = desk.at("cheng", f"/places/{county}/")
    page.get_by_role("link", name="办理程序").first.click()
    desk.chooses(page, "贫困县退出")
    page.wait_for_url(re.compile(r"/proceedings/\d+/$"))
    desk.address = re.sub(r"^https?://[^/]+", "", page.url)
    desk.not_theirs("liu", "qiao")
    desk.sign("cheng")
    desk.not_theirs("cheng")
    desk.sign("liu")
    desk.not_theirs("liu")
    desk.sign("qiao")
    desk.sign("wei", papers=False)
    desk.hang("qiao", "省政府网站和公告栏")
    page = desk.at(None, "/public/")
    page.get_by_role("link", name=re.compile("云岭县")).first.click()
    expect(page.locator("main")).to_contain_text("贫困县退出")
    expect(page.locator("main")).to_contain_text("提出异议")
    desk.days_run("qiao")
    desk.sign("qiao")
    desk.not_theirs("qiao", "liu", "cheng")
    desk.sign("ping")
    desk.sign("qiao", says=HAD_A_PART)
    page = desk.sign("lu")
    expect(page.locator("main")).to_contain_text("状态已变更")
    desk.hang("qiao", "省政府公告栏")
    page = desk.at(None, "/public/")
    expect(page.locator("main")).to_contain_text("公告")
    desk.days_run("qiao")
    desk.sign("qiao")
    expect(desk.at("cheng", f"/places/{county}/").locator("main")).to_contain_text("摘帽")


def judged(page: Page, judgement: str, reason: str, **known: str) -> None:
    """Fills in the sheet of a visit: what the register does not know is asked; `known` changes what was found."""
    page.locator("[name=said]").fill("住院报销后自己出了三万八，儿子停工在家照看")
    asked = ("net_income_fen", "medical_own_fen", "education_own_fen", "disaster_own_fen", "other_spending_fen")  # fmt: skip
    for name in asked:
        if page.locator(f"[name={name}]").count():
            page.locator(f"[name={name}]").fill(known.get(name, "0"))
    for name in ("food_clothing", "schooling", "medical", "house", "water"):
        if page.locator(f"select[name={name}]").count():
            page.locator(f"select[name={name}]").select_option(known.get(name, "yes"))
    page.locator(f"[name=judgement][value={judgement}]").check()
    page.locator("[name=difficulties]").fill("药还要长期吃")
    page.locator("[name=coping]").fill("借了一万")
    page.locator("[name=reason]").fill(reason)
    page.get_by_role("button", name="保存研判表").click()


def handed_in(desk: Desk, stage: Stage, tmp_path: Path) -> str:
    """The list comes in and is heard about first; the address of its clue."""
    list_of = tmp_path / "医保_个人自付费用.csv"
    list_of.write_text(
        f"姓名,公民身份号码,个人自付费用,结算日期\n温长顺,{stage.keys['ill_number']},38000,{stage.keys['settled_on']}\n",
        "utf-8",
    )
    desk.barred("wang", "/intake/new/")
    page = desk.at("zhao", "/intake/new/")
    page.set_input_files("input[type=file]", str(list_of))
    page.fill("[name=data_date]", stage.keys["settled_on"])
    page.fill("[name=basis]", "县医保局数据共享协议")
    page.fill("[name=purpose]", "防返贫监测")
    page.fill("[name=expires_on]", stage.keys["kept_until"])
    page.get_by_role("button", name="上传并开始校验").click()
    page.wait_for_url(re.compile(r"/intake/\d+/$"))
    page.locator(".form-actions button.btn-primary").click(timeout=90_000)
    expect(page.get_by_role("heading", name="已并入登记")).to_be_visible(timeout=90_000)

    desk.barred("liu", "/clues/")
    page = desk.at("wang", "/clues/?show=waiting")
    page.get_by_role("link", name="温长顺").click()
    clue = re.sub(r"^https?://[^/]+", "", page.url)
    expect(page.locator("main")).to_contain_text("听本户说之前，什么都不因线索改变")
    expect(page.get_by_role("button", name="没有风险")).to_have_count(0)
    page = desk.at("zhuoma", clue)
    page.get_by_text("了结这条线索").click()
    page.locator("form[action$='/end/'] [name=reason]").fill("名单有误")
    page.get_by_role("button", name="没有风险").click()
    expect(page.locator("main")).to_contain_text("还没有入户听取本户")
    return clue


def helped_and_watched(desk: Desk, home: int, clue: str) -> None:
    """Visited, helped before the paper, identified step by step, its paper handed in."""
    page = desk.at("wang", f"{clue}visit/")
    judged(page, "at_risk", "自付三万八，收入中断", medical_own_fen="38000")
    expect(page.locator("main")).to_contain_text("研判表已保存")
    page.get_by_role("link", name="急难先帮").click()
    page.locator("[name=what]").fill("临时救助金")
    page.locator("[name=giver]").fill("乡民政所")
    page.locator("[name=amount]").fill("5000")
    page.get_by_role("button", name="登记帮扶").click()
    expect(page.locator("main")).to_contain_text("前补齐手续")
    page.get_by_role("button", name="转入识别程序").click()
    page.wait_for_url(re.compile(r"/proceedings/\d+/$"))
    desk.address = re.sub(r"^https?://[^/]+", "", page.url)

    desk.sign("wang")
    desk.not_theirs("zhuoma", "zhou")
    page = desk.at("wang")
    page.get_by_role("link", name="在这里填写").click()
    judged(page, "at_risk", "自付三万八，收入中断", medical_own_fen="38000")
    expect(page.locator("main")).to_contain_text("研判表已保存")
    desk.sign("wang", only="visit_record")
    desk.sign("cun0", papers=False)
    expect(desk.at("zhao").locator("main")).to_contain_text("可以查：机动车登记、房产登记")
    desk.sign("zhao", sources=("vehicle", "deposit"), says="授权书没有写明可以查：银行存款")
    desk.sign("zhao")
    desk.meeting("cun0")
    desk.posted("wang")
    desk.sign("zhuoma")
    desk.sign("zhao", watch_class="unstable", measures="health", says=HAD_A_PART)
    desk.sign("sun", watch_class="marginal", measures="health", says="建档立卡户不列为边缘易致贫户")
    page = desk.sign("sun", papers=False, watch_class="unstable", measures="health")
    expect(page.locator("main")).to_contain_text("脱贫不稳定户")
    page = desk.at("wang", f"/households/{home}/")
    page.get_by_role("link", name="补手续").click()
    page.locator("[name=paper]").set_input_files(PHOTO)
    page.get_by_role("button", name="补齐").click()
    expect(page.locator("main")).to_contain_text("手续已补齐")


def year_entered(desk: Desk) -> None:
    """The twelve months to today, asked at home, from the step that rests on them: what is years old lets nobody go."""
    desk.barred("zhou", f"/households/{desk.stage.keys['ill']}/year/")
    page = desk.at("wang")
    expect(now(page)).to_contain_text("最早的一次核实")
    page.get_by_role("link", name="登记近十二个月的收入").click()
    told = {"wage_fen": "52000", "business_fen": "0", "property_fen": "0", "transfer_fen": "0", "business_cost_fen": "0",
            "water_litres_per_day": "60", "water_minutes": "0", "water_reliability_percent": "99", "insured_persons": "2"}  # fmt: skip
    today = date.fromisoformat(page.locator("[name=seen_on]").input_value())
    page.locator("[name=period_start]").fill(str(today - timedelta(days=364)))
    page.locator("[name=period_end]").fill(str(today))
    for name, value in told.items():
        page.locator(f"[name={name}]").fill(value)
    for name, value in {"house_grade": "B", "house_dangerous_reported": "False", "water_quality_ok": "True", "food_clothing_ok": "True"}.items():  # fmt: skip
        page.locator(f"[name={name}]").select_option(value)
    page.locator("[name=members_seen]").check()
    page.get_by_role("button", name="登记这一年度").click()
    expect(page.locator("main")).to_contain_text("当面核实的，附户主签字的收支核算表或入户照片")
    page.locator("[name=evidence]").set_input_files(PHOTO)
    page.get_by_role("button", name="登记这一年度").click()
    expect(page.locator("main")).to_contain_text(f"{today.year} 年度已登记")


def test_a_departments_list_leads_to_help_before_paper_to_watching_and_out_of_it(
    desk: Desk, stage: Stage, tmp_path: Path
) -> None:
    home = stage.keys["ill"]
    helped_and_watched(desk, home, handed_in(desk, stage, tmp_path))
    page = desk.at("wang", f"/cases/proceedings/begin/{home}/")
    expect(page.locator("main")).to_contain_text("监测时间还不够")
    expect(page.get_by_role("button", name="开始办理：风险消除")).to_have_count(0)
    stage.live(stage.ahead + 180)
    desk.begin("wang", home, "风险消除")
    desk.sign("wang")
    desk.sign("cun0", papers=False, says="有退出标准不达标、不清楚或没有核实，不能继续")
    year_entered(desk)
    desk.sign("cun0", papers=False)
    desk.sign("wang", member=1)
    desk.sign("cun0", papers=False, member=1)
    desk.meeting("cun0")
    desk.posted("wang")
    desk.sign("zhuoma")
    desk.not_theirs("zhuoma", "zhou")
    page = desk.sign("zhao", mode="helped")
    expect(page.locator("main")).to_contain_text("帮扶消除")
    expect(desk.at("wang", f"/households/{home}/").locator("main")).to_contain_text("不再监测")


def applied(desk: Desk) -> None:
    """Somebody asks from the page for help for a household; its village finds whose it is; the code tells how far it is."""
    page = desk.at(None, "/public/")
    page.get_by_role("link", name="家里有难处，申请帮扶").click()
    for label in ("哪个县", "哪个乡镇"):
        choice = page.get_by_label(label)
        choice.select_option(desk.stage.keys["place"][label])
        page.get_by_role("button", name="下一步").click()
    page.get_by_label("哪个村").select_option(desk.stage.keys["place"]["哪个村"])
    page.locator("[name=head]").fill("安定远")
    page.locator("[name=risk]").select_option("work")
    page.locator("[name=said]").fill("工地停工，三个月没发工资")
    page.locator("[name=contact]").fill("村小学传达室")
    page.get_by_role("button", name="提交申请").click()
    code = page.locator(".receipt").inner_text()

    def stands(words: str) -> None:
        page = desk.at(None, "/public/receipt/")
        page.locator("[name=code]").fill(code)
        page.get_by_role("button", name="查询").click()
        expect(page.locator("main")).to_contain_text(words)

    stands("已收到")
    desk.barred("zhou", "/clues/")
    page = desk.at("wang", "/clues/")
    page.locator("a[href*='/clues/applications/']").last.click()
    expect(page.locator("main")).to_contain_text("村小学传达室")
    page.get_by_role("button", name="是这一户").first.click()
    expect(page.locator("main")).to_contain_text("线索从申请当日起算")
    stands("正在上门核实")


def test_a_clue_ends_in_no_risk_once_the_household_was_heard_and_another_person_says_why(
    desk: Desk, stage: Stage
) -> None:
    home = stage.keys["calm"]
    applied(desk)
    desk.barred("zhou", "/clues/new/")
    page = desk.at("wang", "/clues/new/")
    page.locator("main input[name=q]").fill("安定远")
    page.locator("main input[name=q]").press("Enter")
    page.get_by_role("link", name="安定远 家").click()
    page.locator("[name=origin][value=cadre]").check()
    page.locator("[name=risk]").select_option("work")
    page.locator("[name=said]").fill("走访时听说工地停工，户主回家了")
    page.get_by_role("button", name="登记").click()
    expect(page.locator("main")).to_contain_text("已并入这一户未了结的线索")
    clue = re.sub(r"^https?://[^/]+", "", page.url)
    desk.barred("zhou", clue)

    page.get_by_role("link", name="填写综合研判表").click()
    judged(page, "no_risk", "工资已结清，下月复工", net_income_fen="30000", water="")
    expect(page.locator("main")).to_contain_text("还有不清楚的，不能研判为“没有风险”")
    judged(page, "no_risk", "工资已结清，下月复工", net_income_fen="30000")
    expect(page.locator("main")).to_contain_text("研判表已保存")
    expect(page.get_by_role("button", name="没有风险")).to_have_count(0)

    # Judged to be without risk, its end lies open.
    page = desk.at("zhuoma", clue)
    page.locator("form[action$='/end/'] [name=reason]").fill("电话核实工地已复工，工资已发")
    page.get_by_role("button", name="没有风险").click()
    expect(page.locator("main")).to_contain_text("线索已了结，理由已记录")
    expect(desk.at("wang", clue).locator("main")).to_contain_text("电话核实工地已复工，工资已发")
    expect(desk.at("wang", f"/households/{home}/").locator("main")).to_contain_text("没有风险")
