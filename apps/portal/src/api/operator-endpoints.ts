import type {
  AuditPage,
  AuditQuery,
  BlockCreate,
  BlockCreated,
  BlockView,
  DoctorView,
  FetcherView,
  FileListQuery,
  FileRemoved,
  FileUpdate,
  FileView,
  HostAccountCreate,
  HostAccountSaved,
  HostAccountSet,
  HostAccountView,
  HostUpdate,
  HostView,
  HostWordsView,
  InvitationCreate,
  KeyUsageAnswer,
  LedgerView,
  LinkListAnswer,
  LinkListQuery,
  MailTest,
  MailTested,
  PageView,
  PlatformQueueView,
  Removed,
  ResealView,
  SettingsView,
  SetUpChange,
  SetUpView,
  StatusPageUpdate,
  StatusPageView,
  StoreView,
  StreamsQuery,
  StreamsView,
  SupportBundle,
  SweepRequest,
  SweepView,
  UserCreate,
  UserListQuery,
  UserRemoved,
  UserResetRequest,
  UserSet,
  UserView,
} from '@obb/contracts'
import type { InvitationView, Role } from './portal-types.js'

type Id = { params: { id: string } }
type Platform = { params: { platform: string } }
type Email = { body: { email: string } }
type Page = { query: { limit?: number; after?: string | undefined } }
/** Of a query, before its defaults are filled in. */
type Given<T> = { [K in keyof T]?: T[K] | undefined }

/** A token that is told once, and the page that takes it. */
interface OneTimeToken {
  url: string
  token: string
  expiresAt: string
}

/** A user with the role that sign-in knows. */
export type ListedUser = UserView & { role?: Role }

/** The admin API, as an operator's session has it. */
export interface OperatorEndpoints {
  'GET admin/users': { query: Given<UserListQuery>; answer: PageView<ListedUser> }
  'POST admin/users': { body: UserCreate; answer: { id: string; email: string; apiKey: string } }
  'PATCH admin/users': { body: UserSet & { role?: Role }; answer: UserView }
  'DELETE admin/users': { query: { email: string }; answer: UserRemoved }
  'POST admin/users/grant': { body: { email: string; traffic: number }; answer: UserView }
  'POST admin/users/adjust': { body: { email: string; traffic: number; note: string }; answer: UserView }
  'POST admin/users/suspend': Email & { answer: UserView }
  'POST admin/users/resume': Email & { answer: UserView }
  'POST admin/users/reset': { body: UserResetRequest; answer: OneTimeToken }
  'POST admin/users/sign-out': Email & { answer: unknown }
  'POST admin/users/view': Email & { answer: unknown }
  'GET admin/users/links': { query: Given<LinkListQuery> & { email: string }; answer: LinkListAnswer }
  'GET admin/users/usage': { query: { email: string; days: number }; answer: KeyUsageAnswer }
  'GET admin/ledger': {
    query: { email: string; limit?: number; after?: string | undefined }
    answer: LedgerView
  }
  'GET admin/invitations': Page & { answer: PageView<InvitationView & { id: string }> }
  'POST admin/invitations': {
    body: InvitationCreate
    answer: OneTimeToken & { id: string }
  }
  'DELETE admin/invitations/{id}': Id & { answer: unknown }
  'GET admin/accounts': Page & { answer: PageView<HostAccountView> }
  'POST admin/accounts': { body: HostAccountCreate; answer: HostAccountSaved }
  'PATCH admin/accounts/{id}': Id & { body: HostAccountSet; answer: HostAccountView }
  'DELETE admin/accounts/{id}': Id & { answer: Removed }
  'POST admin/accounts/{id}/enable': Id & { answer: HostAccountView }
  'POST admin/accounts/{id}/disable': Id & { answer: HostAccountView }
  'POST admin/accounts/{id}/check': Id & { answer: HostAccountView }
  'GET admin/hosts': { answer: HostView[] }
  'GET admin/hosts/{platform}': Platform & { answer: HostView }
  'PATCH admin/hosts/{platform}': Platform & { body: HostUpdate; answer: HostView }
  'POST admin/hosts/{platform}/try': Platform & { answer: HostView }
  'GET admin/host-words': { answer: HostWordsView[] }
  'GET admin/files': { query: Given<FileListQuery>; answer: PageView<FileView> }
  'PATCH admin/files/{id}': Id & { body: FileUpdate; answer: FileView }
  'DELETE admin/files/{id}': Id & { answer: FileRemoved }
  'POST admin/files/sweeps': { body: Given<SweepRequest>; answer: SweepView }
  'GET admin/files/sweeps/{id}': Id & { answer: SweepView }
  'GET admin/blocks': Page & { answer: PageView<BlockView> }
  'POST admin/blocks': { body: BlockCreate; answer: BlockCreated }
  'DELETE admin/blocks/{id}': Id & { answer: Removed }
  'GET admin/audit': { query: Given<AuditQuery>; answer: AuditPage }
  'GET admin/doctor': { answer: DoctorView }
  'GET admin/settings': { answer: SettingsView }
  'GET admin/support': { answer: SupportBundle }
  'GET admin/status-page': { answer: StatusPageView }
  'PATCH admin/status-page': { body: StatusPageUpdate; answer: StatusPageView }
  'GET admin/queue': { answer: PlatformQueueView[] }
  'GET admin/fetchers': { answer: FetcherView[] }
  'GET admin/streams': { query: Given<StreamsQuery>; answer: StreamsView }
  'POST admin/mail/test': { body: MailTest; answer: MailTested }
  'GET admin/store': { answer: StoreView }
  'POST admin/store/test': { answer: StoreView }
  'POST admin/store/adopt': { answer: StoreView }
  'GET admin/set-up': { answer: SetUpView }
  'PATCH admin/set-up': { body: SetUpChange; answer: SetUpView }
  'POST admin/secrets/reseal': { answer: ResealView }
}
