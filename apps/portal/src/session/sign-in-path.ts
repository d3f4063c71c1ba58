/** Where the form to sign in is: a page of its own, to be gone to as to one of another server. */
export const SIGN_IN = '/signin'

export const isSignIn = (path: string): boolean => path === SIGN_IN || path === `${SIGN_IN}/`

/** signInPath is the form, which leads on to `next` afterwards: a path of this portal. */
export function signInPath(next: string): string {
  return next === '/' ? SIGN_IN : `${SIGN_IN}?${new URLSearchParams({ next }).toString()}`
}

/** nextPath is where the form leads on to; the start page unless a path of this portal is given. */
export function nextPath(search: string): string {
  const next = new URLSearchParams(search).get('next') ?? ''
  // No other server: `//host` and `/\host` are, also with a tab or a line end in them, which URLs are read without.
  return /^\/(?![/\\])[^\t\r\n]*$/.test(next) ? next : '/'
}
