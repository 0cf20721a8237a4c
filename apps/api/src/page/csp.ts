/**
 * What the pages served here may load and do: their own files, this API, and pictures that stand in the page itself (QR
 * codes, icons). Nothing inline runs, nobody frames them, no form leaves them.
 */
export const PAGE_CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data:",
  "font-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')
