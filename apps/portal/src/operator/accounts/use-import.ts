import { useQueryClient } from '@tanstack/react-query'
import type { ImportRow } from '@obb/contracts'
import { useEffect, useRef, useState } from 'react'
import { call } from '../../api/call.js'
import { ApiFailure } from '../../api/failure.js'
import { ADMIN } from '../queries.js'

type Outcome = 'asked' | 'added' | 'known' | { error: unknown }

export interface Imported {
  row: ImportRow
  /** Undefined: nobody was asked yet. */
  outcome?: Outcome
}

export type Phase = 'still' | 'running' | 'stopping'

/** HTTP code of what is there already. */
const CONFLICT = 409

export const isToDo = ({ row, outcome }: Imported): boolean =>
  row.state === 'new' && (outcome === undefined || typeof outcome === 'object')

/**
 * The accounts of an import, added one after the other. By hand, not as mutations: those are kept for a while with
 * what they were given, which is secret.
 */
export function useImport() {
  const client = useQueryClient()
  const [rows, setRows] = useState<readonly Imported[]>()
  const [phase, setPhase] = useState<Phase>('still')
  const isStopped = useRef(false)
  useEffect(() => {
    isStopped.current = false
    return () => {
      isStopped.current = true
    }
  }, [])
  const tell = (row: ImportRow, outcome: Outcome) =>
    setRows((all) => all?.map((each) => (each.row === row ? { row, outcome } : each)))

  /** Adds those that wait or failed. `onStopped` is told how many were added of how many, where it ended early. */
  const run = async (onStopped: (added: number, of: number) => void) => {
    const waiting = rows?.filter(isToDo) ?? []
    isStopped.current = false
    setPhase('running')
    let added = 0
    for (const { row } of waiting) {
      if (isStopped.current) break
      tell(row, 'asked')
      const outcome = await add(row)
      tell(row, outcome)
      if (outcome === 'added') added += 1
    }
    setPhase('still')
    void client.invalidateQueries({ queryKey: [ADMIN] })
    if (isStopped.current) onStopped(added, waiting.length)
  }
  const stop = () => {
    isStopped.current = true
    setPhase('stopping')
  }
  const begin = (read: readonly ImportRow[]) => setRows(read.map((row) => ({ row })))
  return { rows, phase, begin, run, stop, forget: () => setRows(undefined) }
}

async function add(row: ImportRow): Promise<Outcome> {
  if (row.state !== 'new') return 'known'
  const { platform, credentials } = row
  try {
    await call('POST admin/accounts', { body: { platform, credentials } })
    return 'added'
  } catch (error) {
    return error instanceof ApiFailure && error.http === CONFLICT ? 'known' : { error }
  }
}
