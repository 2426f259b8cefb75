"""The workbook that names a county's villages."""

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

BOOKS = (VILLAGE_LIST,)
