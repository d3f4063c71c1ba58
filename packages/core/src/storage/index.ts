import { LocalStore } from './local-store.js'
import type { ObjectStore } from './object-store.js'
import { S3Store, type S3Settings } from './s3-store.js'

export * from './object-store.js'
export { LocalStore } from './local-store.js'
export { S3Store, type S3Settings } from './s3-store.js'
export { fileOf, installationOf, isSameVersion, rootOf } from './object-name.js'
export { type Retries, STORE_RETRIES, isPassing, pauseBefore, retried } from './retries.js'
export { choosePartSize, partCount, partRange } from './part-plan.js'

export type StoreSettings =
  /** `reserve`: see LocalStore. */
  { kind: 'local'; directory: string; reserve?: number } | ({ kind: 's3' } & S3Settings)

/** Opens a store without touching it: `prepare` and `ping` tell whether it works. */
export function openObjectStore(settings: StoreSettings): ObjectStore {
  return settings.kind === 'local'
    ? new LocalStore(settings.directory, settings.reserve)
    : new S3Store(settings)
}
