import { useCallback, useState } from 'react'
import { call } from '../api/call.js'
import { type FolderFile, type OpenFolders, contentOf, filesIn, withTicks } from './folder-tree.js'

export interface Folders {
  open: OpenFolders
  /** URLs of the files that are wanted. */
  ticked: ReadonlySet<string>
  opening: ReadonlySet<string>
  /** Why the last one could not be opened. */
  failure: unknown
  expand: (url: string) => void
  tick: (files: readonly Pick<FolderFile, 'url'>[], isTicked: boolean) => void
  filesOf: (root: string) => FolderFile[]
}

/** Folders whose files are shown and chosen; what is in one is wanted until it is unticked. */
export function useFolders(password: string): Folders {
  const [open, setOpen] = useState<OpenFolders>(new Map())
  const [ticked, setTicked] = useState<ReadonlySet<string>>(new Set())
  const [opening, setOpening] = useState<ReadonlySet<string>>(new Set())
  const [failure, setFailure] = useState<unknown>()
  const tick = useCallback<Folders['tick']>(
    (files, isTicked) => setTicked((known) => withTicks(known, files, isTicked)),
    [],
  )
  const read = async (url: string) => {
    setOpening((known) => new Set(known).add(url))
    try {
      const content = contentOf(await call('POST expand', { body: { url, ...(password && { password }) } }))
      setOpen((known) => new Map(known).set(url, content))
      tick(content.files, true)
      setFailure(undefined)
    } catch (error) {
      setFailure(error)
    } finally {
      setOpening((known) => new Set([...known].filter((each) => each !== url)))
    }
  }
  const expand = useCallback((url: string) => void read(url), [password]) // all else that it reads stays the same
  return {
    open,
    ticked,
    opening,
    failure,
    expand,
    tick,
    filesOf: (root) => filesIn(root, open),
  }
}
