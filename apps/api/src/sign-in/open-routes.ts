/** Routes of the portal for who is not signed in, below its prefix. */
export const OPEN_ROUTES = [
  ...(['session', 'session/passkey', 'session/passkey/options', 'set-up', 'invitation', 'sign-up'] as const),
  ...(['reset', 'reset/request', 'oidc', 'status'] as const),
] as const
