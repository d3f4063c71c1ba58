import type { KeyAdd, NotificationsChange, SessionAnswer, SessionList } from '@obb/contracts'

/** What the portal's own endpoints take and give, by the names that the pages have for it. */
export type {
  InvitationView,
  KeyScope,
  LinkedIdentityView,
  OidcStart,
  KeyView,
  Language,
  OwnLedgerEntry as LedgerRow,
  PasskeyView,
  Role,
  SessionAnswer as Session,
  TotpConfirmed,
  TotpStarted,
  UsageAnswer as UsageView,
  WebAuthnOptions,
} from '@obb/contracts'

export type SignedIn = NonNullable<SessionAnswer['user']>
export type SessionView = SessionList[number]
export type NewKey = KeyAdd
export type NotificationsSet = NotificationsChange
/** Shown before what a borrowed session must not do: the password, or what a passkey has signed. */
export type Confirmation = { password: string; code?: string } | { passkey: unknown }
