"""The workbooks that name a county's villages and say what the county is."""

from __future__ import annotations

from xiuhua.common.books import Book, Field

VILLAGE_LIST = Book(
    id="village_list",
    zh="行政村名单",
    en="List of villages",
    grain="village",
    fields=(
        Field("county", "县", "County", "place", "village",
              ("县名", "县市", "县区", "县(市)", "县(区)", "县(市、区)", "区县", "所属县", "县级名称", "县名称", "AAR004")),
        Field("township", "乡镇", "Township", "place", "village",
              ("乡(镇)", "乡名", "镇名", "乡镇名称", "乡镇街道", "乡(镇、街道)", "所属乡镇", "乡镇名", "乡", "镇")),
        Field("village", "行政村", "Village", "place", "village",
              ("村", "村名", "村名称", "行政村名称", "行政村名", "所属村", "建制村", "村(社区)", "村委会", "村级名称", "AAD002"),
              required=True),
        Field("village_code", "行政村编码", "Village code", "place", "village",
              ("村编码", "行政村代码", "村代码", "村级代码", "村级编码", "村编号", "行政村编号", "统计用区划代码", "区划代码",
               "行政区划代码", "行政区划编码", "区划编码", "12位编码", "AAD001"),
              required=True),
        Field("poor_village", "是否贫困村", "Poor village", "yesno", "village",
              ("贫困村", "是否为贫困村", "建档立卡贫困村", "是否建档立卡贫困村", "贫困村标识", "贫困村属性")),
        Field("deep_poor_village", "是否深度贫困村", "Village in deep poverty", "yesno", "village",
              ("深度贫困村", "是否为深度贫困村", "深贫村", "是否深贫村", "深度贫困村标识")),
        Field("rural_households", "农村户数", "Rural households", "integer", "village",
              ("乡村户数", "总户数", "全村户数", "村总户数", "户数", "农户数", "农村总户数", "乡村总户数", "农业户数"),
              low=0, high=100_000, unit="户"),
        Field("rural_persons", "农村人口", "Rural persons", "integer", "village",
              ("乡村人口", "农村人口数", "乡村人口数", "总人口", "总人口数", "全村人口", "村总人口", "全村总人口", "农村总人口",
               "农业人口", "人口数"),
              low=0, high=500_000, unit="人"),
        Field("longitude", "经度", "Longitude", "decimal", "village",
              ("村经度", "东经", "经度坐标", "X坐标", "lng", "lon", "longitude"), low=73, high=136),
        Field("latitude", "纬度", "Latitude", "decimal", "village",
              ("村纬度", "北纬", "纬度坐标", "Y坐标", "lat", "latitude"), low=3, high=54),
    ),
)  # fmt: skip

COUNTY_BASICS = Book(
    id="county_basics",
    zh="县基本情况表",
    en="Basics of a county",
    grain="county",
    fields=(
        Field("county", "县", "County", "place", "county",
              ("县名", "县市", "县区", "县(市)", "县(区)", "县(市、区)", "区县", "县名称", "县级名称")),
        Field("county_code", "县代码", "County code", "place", "county",
              ("县编码", "县级代码", "县级区划代码", "县区划代码", "县行政区划代码", "区县代码"), required=True),
        Field("region", "所在地区", "Region", "code", "county",
              ("地区类别", "东中西部", "所属地区", "区域类别", "所在区域"), codes="region", required=True),
        Field("poor_county", "是否贫困县", "Poor county", "yesno", "county", ("贫困县", "是否国家级贫困县", "国家级贫困县")),
        Field("key_county", "是否国家扶贫开发工作重点县", "Key county of the nation", "yesno", "county",
              ("国家扶贫开发工作重点县", "是否重点县", "重点县", "是否国家重点县", "国定贫困县")),
        Field("deep_poor_county", "是否深度贫困县", "County in deep poverty", "yesno", "county", ("深度贫困县", "深贫县", "是否深贫县")),
        Field("rural_households", "乡村户数", "Rural households", "integer", "county",
              ("农村户数", "全县乡村户数", "全县农村户数", "农业户数"), low=0, high=2_000_000, unit="户"),
        Field("rural_persons", "乡村人口", "Rural population", "integer", "county",
              ("农村人口", "乡村人口数", "农村人口数", "全县乡村人口", "全县农村人口", "农业人口"), low=0, high=10_000_000, unit="人"),
    ),
)  # fmt: skip

BOOKS = (VILLAGE_LIST, COUNTY_BASICS)
