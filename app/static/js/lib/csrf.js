/* The token that proves a request comes from our own page. */

export function csrfToken() {
  return document.querySelector('meta[name="csrf-token"]').content;
}
