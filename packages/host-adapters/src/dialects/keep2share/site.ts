/** One of the services that speak the API v2 of Keep2share: everything in which they differ. */
export interface Site {
  /** Platform id. */
  id: string
  /** Hostnames, canonical first, without `www.`. */
  domains: readonly [string, ...string[]]
  /** Base URL of the API, v2. */
  api: string
}
