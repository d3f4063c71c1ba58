import { LocalStore } from './local-store.js'
import type { ObjectStore } from './object-store.js'
import { S3Store, type S3Settings } from './s3-store.js'

export * from './object-store.js'
export { LocalStore } from './local-store.js'
export { S3Store, type S3Settings } from './s3-store.js'
export { choosePartSize, partCount, partRange } from './part-plan.js'

export type StoreSettings = { kind: 'local'; directory: string } | ({ kind: 's3' } & S3Settings)

/** Opens a store without touching it: `prepare` and `ping` tell whether it works. */
export function openObjectStore(settings: StoreSettings): ObjectStore {
  return settings.kind === 'local' ? new LocalStore(settings.directory) : new S3Store(settings)
}
