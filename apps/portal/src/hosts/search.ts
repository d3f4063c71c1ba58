interface HostsSearch {
  /** The one whose details are open. */
  host?: string
}

export function hostsSearch(search: Record<string, unknown>): HostsSearch {
  const { host } = search
  return typeof host === 'string' && host !== '' ? { host } : {}
}
