import { Group, SegmentedControl, Stack, Table, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useMemo, useState } from 'react'
import { Chart } from '../shared/chart/chart.js'
import { ErrorNotice } from '../shared/error-notice.js'
import {
  formatDay,
  formatHour,
  formatNumber,
  formatPercent,
  formatShortDay,
  formatSpeed,
} from '../shared/format.js'
import { failureText } from '../shared/refusals.js'
import { type Window, everyPeriod, stepOf } from '../shared/periods.js'
import { m } from '../shared/text.js'
import { Pending } from '../shell/pending.js'
import { type Period, failedOf, historyQuery, periodsOf, successOf } from './history.js'

/** Their heads are not broken. */
const HEADS = { th: { whiteSpace: 'nowrap' } } as const

const WINDOWS: readonly Window[] = [1, 90]

/** How one host did over time: as pictures, and as a table of the same figures. */
export function HostHistory({ platform }: { platform: string }) {
  const [window, show] = useState<Window>(1)
  const { data, error, isPending, refetch, dataUpdatedAt } = useQuery(historyQuery(window))
  const periods = useMemo(() => periodsOf(data, platform), [data, platform])
  return (
    <section aria-label={m.history_title()}>
      <Group gap="sm" justify="space-between" mb="sm">
        <Title order={2}>{m.history_title()}</Title>
        <SegmentedControl
          aria-label={m.history_window()}
          data={WINDOWS.map((each) => ({ value: String(each), label: windowText(each) }))}
          onChange={(value) => show(value === '1' ? 1 : 90)}
          size="xs"
          value={String(window)}
        />
      </Group>
      {error && <ErrorNotice error={error} onRetry={() => void refetch()} />}
      {isPending && <Pending />}
      {data && periods.length === 0 && (
        <Text c="dimmed" size="sm">
          {m.history_none()}
        </Text>
      )}
      {periods.length > 0 && (
        <Stack gap="md">
          <Charts now={dataUpdatedAt} periods={periods} window={window} />
          <Periods periods={periods} window={window} />
        </Stack>
      )}
    </section>
  )
}

const windowText = (window: Window) => (window === 1 ? m.history_day() : m.history_quarter())

const formatFrom = (window: Window) => (window === 1 ? formatHour : formatUtcDay)
/** Days are those of UTC, whatever day it is here. */
const formatUtcDay = (at: number | string) => formatDay(at, 'UTC')

interface Shown {
  periods: readonly Period[]
  window: Window
}

function Charts({ periods, window, now }: Shown & { now: number }) {
  const all = useMemo(() => everyPeriod(periods, window, now), [periods, window, now])
  const success = useMemo(
    () => [{ name: m.history_success(), values: all.map(({ period }) => successOf(period)) }],
    [all],
  )
  const speed = useMemo(
    () => [{ name: m.history_speed(), values: all.map(({ period }) => period?.speed ?? null) }],
    [all],
  )
  const common = {
    at: useMemo(() => all.map(({ from }) => from / 1000), [all]),
    step: stepOf(window) / 1000,
    formatAt: window === 1 ? formatHour : formatShortDay,
  }
  const hasSpeed = periods.some((period) => period.speed !== null)
  return (
    <>
      <Named name={m.history_success()}>
        <Chart
          {...common}
          format={formatPercent}
          kind="line"
          label={m.history_success()}
          max={1}
          series={success}
        />
      </Named>
      {hasSpeed && (
        <Named name={m.history_speed()}>
          <Chart {...common} format={formatSpeed} kind="line" label={m.history_speed()} series={speed} />
        </Named>
      )}
    </>
  )
}

function Named({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div>
      <Text aria-hidden="true" fw={500} size="sm">
        {name}
      </Text>
      {children}
    </div>
  )
}

function Periods({ periods, window }: Shown) {
  const format = formatFrom(window)
  return (
    <Table.ScrollContainer minWidth={520} type="native">
      <Table aria-label={m.history_title()} fz="xs" styles={HEADS} verticalSpacing={4}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{m.col_time()}</Table.Th>
            <Table.Th ta="right">{m.history_fetches()}</Table.Th>
            <Table.Th ta="right">{m.history_success()}</Table.Th>
            <Table.Th ta="right">{m.history_speed()}</Table.Th>
            <Table.Th>{m.history_failures()}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {[...periods].reverse().map((period) => (
            <Table.Tr key={period.from}>
              <Table.Td>{format(period.from)}</Table.Td>
              <Table.Td ta="right">{formatNumber(period.succeeded + failedOf(period))}</Table.Td>
              <Table.Td ta="right">{formatPercent(successOf(period) ?? 0)}</Table.Td>
              <Table.Td ta="right">{period.speed === null ? '–' : formatSpeed(period.speed)}</Table.Td>
              <Table.Td>
                {Object.entries(period.failures).map(([cause, count]) => (
                  <div key={cause}>
                    {formatNumber(count)} × {failureText(cause)}
                  </div>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  )
}
