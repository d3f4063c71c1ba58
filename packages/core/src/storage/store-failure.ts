import { storeErrors } from '../metrics/index.js'
import { StoreError, type StoreErrorKind } from './object-store.js'

/** What a store answered, as a StoreError; counted where it is a trouble of the store, and not of what was asked for. */
export function storeFailure(kind: StoreErrorKind, message: string, options?: ErrorOptions): StoreError {
  if (kind === 'FULL' || kind === 'UNAVAILABLE') storeErrors.inc({ kind })
  return new StoreError(kind, message, options)
}
