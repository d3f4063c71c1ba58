import { call } from '../api/call.js'
import { ApiFailure } from '../api/failure.js'

const NZB_TYPE = 'application/x-nzb'

/** Uploads NZBs one after the other. `folders`: URLs under which those with several files list their links. */
export async function uploadNzbs(files: readonly File[]): Promise<{ added: number; folders: string[] }> {
  let added = 0
  const folders: string[] = []
  for (const file of files) {
    try {
      await call('POST nzb', { body: new Blob([file], { type: NZB_TYPE }) })
      added++
    } catch (error) {
      const url = error instanceof ApiFailure ? folderIn(error.details) : undefined
      if (url === undefined) throw error
      folders.push(url)
    }
  }
  return { added, folders }
}

/** The URL that a refusal of an NZB with several files tells. */
function folderIn(details: readonly string[]): string | undefined {
  return details.map((detail) => /\busenet:\/\/\S+[^\s.]/.exec(detail)?.[0]).find((url) => url !== undefined)
}
