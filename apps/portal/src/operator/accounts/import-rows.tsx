import { Paper, Stack, Table, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { HostView, ImportRow } from '@obb/contracts'
import { ApiFailure } from '../../api/failure.js'
import { errorTitle } from '../../shared/error-notice.js'
import { m } from '../../shared/text.js'
import { useIsPhone } from '../../shared/use-is-phone.js'
import { StateBadge } from '../parts.js'
import { hostsQuery } from '../queries.js'
import type { Imported } from './use-import.js'

/** The rows of an import and what became of each; drawn all at once, since they scroll with their dialog. */
export function ImportRows({ rows }: { rows: readonly Imported[] }) {
  const { data: hosts = [] } = useQuery(hostsQuery)
  const isPhone = useIsPhone()
  if (isPhone) {
    return (
      <Stack aria-label={m.admin_import_accounts()} gap="xs" role="list">
        {rows.map((each) => (
          <Paper key={each.row.line} p="sm" role="listitem" withBorder>
            <Stack gap="xs">
              <Account row={each.row} />
              <State hosts={hosts} imported={each} />
            </Stack>
          </Paper>
        ))}
      </Stack>
    )
  }
  return (
    <Table aria-label={m.admin_import_accounts()} layout="fixed">
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{m.admin_account()}</Table.Th>
          <Table.Th>{m.admin_state()}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {rows.map((each) => (
          <Table.Tr key={each.row.line}>
            <Table.Td>
              <Account row={each.row} />
            </Table.Td>
            <Table.Td>
              <State hosts={hosts} imported={each} />
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}

function Account({ row }: { row: ImportRow }) {
  const name = row.state === 'unknown_host' ? row.host : row.platform
  const line = m.admin_import_line({ line: row.line })
  const below = [...(row.label && name ? [name] : []), line].join(' · ')
  return (
    <div>
      <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
        {row.label || name || '–'}
      </Text>
      <Text c="dimmed" size="xs">
        {below}
      </Text>
    </div>
  )
}

interface StateProps {
  hosts: readonly HostView[]
  imported: Imported
}

function State({ hosts, imported }: StateProps) {
  const { color, word, why, said } = stateOf(imported, hosts)
  return (
    <Stack align="flex-start" gap={2}>
      <StateBadge color={color}>{word}</StateBadge>
      {why !== undefined && <Text size="xs">{why}</Text>}
      {said !== undefined && (
        <Text c="dimmed" lang="en" size="xs">
          {said}
        </Text>
      )}
    </Stack>
  )
}

interface Told {
  color: string
  word: string
  why?: string
  /** By the host, in its words. */
  said?: string | undefined
}

function stateOf({ row, outcome }: Imported, hosts: readonly HostView[]): Told {
  if (row.state === 'unknown_host')
    return { color: 'red', word: m.admin_import_wrong(), why: m.admin_import_no_host() }
  if (row.state === 'incomplete')
    return { color: 'red', word: m.admin_import_wrong(), why: missingText(row, hosts) }
  if (row.state === 'known' || outcome === 'known') return { color: 'gray', word: m.admin_import_known() }
  if (outcome === undefined) return { color: 'blue', word: m.admin_import_ready() }
  if (outcome === 'asked') return { color: 'blue', word: m.admin_import_asked() }
  if (outcome === 'added') return { color: 'green', word: m.admin_import_added() }
  const { error } = outcome
  return {
    ...{ color: 'red', word: m.admin_import_failed(), why: errorTitle(error) },
    // What follows is of a form with a box to save untested.
    said: error instanceof ApiFailure ? error.details[0] : undefined,
  }
}

function missingText(
  { platform, missing }: Extract<ImportRow, { state: 'incomplete' }>,
  hosts: readonly HostView[],
): string {
  const fields = hosts.find((host) => host.platform === platform)?.credentials ?? []
  const labels = missing.map((name) => fields.find((field) => field.name === name)?.label ?? name)
  return labels.length === 0 ? m.admin_import_bare() : m.admin_import_missing({ fields: labels.join(', ') })
}
