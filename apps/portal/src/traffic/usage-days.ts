import type { UsageView } from '../api/portal-types.js'

export interface Day {
  day: string
  bytes: number
  hosts: { platform: string; bytes: number }[]
}

/** Rows of a day together, without what came back; the latest first. */
export function daysOf(usage: UsageView['days']): Day[] {
  const days = new Map<string, Day>()
  for (const { day, platform, charged, refunded } of usage) {
    const known = days.get(day) ?? { day, bytes: 0, hosts: [] }
    const bytes = Math.max(0, charged - refunded)
    known.bytes += bytes
    known.hosts.push({ platform, bytes })
    days.set(day, known)
  }
  return [...days.values()].sort((a, b) => b.day.localeCompare(a.day))
}

interface SeriesOptions {
  /** Series that can be told apart. */
  most: number
  /** What those are called together that there is no series for. */
  others: string
}

/** The hosts with the most traffic, each with its bytes by day, and all others as one. `at`: days, epoch s. */
export function seriesOf(days: readonly Day[], at: readonly number[], { most, others }: SeriesOptions) {
  const totals = new Map<string, number>()
  const byDay = new Map<number, Map<string, number>>()
  for (const { day, hosts } of days) {
    byDay.set(Date.parse(day) / 1000, new Map(hosts.map(({ platform, bytes }) => [platform, bytes])))
    for (const { platform, bytes } of hosts) totals.set(platform, (totals.get(platform) ?? 0) + bytes)
  }
  const names = [...totals].sort(([, a], [, b]) => b - a).map(([platform]) => platform)
  const own = names.length > most ? names.slice(0, most - 1) : names
  const rest = names.slice(own.length)
  const bytesOf = (day: number, platforms: readonly string[]) =>
    platforms.reduce((sum, platform) => sum + (byDay.get(day)?.get(platform) ?? 0), 0)
  return [
    ...own.map((name) => ({ name, values: at.map((day) => bytesOf(day, [name])) })),
    ...(rest.length === 0 ? [] : [{ name: others, values: at.map((day) => bytesOf(day, rest)) }]),
  ]
}
