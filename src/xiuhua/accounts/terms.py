"""Offices, posts and roles of every level, of both programmes."""

from __future__ import annotations

from xiuhua.common.terms import Terms


class Office(Terms):
    """Where a post stands."""

    LEADING_GROUP = "leading_group", "扶贫开发领导小组", "Leading group for poverty alleviation"
    RURAL_WORK_GROUP = "rural_work_group", "党委农村工作领导小组", "Leading group for rural work"
    POVERTY_OFFICE = "poverty_office", "扶贫办（局）", "Poverty alleviation office"
    RURAL_BUREAU = "rural_bureau", "农业农村局（乡村振兴局）", "Bureau of agriculture and rural affairs"
    DEPARTMENT = "department", "行业部门", "Line department"
    GOVERNMENT = "government", "党委政府", "Party committee and government"
    TOWNSHIP_STATION = "township_station", "乡镇扶贫工作站", "Township poverty station"
    VILLAGE_COMMITTEE = "village_committee", "村“两委”", "Village two committees"
    WORK_TEAM = "work_team", "驻村工作队", "Resident work team"
    HELPER = "helper", "帮扶单位", "Helping unit"
    AUDIT = "audit", "审计机关", "Audit office"
    SERVICE = "service", "系统运维", "System operation"


class Title(Terms):
    """What the post is called."""

    SECRETARY = "secretary", "党委书记", "Party secretary"
    HEAD = "head", "行政首长", "Head of government"
    GROUP_LEADER = "group_leader", "领导小组组长", "Leading group head"
    DIRECTOR = "director", "主任（局长）", "Director"
    OFFICER = "officer", "业务干部", "Officer"
    TOWNSHIP_OFFICER = "township_officer", "扶贫专干", "Township poverty officer"
    FIRST_SECRETARY = "first_secretary", "第一书记", "First secretary"
    TEAM_MEMBER = "team_member", "驻村工作队员", "Resident team member"
    VILLAGE_SECRETARY = "village_secretary", "村党支部书记", "Village party secretary"
    VILLAGE_DIRECTOR = "village_director", "村委会主任", "Village director"
    VILLAGE_CLERK = "village_clerk", "村信息员", "Village data clerk"
    HELPER = "helper", "帮扶责任人", "Paired helper"
    AUDITOR = "auditor", "审计人员", "Auditor"
    ADMINISTRATOR = "administrator", "账号管理员", "Account administrator"


class Role(Terms):
    """What a post may do: each role is a row of the rights tables."""

    LEADER = "leader", "领导", "Leader"
    COUNTY_OFFICE = "county_office", "县级业务", "County office"
    TOWNSHIP_OFFICE = "township_office", "乡镇业务", "Township office"
    VILLAGE_WORKER = "village_worker", "村级工作", "Village worker"
    HIGHER_OFFICE = "higher_office", "上级业务", "Office above the county"
    AUDITOR = "auditor", "监督检查", "Audit and inspection"
    ADMINISTRATOR = "administrator", "账号管理", "Accounts"


class Wish(Terms):
    """What a request about an account asks for."""

    CREATE = "create", "开通账号", "Open an account"
    RESET = "reset", "重置密码", "Reset a password"
