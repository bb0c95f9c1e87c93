/* The token that proves a request comes from our own page. */

import { find } from "teamchat/lib/dom";

export function csrfToken() {
  return find(document, 'meta[name="csrf-token"]', HTMLMetaElement).content;
}
