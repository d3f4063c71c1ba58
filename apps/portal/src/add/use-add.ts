import { useMutation, useQueryClient } from '@tanstack/react-query'
import type { BatchRow } from '@obb/contracts'
import { useState } from 'react'
import { call } from '../api/call.js'
import type { Folders } from './use-folders.js'

/** Links of one request (MAX_BATCH_LINKS of the API). */
const TOGETHER = 500

/** Why links were not taken, by their URL. */
type Refused = ReadonlyMap<string, { status: number; msg: string }>

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
 * request fails the rest is still there; `data` is how many were taken, `refused` why others were not.
 */
export function useAdd({ password, packageName, folders, roots, remove }: AddOptions) {
  const client = useQueryClient()
  const [refused, setRefused] = useState<Refused>(new Map())
  const add = useMutation({
    mutationFn: async (urls: readonly string[]) => {
      setRefused(new Map())
      const taken = new Set<string>()
      const waiting = [...urls]
      while (waiting.length > 0) {
        const rows = await ask(waiting.splice(0, TOGETHER), password, packageName.trim())
        const here = rows.filter(({ success }) => success)
        for (const { url } of here) taken.add(url)
        folders.tick(here, false)
        const others = rows.filter(({ success }) => !success)
        setRefused((known) => new Map([...known, ...others.map(reasonEntry)]))
        remove(new Set(here.map(({ url }) => url)))
      }
      remove(new Set(roots.filter((root) => isDone(root, taken))))
      return taken.size
    },
    onSuccess: () => client.invalidateQueries({ predicate: ({ queryKey }) => queryKey[0] !== 'session' }),
  })
  /** Of a folder nothing more is wanted: what was left out may be had by its link again. */
  const isDone = (root: string, taken: ReadonlySet<string>) => {
    const wanted = folders.filesOf(root).filter(({ url }) => folders.ticked.has(url))
    return wanted.length > 0 && wanted.every(({ url }) => taken.has(url))
  }
  return { ...add, refused }
}

async function ask(urls: string[], password: string, name: string): Promise<readonly BatchRow[]> {
  const body = { urls, ...(password && { password }), ...(name && { package: name }) }
  return (await call('POST unrestrict/batch', { body })).results
}

function reasonEntry({ url, status = 999, msg = '' }: BatchRow): [string, { status: number; msg: string }] {
  return [url, { status, msg }]
}
