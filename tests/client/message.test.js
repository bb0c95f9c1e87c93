import "./browser.js";

import assert from "node:assert/strict";
import { test } from "node:test";
import "teamchat/elements/chat-message";

function shown(markup) {
  const message = document.createElement("tc-message");
  message.dataset.at = "2026-12-01T09:00:00+00:00";
  message.innerHTML = `<time></time>${markup}`;
  document.body.replaceChildren(message);
  return message;
}

test("a text of every language is shown in the page's", () => {
  const texts = '{"fr": "invité &lt;b&gt;", "en": "guest"}';
  const message = shown(`<span class="message-guest"><span data-texts='${texts}'></span></span>`);
  assert.equal(message.querySelector(".message-guest").textContent, "invité <b>");
  assert.equal(message.querySelector("b"), null);
});

test("a message without such texts stays as it is", () => {
  assert.equal(shown("<p>Bonjour</p>").querySelector("p").textContent, "Bonjour");
});
