import { call } from '../api/call.js'
import { ApiFailure } from '../api/failure.js'
import { linksToAdd } from './pasted-links.js'

const NZB_TYPE = 'application/x-nzb'
const NZB = /\.nzb(?:\.(?:gz|bz2|zip))?$|\.zip$/i
/** Containers that are ciphered for programs which hold the key: nobody else reads them. */
const CIPHERED = /\.(?:dlc|ccf|rsdf)$/i
/** Longest list of links, bytes. */
const MAX_LIST_BYTES = 4 * 2 ** 20

export interface Contents {
  /** NZBs of one file, which are asked for already. */
  added: number
  /** Links of lists, and of folders for NZBs with several files. */
  links: string[]
  /** Names of files that are none of it. */
  unread: string[]
}

/** Reads files that hold links: NZBs go to the server, one after the other, all else is looked through as a text. */
export async function readContainers(files: readonly File[]): Promise<Contents> {
  const contents: Contents = { added: 0, links: [], unread: [] }
  for (const file of files) {
    if (NZB.test(file.name) || file.type === NZB_TYPE) {
      const folder = await uploadNzb(file)
      if (folder === undefined) contents.added++
      else contents.links.push(folder)
      continue
    }
    const isText = !CIPHERED.test(file.name) && file.size <= MAX_LIST_BYTES
    const links = isText ? linksToAdd(await file.text()) : []
    if (links.length === 0) contents.unread.push(file.name)
    contents.links.push(...links)
  }
  return contents
}

/** The URL under which an NZB with several files lists them. */
async function uploadNzb(file: File): Promise<string | undefined> {
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
