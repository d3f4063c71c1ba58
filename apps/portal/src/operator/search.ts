/** What the operator's pages keep in the URL: filters, and whose details are open. */

type Given = Record<string, unknown>

/** The named parameters, as far as they say something. */
function texts<Name extends string>(given: Given, names: readonly Name[]): { [K in Name]?: string } {
  const set = names.flatMap((name) => {
    const value = given[name]
    const text = typeof value === 'string' || typeof value === 'number' ? String(value).slice(0, 200) : ''
    return text === '' ? [] : [[name, text]]
  })
  return Object.fromEntries(set) as { [K in Name]?: string }
}

export const FILE_STATES = ['downloading', 'pending', 'done', 'error', 'idle'] as const
export type FileState = (typeof FILE_STATES)[number]
const isFileState = (value: unknown): value is FileState =>
  (FILE_STATES as readonly unknown[]).includes(value)

export const usersSearch = (given: Given) => texts(given, ['search', 'user', 'tab'])
export const accountsSearch = (given: Given) => texts(given, ['account'])
export const hostsSearch = (given: Given) => texts(given, ['host', 'tab'])
export const settingsSearch = (given: Given) => texts(given, ['search', 'changed', 'setting'])
export const auditSearch = (given: Given) => texts(given, ['who', 'what', 'since', 'entry'])
export const filesSearch = (given: Given): { search?: string; file?: string; state?: FileState } => ({
  ...texts(given, ['search', 'file']),
  ...(isFileState(given['state']) && { state: given['state'] }),
})
export const queueSearch = (given: Given): { state?: FileState } =>
  isFileState(given['state']) ? { state: given['state'] } : {}

/** Without what is not set, which would stand in the URL. */
export function withoutUnset<T extends object>(search: T): { [K in keyof T]: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(search).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]: Exclude<T[K], undefined>
  }
}
