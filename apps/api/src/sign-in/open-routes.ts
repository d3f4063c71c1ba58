/** Routes of the portal for who is not signed in, below its prefix. */
export const OPEN_ROUTES = [
  ...(['session', 'set-up', 'invitation', 'sign-up', 'reset', 'reset/request', 'oidc', 'status'] as const),
] as const
