/** Routes of the portal for who is not signed in, below its prefix. */
export const OPEN_ROUTES = ['session', 'set-up', 'invitation', 'sign-up', 'reset', 'status'] as const
