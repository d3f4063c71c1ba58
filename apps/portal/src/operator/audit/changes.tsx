import { Table, Text } from '@mantine/core'
import type { AuditEntryView } from '@obb/contracts'
import { m } from '../../shared/text.js'

function shown(value: unknown): string {
  if (value === null || value === undefined) return '–'
  return typeof value === 'string' ? value : JSON.stringify(value)
}

/** What was before and after, field by field. */
export function Changes({ changes }: Pick<AuditEntryView, 'changes'>) {
  const fields = Object.entries(changes ?? {})
  if (fields.length === 0) {
    return (
      <Text c="dimmed" size="sm">
        {m.admin_changes_none()}
      </Text>
    )
  }
  return (
    <Table>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{m.admin_field()}</Table.Th>
          <Table.Th>{m.admin_before()}</Table.Th>
          <Table.Th>{m.admin_after()}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map(([field, [before, after]]) => (
          <Table.Tr key={field}>
            <Table.Th scope="row">{field}</Table.Th>
            <Table.Td>{shown(before)}</Table.Td>
            <Table.Td>{shown(after)}</Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  )
}
