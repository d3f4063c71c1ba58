import { keyIn } from '../downloads/search.js'
import type { LedgerRow } from '../api/portal-types.js'

export const LEDGER_KINDS = ['grant', 'charge', 'refund', 'adjustment'] as const satisfies LedgerRow['kind'][]
/** How far back the ledger may be asked for, days. */
export const SPANS = ['1', '7', '30', '90'] as const

/** How far back the use by key may be asked for, days. */
export const KEY_SPANS = ['7', '30', '90'] as const

/** What of the ledger is shown, as it stands in the URL. */
export interface TrafficSearch {
  kind?: LedgerRow['kind']
  host?: string
  /** With which key: its id, or `none`. */
  key?: string
  days?: (typeof SPANS)[number]
  /** Days of the use by key, where they are not 30. */
  used?: (typeof KEY_SPANS)[number]
  /** The link whose details are open. */
  link?: string
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

export function trafficSearch(search: Record<string, unknown>): TrafficSearch {
  const kind = LEDGER_KINDS.find((each) => each === search['kind'])
  const days = SPANS.find((each) => each === text(search['days']))
  const host = text(search['host']).slice(0, 200)
  const used = KEY_SPANS.find((each) => each === text(search['used']))
  const key = keyIn(search['key'])
  const link = text(search['link'])
  return {
    ...(kind !== undefined && { kind }),
    ...(host !== '' && { host }),
    ...(key !== undefined && { key }),
    ...(days !== undefined && { days }),
    ...(used !== undefined && { used }),
    ...(link !== '' && { link }),
  }
}
