import { useMutation } from '@tanstack/react-query'
import type { BatchRow } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../api/call.js'
import { askAnew } from '../api/query-client.js'
import { addLinks } from './add-links.js'
import type { Folders } from './use-folders.js'

export interface Refusal {
  status: number
  msg: string
}

/** Why links were not taken, by their URL. */
export type Refused = ReadonlyMap<string, Refusal>

interface AddOptions {
  password: string
  packageName: string
  folders: Folders
  /** Links of the folders that are opened. */
  roots: readonly string[]
  /** Takes links off the page. */
  remove: (links: ReadonlySet<string>) => void
}

/**
 * useAdd asks for links, in as many requests as that takes. What is taken goes off the page at once, so where a later
 * request fails the rest is still there. `added`: how many were taken since it was last asked; `refused`: why others
 * were not.
 */
export function useAdd({ password, packageName, folders, roots, remove }: AddOptions) {
  const [added, setAdded] = useState(0)
  const [refused, setRefused] = useState<Refused>(new Map())
  const add = useMutation({
    mutationFn: (urls: readonly string[]) => {
      setAdded(0)
      setRefused(new Map())
      const taken = new Set<string>()
      return addLinks(
        urls,
        (some) => ask(some, password, packageName.trim()),
        (rows) => {
          const here = rows.filter(({ success }) => success)
          for (const { url } of here) taken.add(url)
          setAdded(taken.size)
          folders.tick(here, false)
          const others = rows.filter(({ success }) => !success)
          setRefused((known) => new Map([...known, ...others.map(reasonEntry)]))
          remove(new Set([...here.map(({ url }) => url), ...roots.filter((root) => isDone(root, taken))]))
        },
      )
    },
    onSettled: askAnew,
  })
  /** Of a folder nothing more is wanted: what was left out may be had by its link again. */
  const isDone = (root: string, taken: ReadonlySet<string>) => {
    const wanted = folders.filesOf(root).filter(({ url }) => folders.ticked.has(url))
    return wanted.length > 0 && wanted.every(({ url }) => taken.has(url))
  }
  return { ...add, added, refused }
}

async function ask(urls: string[], password: string, name: string): Promise<readonly BatchRow[]> {
  const body = { urls, ...(password && { password }), ...(name && { package: name }) }
  return (await call('POST unrestrict/batch', { body })).results
}

function reasonEntry({ url, status = 999, msg = '' }: BatchRow): [string, Refusal] {
  return [url, { status, msg }]
}
