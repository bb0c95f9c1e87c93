/* Loaded by every page: htmx, the CSRF token on its requests, and the elements of the frame. */

import htmx from "htmx";
import "teamchat/elements/confirm";
import "teamchat/elements/dialog";
import "teamchat/elements/finder";
import "teamchat/elements/guarded-form";
import "teamchat/elements/menu";
import "teamchat/elements/password";
import "teamchat/elements/selection";
import "teamchat/elements/rights-line";
import "teamchat/elements/theme";
import "teamchat/elements/toasts";
import { csrfToken } from "teamchat/lib/csrf";
import { notify } from "teamchat/lib/notify";

document.addEventListener("htmx:config:request", ({ detail: { ctx } }) => {
  ctx.request.headers["X-CSRFToken"] = csrfToken();
});

document.addEventListener("htmx:response:error", ({ detail: { ctx } }) => {
  const isExplained = ctx.response.status === 422 || ctx.hx.trigger || ctx.hx.redirect;
  if (!isExplained) notify("failed");
});

document.addEventListener("htmx:error", ({ detail: { ctx } }) => {
  if (ctx && !ctx.response) notify("unreachable");
});

document.addEventListener("htmx:after:swap", ({ detail: { ctx } }) => {
  if (ctx.target?.id === "content" || ctx.target === document.body)
    document.getElementById("content")?.focus({ preventScroll: true });
});

/* On a narrow screen the sections are a row that scrolls: the current one is brought into view. */
const showSection = () => {
  const current = /** @type {HTMLElement | null} */ (document.querySelector(".sections [aria-current]"));
  const row = current?.parentElement;
  if (current && row)
    row.scrollLeft +=
      current.getBoundingClientRect().left -
      row.getBoundingClientRect().left -
      (row.clientWidth - current.offsetWidth) / 2;
};
showSection();
document.addEventListener("htmx:after:swap", showSection);

export { htmx };
