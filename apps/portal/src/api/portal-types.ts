import type { KeyAdd, SessionAnswer, SessionList } from '@obb/contracts'

/** What the portal's own endpoints take and give, by the names that the pages have for it. */
export type {
  InvitationView,
  KeyScope,
  LinkedIdentityView,
  OidcStart,
  KeyView,
  Language,
  OwnLedgerEntry as LedgerRow,
  Role,
  SessionAnswer as Session,
  TotpConfirmed,
  TotpStarted,
  UsageAnswer as UsageView,
} from '@obb/contracts'

export type SignedIn = NonNullable<SessionAnswer['user']>
export type SessionView = SessionList[number]
export type NewKey = KeyAdd
