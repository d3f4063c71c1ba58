import { Table } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { HostHistoryAnswer } from '@obb/contracts'
import { useMemo } from 'react'
import { historyQuery } from '../../hosts/history.js'
import { formatNumber } from '../../shared/format.js'
import { failureText } from '../../shared/refusals.js'
import { m } from '../../shared/text.js'
import { Section } from '../parts.js'

interface Failure {
  cause: string
  count: number
  platforms: Set<string>
}

/** By cause, the most frequent first. */
function failuresOf({ hosts }: HostHistoryAnswer): Failure[] {
  const failures = new Map<string, Failure>()
  for (const { platform, periods } of hosts)
    for (const [cause, count] of periods.flatMap((period) => Object.entries(period.failures))) {
      const known = failures.get(cause) ?? { cause, count: 0, platforms: new Set() }
      failures.set(cause, { cause, count: known.count + count, platforms: known.platforms.add(platform) })
    }
  return [...failures.values()].toSorted((one, other) => other.count - one.count)
}

/** Why fetches of the last day failed, and at which hosts. */
export function Failures() {
  const { data } = useQuery(historyQuery(1))
  const failures = useMemo(() => (data ? failuresOf(data) : []), [data])
  if (failures.length === 0) return null
  return (
    <Section lead={m.admin_failures_lead()} title={m.history_failures()}>
      <Table aria-label={m.history_failures()} verticalSpacing={6}>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{m.admin_file_refusal()}</Table.Th>
            <Table.Th>{m.admin_host()}</Table.Th>
            <Table.Th ta="right">{m.admin_times()}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {failures.map(({ cause, count, platforms }) => (
            <Table.Tr key={cause}>
              <Table.Td>{failureText(cause)}</Table.Td>
              <Table.Td>{[...platforms].join(', ')}</Table.Td>
              <Table.Td ta="right">{formatNumber(count)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Section>
  )
}
