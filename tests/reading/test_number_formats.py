"""Numbers as Excel shows them; the right sides are what Excel shows."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.reading.office.number_formats import shown_number, shown_text

ACCOUNTS = '_ ¥* #,##0.00_ ;_ ¥* -#,##0.00_ ;_ ¥* "-"??_ ;_ @_ '


@pytest.mark.parametrize(
    ("value", "number_format", "shown"),
    [
        (1234.5, "#,##0.00_);(#,##0.00)", "1,234.50"),
        (-1234.5, "#,##0.00_);(#,##0.00)", "(1,234.50)"),
        (1234.5, ACCOUNTS, "¥1,234.50"),
        (0, ACCOUNTS, "¥-"),
        (-5, "0", "-5"),
        (1.005, "0.00", "1.01"),
        (12.5, "0.##", "12.5"),
        (0.5, "#.0", ".5"),
        (0, "#", ""),
        (0.00123, "0.00%", "0.12%"),
        (12345, "0.00E+00", "1.23E+04"),
        (123456789, "#,##0,", "123,457"),
        (123456789, '0.00,,"百万"', "123.46百万"),
        (150_000_000, '0!.00,,"亿"', "1.50亿"),
        (25_000, "[>=10000]0!.0,\"万\";0", "2.5万"),
        (900, "[>=10000]0!.0,\"万\";0", "900"),
        (13800001234, "000-0000-0000", "138-0000-1234"),
        (1.75, "# ?/?", "1 3/4"),
        (0.5, "?/8", "4/8"),
        (1, '"是";;"否"', "是"),
        (0, '"是";;"否"', "否"),
        (-1, '"是";;"否"', ""),
        (5, ";;;", ""),
        (7.5, "[Red]0.0", "7.5"),
        (8, "[$¥-804]#,##0.00", "¥8.00"),
        (2, 'G/通用格式"级"', "2级"),
        (123, "[DBNum2][$-804]General", "壹佰贰拾叁"),
        (43957, 'yyyy"年"m"月"d"日"', "2020年5月6日"),
        (43957, "yyyy-mm-dd", "2020-05-06"),
        (43957.65, "yyyy/m/d h:mm", "2020/5/6 15:36"),
        (43957, "m/d/yy", "5/6/20"),
        (43957, "[DBNum1][$-804]yyyy\"年\"m\"月\"d\"日\"", "二〇二〇年五月六日"),
        (43957, "aaaa", "星期三"),
        (43957, "[$-804]ddd", "周三"),
        (43957, "ddd", "Wed"),
        (43957, "mmm-yy", "May-20"),
        (43957, "yyyy/m/d;@", "2020/5/6"),
        (0.65, "h:mm AM/PM", "3:36 PM"),
        (0.65, "上午/下午h\"时\"mm\"分\"", "下午3时36分"),
        (75.5 / 1440, "[mm]:ss", "75:30"),
        (1.5, "[h]:mm:ss", "36:00:00"),
        (0.9999999, "h:mm", "0:00"),
        (60, "yyyy-mm-dd", "1900-02-28"),
        (59, "yyyy-mm-dd", "1900-02-28"),
        (1, "yyyy-mm-dd", "1900-01-01"),
        (-1, "yyyy-mm-dd", "-1"),
        (1 / 3, "General", "0.333333333"),
    ],
)  # fmt: skip
def test_number_is_shown_as_in_excel(value: float, number_format: str, shown: str) -> None:
    assert " ".join(shown_number(value, number_format).split()) == shown


@pytest.mark.parametrize(
    ("number_format", "shown"), [("General", "甲"), ('@"室"', "甲室"), ("0;0;0;@", "甲"), (";;;", ""), ("0.0", "甲")]
)
def test_text_is_shown_as_in_excel(number_format: str, shown: str) -> None:
    assert shown_text("甲", number_format) == shown


@given(st.floats(), st.text(alphabet='0#?.,%;/ @[]DBNum1>=Ee+-yMmdhsa"\\\\_*!年月', max_size=30))
def test_no_format_stops_a_number(value: float, number_format: str) -> None:
    assert isinstance(shown_number(value, number_format), str)
