import { Group, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { call } from '../api/call.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { formatBytes, formatDay, localZone } from '../shared/format.js'
import { m } from '../shared/text.js'
import { DayChart } from './day-chart.js'
import styles from './days.module.css'
import { daysOf } from './usage-days.js'

const DAYS = 30

/** What each of the latest days took: a picture to compare them by, and the figures. */
export function Days() {
  const usage = useQuery({
    queryKey: ['usage', DAYS],
    queryFn: ({ signal }) => call('GET usage', { query: { days: DAYS, timeZone: localZone() }, signal }),
  })
  const { data, dataUpdatedAt } = usage
  const days = useMemo(() => daysOf(data?.days ?? []).filter(({ bytes }) => bytes > 0), [data])
  if (usage.error) return <ErrorNotice error={usage.error} onRetry={() => void usage.refetch()} />
  if (days.length === 0) return null
  return (
    <section aria-labelledby="days">
      <Title id="days" mb="sm" order={2}>
        {m.traffic_days({ count: DAYS })}
      </Title>
      <DayChart count={DAYS} days={days} now={dataUpdatedAt} />
      <Stack component="ul" gap={6} m={0} mt="md" p={0}>
        {days.map(({ day, bytes, hosts }) => (
          <li className={styles['day']} key={day}>
            <Text size="sm">{formatDay(`${day}T12:00:00`)}</Text>
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
