"""The report in a browser: it fits the window, and a number opens its inputs by the keyboard alone."""

import pytest

from crosscase.reports import build_report
from reports.factories import contents

pytestmark = pytest.mark.browser


@pytest.fixture(scope="module")
def report(tmp_path_factory):
    return build_report(contents(), tmp_path_factory.mktemp("report"), formats=("csv",), png=False)


@pytest.mark.parametrize("width", [390, 820, 1440])
def test_the_page_does_not_scroll_sideways(browser, report, width):
    page = browser.new_page(viewport={"width": width, "height": 900})
    page.goto(report.page.as_uri())
    assert page.evaluate("document.documentElement.scrollWidth") == width
    page.close()


def test_a_number_opens_its_inputs_by_keyboard_and_closes_again(browser, report):
    page = browser.new_page(java_script_enabled=True)
    page.goto(report.page.as_uri())
    number = page.locator("#measure-spread td button", has_text="0.57")
    inputs = page.locator(f"#{number.get_attribute('popovertarget')}")
    assert not inputs.is_visible()
    number.focus()
    page.keyboard.press("Enter")
    assert inputs.is_visible()
    assert "years" in inputs.inner_text()
    page.keyboard.press("Escape")
    assert not inputs.is_visible()
    page.close()
