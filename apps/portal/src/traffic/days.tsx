import { Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { call } from '../api/call.js'
import type { UsageView } from '../api/portal-types.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatBytes, formatDay } from '../shared/format.js'
import { m } from '../shared/text.js'
import styles from './days.module.css'

const DAYS = 30

interface Day {
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

/** What each of the latest days took: figures, with a bar to compare them by. */
export function Days() {
  const usage = useQuery({
    queryKey: ['usage', DAYS],
    queryFn: ({ signal }) => call('GET usage', { query: { days: DAYS }, signal }),
  })
  const days = daysOf(usage.data?.days ?? []).filter(({ bytes }) => bytes > 0)
  const most = Math.max(1, ...days.map(({ bytes }) => bytes))
  if (usage.error) return <ErrorNotice error={usage.error} onRetry={() => void usage.refetch()} />
  if (days.length === 0) return null
  return (
    <section aria-labelledby="days">
      <Title id="days" mb="sm" order={2}>
        {m.traffic_days({ count: DAYS })}
      </Title>
      <Stack component="ul" gap={6} m={0} p={0}>
        {days.map(({ day, bytes, hosts }) => (
          <li className={styles['day']} key={day}>
            <Text size="sm">{formatDay(`${day}T12:00:00`)}</Text>
            <div aria-hidden="true" className={styles['track']}>
              <div className={styles['bar']} style={{ width: `${(bytes / most) * 100}%` }} />
            </div>
            <Group gap={8} wrap="wrap">
              <Text fw={500} size="sm">
                {formatBytes(bytes)}
              </Text>
              <Text c="dimmed" size="xs">
                {hosts.map((host) => `${host.platform} ${formatBytes(host.bytes)}`).join(' · ')}
              </Text>
            </Group>
          </li>
        ))}
      </Stack>
    </section>
  )
}
