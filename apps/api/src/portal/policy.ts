/**
 * Content-Security-Policy of the portal's page. Scripts and styles come from this server alone; the styles that the
 * components make while they run (media queries, variables of the theme) carry the nonce of the answer, for which no
 * stricter rule exists. Beside its own server the page may ask `origins`: those by which clients are told to come, so
 * that the set-up can see whether they lead here, and films and pictures of one's own can be shown. Texts become markup nowhere: the one policy of Trusted Types lets none through that has a `<`.
 */
export function portalPolicy(nonce: string, origins: readonly string[]): string {
  return [
    "default-src 'none'",
    "script-src 'self'",
    `style-src 'self' 'nonce-${nonce}'`,
    ["img-src 'self'", ...origins].join(' '),
    ["media-src 'self'", ...origins].join(' '),
    ["connect-src 'self'", ...origins].join(' '),
    "manifest-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ')
}

export const PORTAL_HEADERS = {
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'referrer-policy': 'same-origin',
} as const
