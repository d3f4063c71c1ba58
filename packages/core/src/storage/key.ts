import { StoreError } from './object-store.js'

/** Bytes; leaves room in a file name (255) for what a store adds. */
const MAX_KEY_LENGTH = 200

/** Returns `key` if every store can hold it, else raises `INVALID`. */
export function checkKey(key: string): string {
  const fits =
    key.length <= MAX_KEY_LENGTH &&
    /^[A-Za-z0-9._/-]+$/.test(key) &&
    !key.includes('..') &&
    key.split('/').every((segment) => segment !== '' && segment !== '.')
  if (!fits) throw new StoreError('INVALID', 'object key is not made of plain path segments')
  return key
}

/** Raises `INVALID` unless 0 ≤ start ≤ end. */
export function checkRange(start: number, end: number): void {
  if (!Number.isSafeInteger(start) || !Number.isSafeInteger(end) || start < 0 || end < start) {
    throw new StoreError('INVALID', `range [${start}, ${end}) cannot be`)
  }
}

/** Raises `INVALID` unless 0 ≤ start < end. */
export function checkSomeBytes(start: number, end: number): void {
  checkRange(start, end)
  if (start === end) throw new StoreError('INVALID', 'a range without bytes cannot be opened')
}
