import { linksIn } from './pasted-links.js'

export const NZB_TYPE = 'application/x-nzb'
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
  /** Files that were not taken, and why. */
  failed: { name: string; error: unknown }[]
}

/** See upload-nzb.ts. */
type UploadNzb = (file: File) => Promise<string | undefined>

/**
 * Reads files that hold links: NZBs go to the server, one after the other, all else is looked through as a text. What
 * goes wrong with one of them keeps none of the others.
 */
export async function readContainers(files: readonly File[], uploadNzb: UploadNzb): Promise<Contents> {
  const contents: Contents = { added: 0, links: [], unread: [], failed: [] }
  for (const file of files) {
    await readOne(file, contents, uploadNzb).catch((error: unknown) =>
      contents.failed.push({ name: file.name, error }),
    )
  }
  return contents
}

async function readOne(file: File, contents: Contents, uploadNzb: UploadNzb): Promise<void> {
  if (NZB.test(file.name) || file.type === NZB_TYPE) {
    const folder = await uploadNzb(file)
    if (folder === undefined) contents.added++
    else contents.links.push(folder)
    return
  }
  const isText = !CIPHERED.test(file.name) && file.size <= MAX_LIST_BYTES
  const links = isText ? linksIn(await file.text()) : []
  if (links.length === 0) contents.unread.push(file.name)
  contents.links.push(...links)
}
