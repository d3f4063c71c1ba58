import type { LedgerRow } from '../api/portal-types.js'

export const LEDGER_KINDS = ['grant', 'charge', 'refund', 'adjustment'] as const satisfies LedgerRow['kind'][]
/** How far back the ledger may be asked for, days. */
export const SPANS = ['1', '7', '30', '90'] as const

/** What of the ledger is shown, as it stands in the URL. */
export interface TrafficSearch {
  kind?: LedgerRow['kind']
  host?: string
  days?: (typeof SPANS)[number]
  /** The link whose details are open. */
  link?: string
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

export function trafficSearch(search: Record<string, unknown>): TrafficSearch {
  const kind = LEDGER_KINDS.find((each) => each === search['kind'])
  const days = SPANS.find((each) => each === text(search['days']))
  const host = text(search['host']).slice(0, 200)
  const link = text(search['link'])
  return {
    ...(kind !== undefined && { kind }),
    ...(host !== '' && { host }),
    ...(days !== undefined && { days }),
    ...(link !== '' && { link }),
  }
}
