interface TrySearch {
  /** The call that is tried, by its id in the documentation. */
  call?: string
}

export function trySearch(search: Record<string, unknown>): TrySearch {
  const { call } = search
  return typeof call === 'string' && call !== '' ? { call } : {}
}
