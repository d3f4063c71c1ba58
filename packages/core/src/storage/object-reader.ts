import { StoreError } from './object-store.js'

/** Why a `read` raises that was under way when its reader was closed. */
export function readerClosed(): StoreError {
  return new StoreError('UNAVAILABLE', 'the reader was closed')
}
