import { useQuery } from '@tanstack/react-query'
import { useMemo } from 'react'
import { Table } from '@mantine/core'
import type { HostHistoryAnswer } from '@obb/contracts'
import { failedOf, historyQuery } from '../../hosts/history.js'
import { Chart } from '../../shared/chart/chart.js'
import { formatHour, formatNumber } from '../../shared/format.js'
import { everyPeriod, stepOf } from '../../shared/periods.js'
import { m } from '../../shared/text.js'
import { Section } from '../parts.js'
import styles from './overview.module.css'

interface Hour {
  /** Epoch ms. */
  from: number
  succeeded: number
  failed: number
}

/** Fetches of all hosts together, every hour of the last day. `now`: epoch ms. */
function hoursOf({ hosts }: HostHistoryAnswer, now: number): Hour[] {
  const hours = new Map(everyPeriod([], 1, now).map(({ from }) => [from, { from, succeeded: 0, failed: 0 }]))
  for (const period of hosts.flatMap(({ periods }) => periods)) {
    const hour = hours.get(Date.parse(period.from))
    if (!hour) continue
    hour.succeeded += period.succeeded
    hour.failed += failedOf(period)
  }
  return [...hours.values()]
}

/** How much is fetched, and how much of it fails. */
export function FetchRate() {
  const { data, dataUpdatedAt } = useQuery({ ...historyQuery(1), refetchInterval: 60_000 })
  const hours = useMemo(() => (data ? hoursOf(data, dataUpdatedAt) : []), [data, dataUpdatedAt])
  const series = useMemo(
    () => [
      { name: m.admin_rate_succeeded(), values: hours.map(({ succeeded }) => succeeded) },
      { name: m.admin_rate_failed(), values: hours.map(({ failed }) => failed) },
    ],
    [hours],
  )
  const at = useMemo(() => hours.map(({ from }) => from / 1000), [hours])
  const busy = hours.filter(({ succeeded, failed }) => succeeded + failed > 0)
  if (busy.length === 0) return null
  return (
    <Section lead={m.admin_rate_lead()} title={m.admin_rate()}>
      <Chart
        at={at}
        format={formatCount}
        formatAt={formatHour}
        kind="bars"
        label={m.admin_rate()}
        series={series}
        step={stepOf(1) / 1000}
      />
      <details>
        <summary className={styles['summary']}>{m.admin_rate_table()}</summary>
        <Table aria-label={m.admin_rate()} fz="xs" mt="sm" verticalSpacing={2}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{m.col_time()}</Table.Th>
              <Table.Th ta="right">{m.admin_rate_succeeded()}</Table.Th>
              <Table.Th ta="right">{m.admin_rate_failed()}</Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {busy.toReversed().map(({ from, succeeded, failed }) => (
              <Table.Tr key={from}>
                <Table.Td>{formatHour(from)}</Table.Td>
                <Table.Td ta="right">{formatNumber(succeeded)}</Table.Td>
                <Table.Td ta="right">{formatNumber(failed)}</Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      </details>
    </Section>
  )
}

/** Halves of a fetch are no mark of an axis. */
const formatCount = (value: number) => (Number.isInteger(value) ? formatNumber(value) : '')
