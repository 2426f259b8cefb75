"""The workbooks that the register understands: persons of registered households, yearly records, all households, villages
by year.

Keys are the columns of facts/records.yaml where there is one. Headings are those of the 26-column export of the
national system, of the 2014 registration form and handbook, the national system's own column names (AAB002 …), and
the words that offices put in their place.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from xiuhua.common.books import Book, Field, Grain

# Values under these keys are sealed before they are staged and never shown in a finding.
SEALED = frozenset({"id_number", "head_id_number", "phone", "bank_account"})

MOST_YUAN = 100_000_000


def _place(grain: Grain, *, required: bool = False) -> tuple[Field, ...]:
    """Where a household lives; the village is needed unless the book only refers to known households."""
    return (
        Field("county", "县", "County", "place", grain,
              ("县名", "县市", "县区", "县(市)", "县(区)", "县(市、区)", "区县", "所属县", "县名称", "县级名称", "AAR004")),
        Field("township", "乡镇", "Township", "place", grain,
              ("乡(镇)", "乡镇名称", "乡镇名", "乡镇街道", "乡(镇、街道)", "所属乡镇", "所在乡镇", "乡名", "镇名", "乡", "镇", "AAR005")),
        Field("village", "行政村", "Village", "place", grain,
              ("村", "村名", "村名称", "行政村名称", "行政村名", "所属村", "所在村", "所属行政村", "所在行政村", "建制村",
               "村(社区)", "村委会", "村级名称", "AAR006"), required=required),
        Field("village_code", "行政村编码", "Village code", "place", grain,
              ("村编码", "行政村代码", "村代码", "村级代码", "村编号", "行政村编号", "区划代码", "行政区划代码", "AAD001")),
        Field("group", "自然村", "Natural village or group", "place", grain,
              ("村民小组", "组", "社", "组(社)", "社(组)", "村组", "小组", "所属组", "自然村(组)", "自然村名称", "村民小组名称",
               "组名", "屯", "自然屯", "AAR007")),
    )  # fmt: skip


def _household(grain: Grain, *synonyms: str) -> Field:
    return Field(
        "household_number", "户编号", "Household number", "household_number", grain,
        ("户号", "户编码", "户代码", "家庭编号", "家庭编码", "贫困户编号", "贫困户编码", "农户编号", "农户编码", "户主编号",
         "户唯一编号", "户籍编号", "家庭户编号", "户ID", "AAC001", *synonyms), required=True,
    )  # fmt: skip


_PHONE = ("电话", "联系方式", "手机", "手机号", "手机号码", "电话号码", "联系电话号码", "户主电话", "户主联系电话", "本人电话", "AAR012")  # fmt: skip
_ID = ("身份证号", "身份证号码", "身份证", "公民身份号码", "公民身份证号码", "居民身份证号码", "居民身份证号", "证件号", "证件编号",
       "身份证件号码", "身份证明号码", "有效证件号码", "身份证或残疾证号", "身份证(残疾证)号码", "身份证号码或残疾证号码",
       "身份证号/残疾证号", "身份证(残疾人证)号码", "证号", "AAB004")  # fmt: skip
_MEMBERS = ("家庭人口", "家庭人口数", "家庭人数", "人口数", "人口", "家庭成员数", "家庭成员人数", "成员数", "户人口", "户人口数",
            "家庭总人口", "在册人数", "家庭人口(人)", "户内人数", "AAC017")  # fmt: skip

PERSON_EXPORT = Book(
    id="person_export",
    zh="贫困人口信息表",
    en="Persons of registered households",
    grain="person",
    fields=(
        *_place("household", required=True),
        _household("household"),
        Field("person_number", "人编号", "Person number", "person_number", "person",
              ("人员编号", "人口编号", "成员编号", "个人编号", "人编码", "人员编码", "人员代码", "家庭成员编号", "人唯一编号", "人ID", "AAB001")),
        Field("name", "姓名", "Name", "name", "person",
              ("成员姓名", "家庭成员姓名", "人员姓名", "贫困人口姓名", "家庭成员", "名字", "AAB002"), required=True),
        Field("id_number", "证件号码", "ID number", "id_number", "person", (*_ID, "成员身份证号", "成员身份证号码", "人员身份证号码"),
              required=True),
        Field("members_reported", "人数", "Members of the household", "integer", "household", _MEMBERS, low=1, high=50, unit="人"),
        Field("relation", "与户主关系", "Relation to the head", "code", "person",
              ("与户主的关系", "户主关系", "和户主关系", "同户主关系", "家庭关系", "与户主之关系", "关系", "AAB006"),
              codes="relation", required=True),
        Field("sex", "性别", "Sex", "code", "person", ("男女", "AAB003"), codes="sex"),
        Field("birth_date", "出生日期", "Date of birth", "date", "person", ("出生年月", "出生年月日", "生日", "AAB005")),
        Field("ethnicity", "民族", "Ethnicity", "code", "person", ("民族成份", "民族成分", "族别", "AAB007"), codes="ethnicity"),
        Field("education", "文化程度", "Education", "code", "person",
              ("学历", "受教育程度", "文化水平", "教育程度", "最高学历", "学历情况", "AAB008"), codes="education"),
        Field("student_status", "在校生状况", "Student status", "code", "person",
              ("在校生情况", "在校情况", "在校状况", "就读情况", "就学情况", "上学情况", "在校生", "就读阶段", "就学状况", "在读情况", "AAB009"),
              codes="student_status"),
        Field("school_grade", "年级", "School grade", "text", "person", ("就读年级", "在读年级", "所在年级")),
        Field("health", "健康状况", "Health", "code", "person",
              ("健康情况", "身体状况", "身体健康状况", "身体情况", "健康程度", "AAB017"), codes="health"),
        Field("labour", "劳动技能", "Labour capacity", "code", "person",
              ("劳动能力", "劳动力", "劳动力状况", "劳动力类型", "劳动力情况", "劳动能力状况", "劳力状况", "劳动力技能", "AAB010"),
              codes="labour"),
        Field("work_place", "务工区域", "Place of work", "code", "person",
              ("务工地点", "务工地", "务工去向", "务工状况", "务工所在地", "外出务工区域", "外出务工地点", "务工地区", "打工地点", "务工情况"),
              codes="work_place"),
        Field("work_months", "务工时间", "Months of work", "integer", "person",
              ("务工月数", "务工时长", "务工月份数", "外出务工时间", "务工时间月", "外出务工月数", "年务工时间", "务工月份", "全年务工时间", "AAB012"),
              low=0, high=12, unit="月"),
        Field("basic_insured", "是否参加基本医保", "In basic medical insurance", "yesno", "person",
              ("是否参加新农合", "新农合", "参加新农合", "是否参加城乡居民基本医疗保险", "城乡居民基本医疗保险", "基本医疗保险", "是否参加基本医疗保险",
               "是否参加新型农村合作医疗", "新型农村合作医疗", "居民医保", "是否参加居民医保", "医保", "是否参保", "医疗保险", "AAB013")),
        Field("serious_illness_insured", "是否参加大病医疗", "In major-illness insurance", "yesno", "person",
              ("是否参加大病保险", "大病保险", "大病医疗", "参加大病保险", "大病医疗保险", "参加大病医疗", "是否参加大病医疗保险",
               "是否参加城乡居民大病保险", "城乡居民大病保险", "AAB022")),
        Field("pension_insured", "是否参加养老保险", "In resident pension", "yesno", "person",
              ("养老保险", "城乡居民养老保险", "是否参加城乡居民养老保险", "新农保", "是否参加新农保", "居民养老保险", "城乡居民基本养老保险",
               "是否参加城乡居民基本养老保险", "新型农村社会养老保险", "AAB014")),
        Field("dibao", "是否低保人口", "On dibao", "yesno", "person",
              ("低保人口", "是否低保", "是否享受低保", "享受低保", "是否低保对象", "低保对象", "是否享受低保政策", "是否享受最低生活保障",
               "是否享受农村居民最低生活保障", "AAB030")),
        Field("status_reported", "脱贫属性", "Status in the export", "code", "household",
              ("脱贫状态", "脱贫情况", "是否脱贫", "脱贫标识", "贫困状态", "脱贫标志", "户脱贫属性", "AAR010"), codes="status"),
        Field("exit_year", "脱贫年度", "Year of exit", "year", "household",
              ("脱贫年份", "脱贫时间", "退出年度", "脱贫年", "退出时间", "退出年份", "AAC016"), low=2014, high=2100, unit="年"),
        Field("attribute", "贫困户属性", "Household attribute", "code", "household",
              ("户属性", "农户属性", "贫困户类型", "户类型", "贫困类型", "贫困户类别", "户类别", "贫困属性", "AAC006"), codes="attribute"),
        Field("main_cause", "主要致贫原因", "Main cause", "code", "household",
              ("致贫原因", "主要致贫因素", "致贫主因", "主要原因", "贫困原因", "主要贫困原因", "第一致贫原因", "AAC007"), codes="cause"),
        Field("other_causes", "其他致贫原因", "Other causes", "text", "household",
              ("其它致贫原因", "次要致贫原因", "其他原因", "其他致贫因素", "AAC008"), codes="cause"),
        Field("military_martyr", "是否军烈属", "Family of a martyr or soldier", "yesno", "household", ("军烈属", "是否军烈户", "AAC012")),
        Field("one_child", "是否独生子女户", "One-child household", "yesno", "household", ("独生子女户", "独生子女", "AAC013")),
        Field("two_daughter", "是否双女户", "Two-daughter household", "yesno", "household", ("双女户", "二女户", "是否二女户", "AAC014")),
        Field("house_dangerous_reported", "是否危房户", "Dangerous house, as reported", "yesno", "household",
              ("危房户", "是否危房", "是否住危房", "是否危险房", "住房是否危房", "危房", "AAC318")),
        Field("water_safe_reported", "是否解决安全饮用水", "Safe water, as reported", "yesno", "household",
              ("是否解决安全饮水", "安全饮用水", "饮水是否安全", "是否安全饮水", "是否饮水安全", "饮水安全", "安全饮水", "是否有安全饮用水",
               "是否解决饮水安全", "饮用水是否安全", "AAC312")),
        Field("water_difficult_reported", "是否饮水困难", "Water hard to get, as reported", "yesno", "household",
              ("饮水困难", "饮水是否困难", "是否存在饮水困难", "是否有饮水困难", "是否饮水困难户", "饮水困难户", "AAC311")),
        Field("net_income_per_head_reported_fen", "人均纯收入", "Net income per head", "yuan", "household",
              ("家庭人均纯收入", "户人均纯收入", "人均可支配收入", "年人均纯收入", "家庭年人均纯收入", "人均年纯收入", "人均收入", "AAC082"),
              low=-1_000_000, high=MOST_YUAN, unit="元"),
        Field("phone", "联系电话", "Phone", "phone", "household", (*_PHONE, "AAB031")),
        Field("bank", "开户银行", "Bank", "text", "household", ("开户行", "银行", "银行名称", "开户银行名称", "AAQ002")),
        Field("bank_account", "银行账号", "Bank account", "person_number", "household",
              ("银行卡号", "银行账户", "账号", "一卡通账号", "银行帐号", "一卡通号", "惠农卡号", "AAC004")),
    ),
)  # fmt: skip

YEARLY_RECORD = Book(
    id="yearly_record",
    zh="户年度收入与生活条件",
    en="Yearly income and living conditions",
    grain="period",
    fields=(
        *_place("household"),
        _household("household"),
        Field("head_name", "户主姓名", "Name of the head", "name", "household", ("户主", "户主名", "姓名", "AAC029")),
        Field("year", "年度", "Year", "year", "period",
              ("年份", "年", "统计年度", "数据年度", "所属年度", "所属年份", "记录年度", "AAR040"), required=True, low=2005, high=2100, unit="年"),
        Field("wage_fen", "工资性收入", "Wage income", "yuan", "period",
              ("工资收入", "务工收入", "打工收入", "工资性收入合计", "年工资性收入", "工资", "AAC073"), low=0, high=MOST_YUAN, unit="元"),
        Field("business_fen", "生产经营性收入", "Business income", "yuan", "period",
              ("经营性收入", "家庭经营性收入", "家庭经营收入", "生产经营收入", "经营收入", "家庭生产经营性收入", "年生产经营性收入", "经营性收入合计", "AAC071"),
              low=-1_000_000, high=MOST_YUAN, unit="元"),
        Field("property_fen", "财产性收入", "Property income", "yuan", "period",
              ("财产收入", "年财产性收入", "财产性收入合计", "资产性收入", "AAC072"), low=0, high=MOST_YUAN, unit="元"),
        Field("transfer_fen", "转移性收入", "Transfer income", "yuan", "period",
              ("转移收入", "政策性收入", "转移支付收入", "年转移性收入", "转移性收入合计", "各类转移性收入", "AAC085"),
              low=0, high=MOST_YUAN, unit="元"),
        Field("dibao_fen", "低保金", "Dibao", "yuan", "period",
              ("最低生活保障金", "领取低保金", "低保收入", "低保金额", "AAC077"), low=0, high=MOST_YUAN, unit="元"),
        Field("wubao_fen", "五保金", "Full support", "yuan", "period",
              ("特困供养金", "领取五保金", "五保收入", "特困供养补助", "特困人员供养金", "AAC086"), low=0, high=MOST_YUAN, unit="元"),
        Field("pension_fen", "养老金", "Pension", "yuan", "period",
              ("养老保险金", "养老金收入", "领取养老保险金", "养老保险收入", "AAC087"), low=0, high=MOST_YUAN, unit="元"),
        Field("business_cost_fen", "生产经营性支出", "Business expense", "yuan", "period",
              ("经营性支出", "生产经营支出", "家庭经营性支出", "家庭经营支出", "生产性支出", "经营支出", "生产经营费用", "家庭生产经营性支出", "AAC074"),
              low=0, high=MOST_YUAN, unit="元"),
        Field("net_income_reported_fen", "家庭年纯收入", "Net income", "yuan", "period",
              ("年纯收入", "户年纯收入", "纯收入", "家庭纯收入", "全年纯收入", "家庭年纯收入合计", "户纯收入", "家庭全年纯收入", "年家庭纯收入", "AAC079"),
              low=-10_000_000, high=MOST_YUAN, unit="元"),
        Field("net_income_per_head_reported_fen", "人均纯收入", "Net income per head", "yuan", "period",
              ("家庭人均纯收入", "户人均纯收入", "人均可支配收入", "年人均纯收入", "家庭年人均纯收入", "人均年纯收入", "AAC082"),
              low=-1_000_000, high=MOST_YUAN, unit="元"),
        Field("medical_paid_fen", "医疗支出", "Medical spending", "yuan", "period",
              ("医药费支出", "医疗费用", "医药费", "看病支出", "医疗费用支出", "医疗费支出"), low=0, high=MOST_YUAN, unit="元"),
        Field("medical_reimbursed_fen", "医疗报销", "Medical reimbursed", "yuan", "period",
              ("医疗报销金额", "报销金额", "医疗费用报销", "医药费报销", "医保报销", "医疗费报销"), low=0, high=MOST_YUAN, unit="元"),
        Field("education_paid_fen", "教育支出", "Education spending", "yuan", "period",
              ("上学支出", "教育费用", "学费支出", "子女教育支出", "就学支出"), low=0, high=MOST_YUAN, unit="元"),
        Field("education_aid_fen", "教育资助", "Education aid", "yuan", "period",
              ("教育补助", "助学金", "教育资助金额", "教育补贴", "教育减免"), low=0, high=MOST_YUAN, unit="元"),
        Field("disaster_loss_fen", "灾害损失", "Disaster loss", "yuan", "period",
              ("受灾损失", "因灾损失", "灾害支出", "自然灾害损失"), low=0, high=MOST_YUAN, unit="元"),
        Field("disaster_relief_fen", "灾害救助", "Disaster relief", "yuan", "period",
              ("受灾救助", "救灾款", "救灾救助", "灾害救助金", "因灾救助"), low=0, high=MOST_YUAN, unit="元"),
        Field("house_area_m2", "住房面积", "House area", "decimal", "period",
              ("房屋面积", "居住面积", "建筑面积", "住房建筑面积", "房屋建筑面积", "AAC317"), low=0, high=5_000, unit="㎡"),
        Field("house_structure", "住房结构", "House structure", "code", "period",
              ("房屋结构", "主要结构", "住房主要结构", "房屋主要结构", "结构类型"), codes="house_structure"),
        Field("house_built_year", "建房年份", "Year the house was built", "year", "period",
              ("建房时间", "建造年份", "建成年份", "房屋建造年份", "住房建造年份", "建筑年代", "建造时间", "建房年代"), low=1800, high=2100, unit="年"),
        Field("house_grade", "危房等级", "Grade of the house", "code", "period",
              ("住房等级", "房屋等级", "危房级别", "房屋安全等级", "住房安全等级", "住房鉴定等级", "房屋鉴定等级", "危房鉴定等级", "鉴定等级", "AAC322"),
              codes="house_grade"),
        Field("house_dangerous_reported", "是否危房户", "Dangerous house, as reported", "yesno", "period",
              ("危房户", "是否危房", "是否住危房", "住房是否危房", "AAC318")),
        Field("road_type", "入户路类型", "Road to the house", "code", "period",
              ("入户路", "入户道路类型", "通户路类型", "入户路况", "入户道路", "道路类型", "通户路", "入户路情况", "AAC316"), codes="road_type"),
        Field("road_distance_km", "与村主干路距离", "Distance to the main road", "decimal", "period",
              ("距主干路距离", "与主干路距离", "到主干路距离", "离主干道距离", "距村主干路距离", "与村主干道距离", "距主干道距离", "AAC315"),
              low=0, high=500, unit="公里"),
        Field("has_life_power", "是否通生活用电", "Power for living", "yesno", "period",
              ("通生活用电", "生活用电", "是否通电", "通电情况", "是否有生活用电")),
        Field("has_production_power", "是否通生产用电", "Power for production", "yesno", "period",
              ("通生产用电", "生产用电", "是否有生产用电", "是否通动力电", "动力电", "AAC308")),
        Field("fuel", "主要燃料类型", "Fuel", "text", "period",
              ("燃料类型", "主要燃料", "炊事燃料", "燃料", "生活燃料", "燃料种类", "AAC320"), codes="fuel"),
        Field("toilet", "是否有卫生厕所", "Toilet", "yesno", "period",
              ("卫生厕所", "有无卫生厕所", "厕所", "是否卫生厕所", "是否有厕所", "AAC319")),
        Field("cooperative", "是否加入合作社", "Member of a cooperative", "yesno", "period",
              ("加入合作社", "是否加入农民专业合作社", "是否参加合作社", "合作社", "是否入社", "是否加入农民专业合作组织", "AAC084")),
        Field("arable_mu", "耕地面积", "Arable land", "decimal", "period", ("耕地", "承包地面积", "耕地亩数", "AAC301"), low=0, high=100_000, unit="亩"),
        Field("irrigated_mu", "有效灌溉面积", "Irrigated land", "decimal", "period", ("水浇地面积", "灌溉面积", "水浇地", "有效灌溉", "AAC302"), low=0, high=100_000, unit="亩"),
        Field("forest_mu", "林地面积", "Forest", "decimal", "period", ("林地", "林地亩数", "AAC303"), low=0, high=100_000, unit="亩"),
        Field("converted_mu", "退耕还林面积", "Converted land", "decimal", "period", ("退耕还林", "退耕还林(草)面积", "退耕还林还草面积", "退耕地面积", "AAC304"), low=0, high=100_000, unit="亩"),
        Field("pasture_mu", "草地面积", "Pasture", "decimal", "period", ("牧草地面积", "草场面积", "牧草地", "草原面积", "草场", "草地", "AAC306"), low=0, high=1_000_000, unit="亩"),
        Field("water_quality_ok", "水质是否达标", "Water quality", "yesno", "period",
              ("水质达标", "水质", "水质是否合格", "水质情况", "饮水水质是否达标", "饮用水水质是否达标")),
        Field("water_litres_per_day", "日人均水量", "Water per head and day", "integer", "period",
              ("人均日水量", "人均日用水量", "人日均水量", "日人均用水量", "每人每天水量", "水量", "人均水量", "每人每日水量", "每人每天可用水量"),
              low=0, high=10_000, unit="升"),
        Field("water_minutes", "取水往返时间", "Minutes to fetch water and back", "integer", "period",
              ("取水时间", "往返取水时间", "取水往返用时", "人力取水往返时间", "取水往返", "取水往返耗时"), low=0, high=1_440, unit="分钟"),
        Field("water_reliability_percent", "供水保证率", "Reliability of water", "decimal", "period",
              ("水源保证率", "保证率", "供水保障率", "用水保证率"), low=0, high=100, unit="%"),
        Field("water_safe_reported", "是否解决安全饮用水", "Safe water, as reported", "yesno", "period",
              ("是否解决安全饮水", "安全饮用水", "饮水是否安全", "是否饮水安全", "饮水安全", "AAC312")),
        Field("water_difficult_reported", "是否饮水困难", "Water hard to get, as reported", "yesno", "period",
              ("饮水困难", "饮水是否困难", "是否存在饮水困难", "AAC311")),
        Field("insured_persons", "基本医保参保人数", "Persons in basic medical insurance", "integer", "period",
              ("参保人数", "医保参保人数", "基本医疗保险参保人数", "参加基本医保人数", "参加医保人数", "新农合参合人数", "参合人数", "居民医保参保人数"),
              low=0, high=50, unit="人"),
        Field("food_clothing_ok", "吃穿是否有保障", "Food and clothing", "yesno", "period",
              ("吃穿有保障", "不愁吃不愁穿", "是否不愁吃不愁穿", "吃穿是否不愁", "是否吃穿不愁", "吃穿不愁", "两不愁", "吃穿保障", "是否有吃穿保障")),
        Field("seen", "核实方式", "How it was seen", "code", "period",
              ("核查方式", "数据来源", "来源", "采集方式", "核实途径", "信息来源", "调查方式"), codes="seen"),
        Field("seen_on", "核实日期", "Seen on", "date", "period",
              ("核查日期", "核实时间", "核查时间", "采集日期", "入户日期", "调查日期", "走访日期", "采集时间")),
    ),
)  # fmt: skip

HOUSEHOLD_ROLL = Book(
    id="household_roll",
    zh="农村住户花名册",
    en="Roll of rural households",
    grain="household",
    fields=(
        *_place("household", required=True),
        _household("household", "住户编号", "住户号", "住户编码", "住户代码"),
        Field("head_name", "户主姓名", "Name of the head", "name", "household",
              ("户主", "户主名", "户主名字", "姓名", "户主(姓名)", "AAC029"), required=True),
        Field("head_id_number", "户主证件号码", "ID number of the head", "id_number", "household",
              (*("户主" + word for word in _ID if not word.startswith("AA")), *_ID, "证件号码", "户主证件", "AAC031")),
        Field("members_reported", "家庭人口", "Members of the household", "integer", "household",
              ("人数", *(word for word in _MEMBERS if word != "家庭人口")), low=1, high=50, unit="人"),
        Field("phone", "联系电话", "Phone", "phone", "household", _PHONE),
    ),
)  # fmt: skip


def _households(key: str, zh: str, en: str, *synonyms: str) -> Field:
    return Field(key, zh, en, "integer", "village_year", synonyms, low=0, high=100_000, unit="户")


def _yes(key: str, zh: str, en: str, *synonyms: str) -> Field:
    return Field(key, zh, en, "yesno", "village_year", synonyms)


def _number(key: str, zh: str, en: str, unit: str, *synonyms: str) -> Field:
    return Field(key, zh, en, "integer", "village_year", synonyms, low=0, high=500_000, unit=unit)


# The 2014 registration form of a village and the national system's table AD01.
VILLAGE_YEAR = Book(
    id="village_year",
    zh="行政村年度情况表",
    en="Villages by year",
    grain="village_year",
    fields=(
        *(one for one in _place("village_year", required=True) if one.key != "group"),
        Field("year", "年度", "Year", "year", "village_year",
              ("年份", "年", "统计年度", "数据年度", "所属年度", "所属年份", "记录年度"), required=True, low=2005, high=2100, unit="年"),
        _number("natural_villages", "自然村数", "Natural villages", "个", "自然村个数", "自然村(组)数", "村民小组数", "村民小组个数", "组数"),
        _households("registered_households", "建档立卡户数", "Registered households", "建档立卡贫困户数", "贫困户数", "建档立卡贫困户"),
        _number("labour_persons", "劳动力人数", "Persons of labour", "人", "劳动力数", "劳动力总数", "劳动力"),
        _number("away_persons", "外出务工人数", "Persons working away", "人", "务工人数", "外出务工人员数", "外出打工人数", "外出务工"),
        Field("collective_income_fen", "村集体经济收入", "Collective income", "yuan", "village_year",
              ("村集体收入", "集体经济收入", "村级集体经济收入", "村集体经济年收入", "集体收入"), low=0, high=MOST_YUAN, unit="元"),
        _yes("road_hardened", "到乡镇是否通硬化路", "Hardened road to the township",
             "是否通硬化路", "通硬化路", "是否通沥青(水泥)路", "通乡镇公路是否硬化", "到乡镇通硬化路", "是否通硬化公路", "AAD328"),
        _yes("bus_service", "是否通客运班车", "Bus service", "通客运班车", "是否通班车", "通班车", "是否通客车", "通客车", "AAD323"),
        _households("life_power_households", "通生活用电户数", "Households with power", "通电户数", "生活用电户数", "通生活用电的户数"),
        _yes("production_power", "是否通生产用电", "Power for production", "通生产用电", "生产用电", "是否通动力电", "通动力电"),
        _households("safe_water_households", "饮水安全户数", "Households with safe water", "安全饮水户数", "实现安全饮水户数", "饮用水安全户数"),
        _households("water_difficult_households", "饮水困难户数", "Households short of water", "饮水困难户"),
        _households("dangerous_house_households", "未改造危房户数", "Households in dangerous houses", "危房户数", "危房户", "现有危房户数", "AAD361"),
        _yes("broadband", "是否通宽带", "Broadband", "通宽带", "宽带", "是否通网络", "通网络", "是否通宽带网络"),
        _households("tv_households", "通广播电视户数", "Households with TV", "通电视户数", "能收看电视户数", "广播电视户数", "看电视户数"),
        _yes("clinic", "是否有卫生室", "Clinic", "有卫生室", "卫生室", "有无卫生室", "是否有标准化卫生室", "标准化卫生室"),
        _number("licensed_doctors", "村医人数", "Licensed doctors", "人", "执业(助理)医师数", "执业医师数", "乡村医生人数", "村医数", "执业(助理)医师人数", "乡村医生数"),
        _yes("culture_room", "是否有文化室", "Culture room", "有文化室", "文化室", "是否有文化(图书)室", "有无文化(图书)室", "文化(图书)室", "AAD401"),
        _yes("industry", "是否有特色产业", "Special industry", "有特色产业", "特色产业", "是否有主导产业", "主导产业", "是否有特色主导产业", "AAD371"),
        _number("cooperatives", "合作社个数", "Cooperatives", "个", "农民专业合作社个数", "专业合作社个数", "农民专业合作社数", "合作社数"),
        _households("cooperative_households", "参加合作社户数", "Households in cooperatives", "加入合作社户数", "入社户数", "参加农民专业合作社户数"),
        _yes("resident_team", "是否有驻村工作队", "Resident team", "有驻村工作队", "驻村工作队", "是否派驻工作队"),
        _yes("first_secretary", "是否有第一书记", "First secretary", "有第一书记", "第一书记", "是否派驻第一书记"),
        Field("seen", "核实方式", "How it was seen", "code", "village_year",
              ("核查方式", "数据来源", "来源", "采集方式", "核实途径", "信息来源", "调查方式"), codes="seen"),
        Field("seen_on", "核实日期", "Seen on", "date", "village_year",
              ("核查日期", "核实时间", "核查时间", "采集日期", "调查日期", "采集时间")),
    ),
)  # fmt: skip

BOOKS = (PERSON_EXPORT, YEARLY_RECORD, HOUSEHOLD_ROLL, VILLAGE_YEAR)


@dataclass(frozen=True)
class Layout:
    """How persons of registered households are written for the national system: a row a person.

    columns: (field of PERSON_EXPORT, heading); a field '' is a column that stays empty. words: code list (or `yesno`) ->
    code -> the word the county writes for it; the code list's own name where it has none. title: rows above the headings,
    in which {place} and {day} are filled in.
    """

    columns: tuple[tuple[str, str], ...]
    title: tuple[str, ...] = ()
    words: Mapping[str, Mapping[str, str]] = field(default_factory=dict)


# Fields that the register cannot write: it does not keep them.
NOT_KEPT = frozenset({"bank"})
# The 26 columns of the national system's export, in its order and by its headings.
STANDARD = Layout(
    tuple(
        (key, "务工时间(月)" if key == "work_months" else PERSON_EXPORT.field(key).zh)
        for key in (
            "county", "township", "village", "group", "household_number", "person_number", "name", "id_number", "members_reported",
            "relation", "ethnicity", "education", "student_status", "health", "labour", "work_place", "work_months",
            "serious_illness_insured", "status_reported", "attribute", "main_cause", "house_dangerous_reported",
            "water_safe_reported", "water_difficult_reported", "net_income_per_head_reported_fen", "phone",
        )
    )
)  # fmt: skip
