import { LocalStore } from './local/local-store.js'
import type { ObjectStore } from './object-store.js'
import type { S3Settings } from './s3/s3-store.js'

export * from './object-store.js'
export { LocalStore } from './local/local-store.js'
export type { S3Settings } from './s3/s3-store.js'
export { fileOf, installationOf, isSameVersion, rootOf } from './object-name.js'
export { type Retries, STORE_RETRIES, isPassing, pauseBefore, retried } from './retries.js'
export { choosePartSize, partCount, partRange } from './part-plan.js'

export type StoreSettings =
  /** `reserve`: see LocalStore. */
  { kind: 'local'; directory: string; reserve?: number } | ({ kind: 's3' } & S3Settings)

/**
 * Opens a store without touching it: `prepare` and `ping` tell whether it works. What an S3 needs is loaded for an
 * S3 alone: its library takes 13 MiB of a process.
 */
export async function openObjectStore(settings: StoreSettings): Promise<ObjectStore> {
  if (settings.kind === 'local') return new LocalStore(settings.directory, settings.reserve)
  const { S3Store } = await import('./s3/s3-store.js')
  return new S3Store(settings)
}
