import { createHash } from 'node:crypto'

/** What ties a sign-in at the provider to the browser that began it. */
export interface BrowserProof {
  /** Comes back with the browser (RFC 6749 §10.12). */
  state: string
  /** Comes back in the ID token. */
  nonce: string
  /** Shows to the provider that whoever redeems the code has asked for it (RFC 7636). */
  verifier: string
}

/** The proof of a browser, of the token in its cookie: so no other place has to keep a secret meanwhile. */
export const browserProof = (token: string): BrowserProof => ({
  state: derived('state', token),
  nonce: derived('nonce', token),
  verifier: derived('verifier', token),
})

/** 256 bits of which nobody learns the token, or another of them. */
const derived = (use: string, token: string): string =>
  createHash('sha256').update(`${use} ${token}`).digest('base64url')
