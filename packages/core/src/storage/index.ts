import { LocalStore } from './local-store.js'
import type { ObjectStore } from './object-store.js'

export * from './object-store.js'
export { LocalStore } from './local-store.js'
export { choosePartSize, partCount, partRange } from './part-plan.js'

export type StoreSettings = { kind: 'local'; directory: string }

/** Opens a store without touching it: `prepare` and `ping` tell whether it works. */
export function openObjectStore(settings: StoreSettings): ObjectStore {
  return new LocalStore(settings.directory)
}
