/* What every page loads: htmx, our token on its requests, and the elements of the frame. */

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
  if (ctx.target?.id === "content" || ctx.target === document.body) document.getElementById("content")?.focus({ preventScroll: true });
});

/* On a narrow screen the sections stand in a row that scrolls: the one that one is in is brought into sight. */
const showSection = () => {
  const here = document.querySelector(".sections [aria-current]");
  const row = here?.parentElement;
  if (row) row.scrollLeft += here.getBoundingClientRect().left - row.getBoundingClientRect().left - (row.clientWidth - here.offsetWidth) / 2;
};
showSection();
document.addEventListener("htmx:after:swap", showSection);

export { htmx };
