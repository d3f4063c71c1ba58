import type { KeyView } from '../api/portal-types.js'

/** What is known of a client by its keys: who used one last, and why it was refused last. */
export interface Passport {
  lastUsed: KeyView['lastUsed']
  lastError: KeyView['lastError']
}

/** The first name that no key has: `curl`, `curl 2`. */
export function freeName(name: string, taken: ReadonlySet<string>): string {
  let free = name
  for (let n = 2; taken.has(free); n++) free = `${name} ${n}`
  return free
}

/** The keys that were made for a client by the names of `freeName`. */
export function keysOf(name: string, keys: readonly KeyView[]): KeyView[] {
  return keys.filter((key) => {
    return (
      key.name === name || (key.name.startsWith(`${name} `) && /^ \d+$/.test(key.name.slice(name.length)))
    )
  })
}

/** Of several keys the latest of each. */
export function passportOf(keys: readonly KeyView[]): Passport {
  return {
    lastUsed: latest(keys.map(({ lastUsed }) => lastUsed)),
    lastError: latest(keys.map(({ lastError }) => lastError)),
  }
}

function latest<T extends { at: string }>(events: readonly (T | null)[]): T | null {
  const [last = null] = events
    .filter((event) => event !== null)
    .toSorted((one, other) => Date.parse(other.at) - Date.parse(one.at))
  return last
}

/** Whether one of the keys that were made is not used yet. `made`: their ids. */
export function isAwaited(keys: readonly KeyView[] = [], made: ReadonlySet<string>): boolean {
  return keys.some(({ id, lastUsed, lastError }) => made.has(id) && lastUsed === null && lastError === null)
}
