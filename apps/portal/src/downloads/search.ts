import type { LinkState } from '@obb/contracts'

const STATES: readonly string[] = ['pending', 'downloading', 'done', 'error', 'ended'] satisfies LinkState[]

/** What of the downloads is shown, as it stands in the URL. */
export interface DownloadsSearch {
  state?: LinkState
  host?: string
  search?: string
  package?: string
  /** With which key: its id, or `none`. */
  key?: string
  /** The link whose details are open. */
  link?: string
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

/** Undefined for what the server would refuse. */
export const keyIn = (value: unknown): string | undefined =>
  typeof value === 'string' && /^(?:none|[\da-f]{8}(?:-[\da-f]{4}){3}-[\da-f]{12})$/i.test(value)
    ? value
    : undefined

export function downloadsSearch(search: Record<string, unknown>): DownloadsSearch {
  const state = text(search['state'])
  const host = text(search['host'])
  const words = text(search['search'])
  const packageName = text(search['package'])
  const key = keyIn(search['key'])
  const link = text(search['link'])
  return {
    ...(STATES.includes(state) && { state: state as LinkState }),
    ...(host !== '' && { host }),
    ...(words !== '' && { search: words.slice(0, 200) }),
    ...(packageName !== '' && { package: packageName.slice(0, 200) }),
    ...(key !== undefined && { key }),
    ...(link !== '' && { link }),
  }
}
