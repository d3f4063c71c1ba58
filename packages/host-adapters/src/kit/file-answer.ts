import type { FileInfo } from './adapter.js'
import { HostError } from './errors.js'

/**
 * What is asked about one file of a batch. What the host has against that file alone is its answer; what
 * concerns the account or the host is raised.
 */
export async function fileAnswer(fileId: string, ask: () => FileInfo | Promise<FileInfo>): Promise<FileInfo> {
  try {
    return await ask()
  } catch (error) {
    if (!(error instanceof HostError) || error.scope === 'account' || error.scope === 'host') throw error
    return error.kind === 'FILE_GONE' ? { fileId, state: 'gone' } : { fileId, state: 'refused', error }
  }
}
