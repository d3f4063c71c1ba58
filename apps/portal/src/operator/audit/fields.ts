import type { NotificationEvent } from '@obb/contracts'
import { SCOPES } from '../../profile/scopes.js'
import { formatBytes, formatNumber, formatSpeed, formatTime } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { KIND_NAMES } from '../blocks/kinds.js'

/** What a field is called, and how a value of it is shown; unless told, as it is. */
interface Field {
  name: () => string
  shown?: (value: unknown) => string
}

const bytes = (value: unknown) => (typeof value === 'number' ? formatBytes(value) : plain(value))
const speed = (value: unknown) => (typeof value === 'number' ? formatSpeed(value) : plain(value))
const time = (value: unknown) => (typeof value === 'string' ? formatTime(value) : plain(value))
const word =
  (words: Readonly<Record<string, () => string>>) =>
  (value: unknown): string =>
    typeof value === 'string' && Object.hasOwn(words, value) ? (words[value]?.() ?? value) : plain(value)
const list = (of: (value: unknown) => string) => (value: unknown) =>
  Array.isArray(value) ? value.map(of).join(', ') || NOTHING : plain(value)

const FIELDS: Readonly<Record<string, Field>> = {
  id: { name: m.admin_field_id },
  state: {
    name: m.admin_state,
    shown: word({ active: m.admin_user_active, suspended: m.admin_user_suspended }),
  },
  role: { name: m.admin_role, shown: word({ user: m.admin_role_user, operator: m.admin_role_operator }) },
  trafficLeft: { name: m.admin_traffic_left, shown: bytes },
  trafficMax: { name: m.admin_traffic_granted, shown: bytes },
  traffic: { name: m.admin_field_traffic, shown: bytes },
  dailyPerHost: { name: m.admin_daily, shown: bytes },
  hostCaps: { name: m.admin_host_caps, shown: (caps) => pairs(caps, bytes) },
  weight: { name: m.admin_weight },
  solo: { name: m.admin_solo },
  expiresAt: { name: m.admin_expires, shown: time },
  key: { name: m.admin_field_key },
  errorsAs200: { name: m.admin_field_errors_200 },
  passkeys: { name: m.admin_passkeys },
  identities: { name: m.admin_identities },
  name: { name: m.admin_field_name },
  scopes: { name: m.admin_field_scopes, shown: list(word(SCOPES)) },
  networks: { name: m.admin_field_networks },
  platform: { name: m.admin_field_platform },
  enabled: { name: m.admin_field_enabled },
  maxDownloads: { name: m.admin_max_downloads },
  maxConnections: { name: m.admin_max_connections },
  maxChunks: { name: m.admin_max_chunks },
  maxQueued: { name: m.admin_max_queued },
  bandwidth: { name: m.admin_bandwidth, shown: speed },
  credentials: { name: m.admin_field_credentials },
  proxy: { name: m.admin_proxy },
  domains: { name: m.admin_domains },
  canaryUrl: { name: m.admin_canary },
  switches: { name: m.admin_field_switches },
  openUntil: { name: m.admin_field_set_aside, shown: time },
  origins: { name: m.admin_origins },
  fileId: { name: m.admin_block_file },
  pinned: { name: m.admin_field_pinned },
  links: { name: m.admin_links },
  dryRun: { name: m.admin_field_dry_run },
  kind: { name: m.admin_field_kind, shown: word(KIND_NAMES) },
  value: { name: m.admin_block_value },
  reason: { name: m.admin_block_reason },
  installation: { name: m.admin_field_installation },
  copied: { name: m.admin_field_copied },
  dismissed: { name: m.admin_field_dismissed },
  published: { name: m.admin_field_published },
  announcement: { name: m.admin_field_announcement, shown: announcement },
  maintenance: { name: m.maintenance },
  maintenanceNote: { name: m.admin_field_maintenance_note, shown: announcement },
  maintenanceUntil: { name: m.admin_maintenance_until },
  endsByItself: { name: m.admin_maintenance_ends },
  email: { name: m.email },
  webhook: { name: m.admin_field_webhook },
  quiet: { name: m.admin_field_quiet },
  hosts: { name: m.admin_field_waited },
  recoveryCodes: { name: m.admin_field_recovery },
  passkey: { name: m.admin_field_passkey },
  error: { name: m.admin_field_error },
  link_finished: { name: m.notify_link_finished },
  link_failed: { name: m.notify_link_failed },
  host_works_again: { name: m.notify_host_works_again },
  attention_needed: { name: m.notify_attention_needed },
} satisfies Record<NotificationEvent, Field> & Record<string, Field>

/** A change of one field, for people. */
export interface ShownChange {
  field: string
  before: string
  after: string
}

/** How a value is shown that is not there. */
export const NOTHING = '–'

export function shownChange([field, [before, after]]: [string, [unknown, unknown]]): ShownChange {
  const { name, shown = plain } = (Object.hasOwn(FIELDS, field) && FIELDS[field]) || { name: () => field }
  // Sealed values are told by a digest, which says nothing but that it is another.
  if (isSealed(after)) {
    const isNew = before === null
    return {
      field: name(),
      before: isNew ? NOTHING : m.admin_value_set(),
      after: isNew ? m.admin_value_set() : m.admin_value_other(),
    }
  }
  return {
    field: name(),
    before: isSealed(before) ? m.admin_value_set() : shown(before),
    after: shown(after),
  }
}

const isSealed = (value: unknown): boolean => typeof value === 'string' && /^sealed [0-9a-f]{8}$/.test(value)

function plain(value: unknown): string {
  if (value === null || value === undefined || value === '') return NOTHING
  if (typeof value === 'boolean') return value ? m.admin_yes() : m.admin_no()
  if (typeof value === 'number') return formatNumber(value)
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(plain).join(', ') || NOTHING : pairs(value, plain)
}

/** `RapidGator: 5 GB` */
function pairs(value: unknown, of: (value: unknown) => string): string {
  if (typeof value !== 'object' || value === null) return plain(value)
  return (
    Object.entries(value)
      .map(([name, each]) => `${name}: ${of(each)}`)
      .join(', ') || NOTHING
  )
}

/** In the languages that it is in. */
function announcement(value: unknown): string {
  const texts = typeof value === 'object' && value !== null && 'texts' in value ? value.texts : value
  return typeof texts === 'object' && texts !== null
    ? Object.values(texts).map(plain).join(' / ')
    : plain(texts)
}
