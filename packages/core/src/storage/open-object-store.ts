import { LocalStore } from './local/local-store.js'
import type { ObjectStore } from './object-store.js'
import type { StoreSettings } from './settings.js'

/**
 * Opens a store without touching it: `prepare` and `ping` tell whether it works. What an S3 needs is loaded for an
 * S3 alone: its library takes 13 MiB of a process.
 */
export async function openObjectStore(settings: StoreSettings): Promise<ObjectStore> {
  if (settings.kind === 'local') return new LocalStore(settings.directory, settings.reserve)
  const { S3Store } = await import('./s3/s3-store.js')
  return new S3Store(settings)
}
