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

export { htmx };
