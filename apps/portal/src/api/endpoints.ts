import type {
  AccountAnswer,
  BatchAnswer,
  BatchRequest,
  CheckAnswer,
  CurrentAnnouncement,
  DeviceAllow,
  DeviceWaiting,
  ExpandAnswer,
  ExplainAnswer,
  HostGroupsAnswer,
  HostHistoryAnswer,
  KeyUsageAnswer,
  LinkAnswer,
  LinkDetails,
  LinkListAnswer,
  LinkListQuery,
  LinkedIdentityView,
  NotificationTest,
  NotificationTested,
  NotificationsChanged,
  NotificationsView,
  OidcStart,
  OidcStarted,
  OwnLedgerQuery,
  PageView,
  ShareAnswer,
  ShareListAnswer,
  ShareRemoved,
  ShareRequest,
  StatusAnswer,
} from '@obb/contracts'
import type {
  Confirmation,
  InvitationView,
  KeyView,
  Language,
  LedgerRow,
  NewKey,
  NotificationsSet,
  PasskeyView,
  Session,
  SessionView,
  TotpConfirmed,
  TotpStarted,
  UsageView,
  WebAuthnOptions,
} from './portal-types.js'
import type { OperatorEndpoints } from './operator-endpoints.js'

type Id = { params: { id: string } }
/** Of a query or body, before its defaults are filled in. */
type Given<T> = { [K in keyof T]?: T[K] | undefined }

/** What is asked of the server: method and path under /api/portal/v1, with what it takes and answers. Types alone. */
export interface Endpoints extends OperatorEndpoints {
  'GET session': { answer: Session }
  'POST session': { body: { email: string; password: string; code?: string }; answer: Session }
  'POST session/passkey/options': { answer: WebAuthnOptions }
  'POST session/passkey': { body: { passkey: unknown }; answer: Session }
  'DELETE session': { answer: unknown }
  'GET sessions': { answer: SessionView[] }
  'DELETE sessions/{id}': Id & { answer: unknown }
  'DELETE sessions': { answer: unknown }
  'POST set-up': {
    body: { code: string; email: string; password: string; language?: Language }
    answer: Session
  }
  'POST invitation': { body: { token: string }; answer: InvitationView }
  'POST sign-up': {
    body: { token: string; email: string; password: string; language?: Language }
    answer: Session
  }
  'POST reset': { body: { token: string; password: string; code?: string }; answer: Session }
  'POST reset/request': { body: { email: string; language?: Language }; answer: unknown }
  'POST password': { body: { current: string; password: string }; answer: unknown }
  'POST totp': { body: { password: string }; answer: TotpStarted }
  'POST totp/confirm': { body: { code: string }; answer: TotpConfirmed }
  'DELETE totp': { body: { password: string; code: string }; answer: unknown }
  'GET status': { answer: StatusAnswer }
  'GET announcement': { answer: CurrentAnnouncement }
  'POST oidc': { body: OidcStart; answer: OidcStarted }
  'GET oidc/link': { answer: LinkedIdentityView }
  'POST oidc/link': { body: Confirmation | Record<string, never>; answer: OidcStarted }
  'DELETE oidc/link': { body: Confirmation | Record<string, never>; answer: unknown }
  'POST device': { body: { code: string }; answer: DeviceWaiting }
  'POST device/allow': { body: DeviceAllow; answer: unknown }
  'POST device/deny': { body: { code: string }; answer: unknown }
  'GET passkeys': { answer: PasskeyView[] }
  'POST passkeys/confirmation': { answer: WebAuthnOptions }
  'POST passkeys/options': { body: Confirmation; answer: WebAuthnOptions }
  'POST passkeys': { body: { name: string; passkey: unknown }; answer: PasskeyView }
  'PATCH passkeys/{id}': Id & { body: { name: string }; answer: unknown }
  'DELETE passkeys/{id}': Id & { body: Confirmation; answer: unknown }
  'DELETE view': { answer: unknown }
  'DELETE account': { body: Confirmation | Record<string, never>; answer: unknown }
  'PATCH profile': { body: { language: Language }; answer: unknown }

  'GET account': { answer: AccountAnswer }
  'GET hosts/grouped': { answer: HostGroupsAnswer }
  'GET hosts/history': { query: { days: 1 | 90 }; answer: HostHistoryAnswer }
  'GET links': { query: Given<LinkListQuery>; answer: LinkListAnswer }
  'GET links/{id}': Id & { answer: LinkDetails }
  'GET links/{id}/shares': Id & { answer: ShareListAnswer }
  'POST links/{id}/shares': Id & { body: Given<ShareRequest>; answer: ShareAnswer }
  'DELETE links/{id}/shares/{share}': { params: { id: string; share: string }; answer: ShareRemoved }
  'GET link/{id}': Id & { answer: LinkAnswer }
  'DELETE link/{id}': Id & { answer: LinkAnswer }
  'POST check': { body: { urls: string[] }; answer: CheckAnswer }
  'GET explain': { query: { url: string }; answer: ExplainAnswer }
  'POST expand': { body: { url: string; password?: string }; answer: ExpandAnswer }
  'POST unrestrict': { body: { url: string; password?: string }; answer: LinkAnswer }
  'POST unrestrict/batch': { body: Given<BatchRequest>; answer: BatchAnswer }
  'POST nzb': { body: Blob; answer: LinkAnswer }

  'GET keys': { answer: KeyView[] }
  'POST keys': { body: NewKey; answer: KeyView & { apiKey: string } }
  'PATCH keys/{id}': Id & { body: Partial<NewKey>; answer: KeyView }
  'POST keys/{id}/rotate': Id & { answer: KeyView & { apiKey: string } }
  'DELETE keys/{id}': Id & { answer: unknown }
  'GET notifications': { answer: NotificationsView }
  'PATCH notifications': { body: NotificationsSet; answer: NotificationsChanged }
  'POST notifications/test': { body: NotificationTest; answer: NotificationTested }
  'GET usage/keys': { query: { days: number }; answer: KeyUsageAnswer }
  'GET usage': { query: { days: number; timeZone: string }; answer: UsageView }
  'GET ledger': { query: Given<OwnLedgerQuery>; answer: PageView<LedgerRow> }
}
