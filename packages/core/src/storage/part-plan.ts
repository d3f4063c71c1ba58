import { StoreError, type StoredPart, type Upload } from './object-store.js'

const MIB = 1024 * 1024
/** S3's limit, kept by every store so that an upload can move between them. */
const MAX_PARTS = 10_000
const USUAL_PART = 8 * MIB

type Sizes = Pick<Upload, 'size' | 'partSize'>

/** Bytes per part for an object of `size` bytes: 8 MiB, more where that would take over 10 000 parts. */
export function choosePartSize(size: number): number {
  return Math.max(USUAL_PART, Math.ceil(size / MAX_PARTS / MIB) * MIB)
}

/** 0 for an empty object. */
export function partCount(sizes: Sizes): number {
  return Math.ceil(sizes.size / sizes.partSize)
}

/** The bytes [start, end) of the object that part `number` (1-based) holds. Raises `INVALID`. */
export function partRange(sizes: Sizes, number: number): { start: number; end: number; size: number } {
  if (!Number.isInteger(number) || number < 1 || number > partCount(sizes)) {
    throw new StoreError('INVALID', `part ${number} of ${partCount(sizes)} cannot be`)
  }
  const start = (number - 1) * sizes.partSize
  const end = Math.min(start + sizes.partSize, sizes.size)
  return { start, end, size: end - start }
}

/** Raises `INVALID` for sizes no store accepts. */
export function checkPlan(sizes: Sizes): void {
  const numbers = Number.isSafeInteger(sizes.size) && Number.isSafeInteger(sizes.partSize)
  if (!numbers || sizes.size < 0 || sizes.partSize < 1 || partCount(sizes) > MAX_PARTS) {
    throw new StoreError('INVALID', `${sizes.size} bytes in parts of ${sizes.partSize} cannot be`)
  }
}

/** The plan's parts in order, out of `parts`. Raises `INCOMPLETE` if one is missing or of another size. */
export function wholeSet(sizes: Sizes, parts: readonly StoredPart[]): StoredPart[] {
  const byNumber = new Map(parts.map((part) => [part.number, part]))
  return Array.from({ length: partCount(sizes) }, (_, index) => {
    const part = byNumber.get(index + 1)
    if (part?.size !== partRange(sizes, index + 1).size) {
      throw new StoreError('INCOMPLETE', `part ${index + 1} of ${partCount(sizes)} is missing`)
    }
    return part
  })
}
