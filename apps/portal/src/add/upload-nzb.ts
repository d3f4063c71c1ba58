import { call } from '../api/call.js'
import { ApiFailure } from '../api/failure.js'
import { NZB_TYPE } from './containers.js'

/** Has the file of an NZB fetched; of one with several it gives the URL under which they are listed. */
export async function uploadNzb(file: File): Promise<string | undefined> {
  try {
    await call('POST nzb', { body: new Blob([file], { type: NZB_TYPE }) })
    return undefined
  } catch (error) {
    const url = error instanceof ApiFailure ? folderIn(error.details) : undefined
    if (url === undefined) throw error
    return url
  }
}

/** The URL that a refusal of an NZB with several files tells. */
function folderIn(details: readonly string[]): string | undefined {
  return details.map((detail) => /\busenet:\/\/\S+[^\s.]/.exec(detail)?.[0]).find((url) => url !== undefined)
}
