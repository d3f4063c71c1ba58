import { open } from 'node:fs/promises'
import { StoreError } from '../object-store.js'
import { storeFailure } from '../store-failure.js'

const NO_ROOM = new Set(['ENOSPC', 'EDQUOT', 'EFBIG'])

function codeOf(error: unknown): string | undefined {
  return (error as NodeJS.ErrnoException | undefined)?.code
}

export function isMissing(error: unknown): boolean {
  return codeOf(error) === 'ENOENT'
}

export function noSuchUpload(): StoreError {
  return new StoreError('NO_SUCH_UPLOAD', 'no such upload')
}

/** `error` as a StoreError: `FULL` for a full disk, else `UNAVAILABLE`. A StoreError stays what it is. */
export function diskError(error: unknown): StoreError {
  if (error instanceof StoreError) return error
  const code = codeOf(error)
  const kind = code !== undefined && NO_ROOM.has(code) ? 'FULL' : 'UNAVAILABLE'
  return storeFailure(kind, `local store: ${code ?? 'failed'}`, { cause: error })
}

/** Runs `work`; what the file system refuses becomes a StoreError. */
export async function onDisk<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    throw diskError(error)
  }
}

/** Makes the names in `directory` durable: a new or renamed file survives power loss only after this. */
export async function syncDirectory(directory: string): Promise<void> {
  const handle = await open(directory, 'r')
  try {
    await handle.sync()
  } finally {
    await handle.close()
  }
}

/** Writes a new file, `size` bytes if given (the rest a hole), and waits until it is on disk. */
export async function writeDurably(path: string, content: string, size?: number): Promise<void> {
  const handle = await open(path, 'wx', 0o600)
  try {
    await handle.writeFile(content)
    if (size !== undefined) await handle.truncate(size)
    await handle.sync()
  } finally {
    await handle.close()
  }
}
