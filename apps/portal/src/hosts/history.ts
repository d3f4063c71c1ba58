import { queryOptions, useQuery } from '@tanstack/react-query'
import { type HostHistoryAnswer, isDegraded } from '@obb/contracts'
import { call } from '../api/call.js'
import type { Window } from '../shared/periods.js'

export type Period = HostHistoryAnswer['hosts'][number]['periods'][number]

/** How all hosts did; it is the same for everybody, so a page asks once for all of its rows. */
export const historyQuery = (days: Window) =>
  queryOptions({
    queryKey: ['host-history', days],
    queryFn: ({ signal }) => call('GET hosts/history', { query: { days }, signal }),
    staleTime: 60_000,
  })

export const periodsOf = (history: HostHistoryAnswer | undefined, platform: string): readonly Period[] =>
  history?.hosts.find((host) => host.platform === platform)?.periods ?? []

export const failedOf = ({ failures }: Period): number =>
  Object.values(failures).reduce((sum, count) => sum + count, 0)

/** 0–1; null where nothing ended. */
export function successOf(period: Period | undefined): number | null {
  if (!period) return null
  const all = period.succeeded + failedOf(period)
  return all === 0 ? null : period.succeeded / all
}

function totalsOf(periods: readonly Period[]): { succeeded: number; failed: number } {
  return {
    succeeded: periods.reduce((sum, period) => sum + period.succeeded, 0),
    failed: periods.reduce((sum, period) => sum + failedOf(period), 0),
  }
}

/** Whether a host that works does so badly, as the status page has it. */
export function useIsDegraded(platform: string): boolean {
  const { data } = useQuery(historyQuery(1))
  const { succeeded, failed } = totalsOf(periodsOf(data, platform))
  return isDegraded(succeeded, failed)
}

/** All of the periods together. */
export function totalSuccess(periods: readonly Period[]): number | null {
  const { succeeded, failed } = totalsOf(periods)
  return succeeded + failed === 0 ? null : succeeded / (succeeded + failed)
}
