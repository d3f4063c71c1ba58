import type { LinkState } from '@obb/contracts'

const STATES: readonly string[] = ['pending', 'downloading', 'done', 'error', 'ended'] satisfies LinkState[]

/** What of the downloads is shown, as it stands in the URL. */
export interface DownloadsSearch {
  state?: LinkState
  host?: string
  search?: string
  package?: string
  /** The link whose details are open. */
  link?: string
}

const text = (value: unknown) => (typeof value === 'string' || typeof value === 'number' ? String(value) : '')

export function downloadsSearch(search: Record<string, unknown>): DownloadsSearch {
  const state = text(search['state'])
  const host = text(search['host'])
  const words = text(search['search'])
  const packageName = text(search['package'])
  const link = text(search['link'])
  return {
    ...(STATES.includes(state) && { state: state as LinkState }),
    ...(host !== '' && { host }),
    ...(words !== '' && { search: words.slice(0, 200) }),
    ...(packageName !== '' && { package: packageName.slice(0, 200) }),
    ...(link !== '' && { link }),
  }
}
