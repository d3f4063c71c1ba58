/** What the portal's own endpoints take and give. */

export type Language = 'en' | 'zh-TW'
export type Role = 'user' | 'operator'

export interface SignedIn {
  email: string
  role: Role
  language: Language | null
  passkeys: number
  totp: boolean
}

export interface Session {
  user: SignedIn | null
  /** Nobody is an operator yet. */
  setUp: boolean
  signInWith: ('password' | 'passkey' | 'oidc')[]
  version: string
}

export interface SessionView {
  id: string
  client: string | null
  address: string | null
  createdAt: string
  seenAt: string
  current: boolean
}

export interface InvitationView {
  email: string | null
  role: Role
  expiresAt: string
}

export type KeyScope = 'read' | 'submit' | 'download'

export interface KeyView {
  id: string
  name: string
  scopes: KeyScope[]
  networks: string[]
  errorsAs200: boolean
  createdAt: string
  expiresAt: string | null
  lastUsed: null | { at: string; client: string | null; address: string | null }
}

export interface NewKey {
  name: string
  scopes?: KeyScope[]
  networks?: string[]
  expiresAt?: string | null
  errorsAs200?: boolean
}

export interface UsageView {
  days: { day: string; platform: string; charged: number; refunded: number; links: number }[]
}

export interface LedgerRow {
  at: string
  kind: 'grant' | 'charge' | 'refund' | 'adjustment'
  amount: number
  balance?: number | null
  platform?: string | null
  fileName?: string | null
  linkId?: string | null
  note?: string | null
}
