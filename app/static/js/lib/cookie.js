/* A choice the server reads with the next page. It is kept for a year. */

export function remember(name, value) {
  document.cookie = `${name}=${encodeURIComponent(value)}; Path=/; Max-Age=31536000; SameSite=Lax; Secure`;
}
