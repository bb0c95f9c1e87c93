"""axe: what an assistive technology would stumble over on a page."""

from playwright.sync_api import Page

from deploy.local.paths import ROOT

SOURCE = ROOT / "node_modules/axe-core/axe.min.js"
RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
FIND = """
async rules => {
    const { violations } = await axe.run(document, { runOnly: { type: "tag", values: rules } });
    const line = (id, node) => `${id}: ${node.target.join(" ")}: ${node.failureSummary}`;
    return violations.flatMap(({ id, nodes }) => nodes.map(node => line(id, node)));
}
"""
STANDS_STILL = """() => document.getAnimations().every(
    one => one.playState !== "running" || one.effect.getTiming().iterations === Infinity
)"""


def violations(page: Page) -> list[str]:
    """Return the violations that axe finds, one line each: rule, element, explanation."""
    page.wait_for_function(STANDS_STILL)
    page.evaluate(SOURCE.read_text())
    return page.evaluate(FIND, RULES)
