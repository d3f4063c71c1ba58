import { Table, Text } from '@mantine/core'
import type { AuditEntryView } from '@obb/contracts'
import { m } from '../../shared/text.js'
import { NOTHING, shownChange } from './fields.js'

type Given = Pick<AuditEntryView, 'changes'>

/** Changes that a row tells of. */
const IN_A_ROW = 2

/** What was before and after, in one line; of what is new, what it is. */
export function ChangesInShort({ changes }: Given) {
  const all = Object.entries(changes ?? {})
  const rest = all.length - IN_A_ROW
  if (all.length === 0) return null
  const shown = all.slice(0, IN_A_ROW).map((change) => {
    const { field, before, after } = shownChange(change)
    return `${field}: ${before === NOTHING ? after : `${before} → ${after}`}`
  })
  return (
    <Text c="dimmed" lineClamp={2} size="xs" style={{ overflowWrap: 'anywhere' }}>
      {[...shown, ...(rest > 0 ? [m.admin_value_more({ count: rest })] : [])].join(' · ')}
    </Text>
  )
}

/** What was before and after, field by field. */
export function Changes({ changes }: Given) {
  const fields = Object.entries(changes ?? {})
  if (fields.length === 0) {
    return (
      <Text c="dimmed" size="sm">
        {m.admin_changes_none()}
      </Text>
    )
  }
  return (
    <Table style={{ overflowWrap: 'anywhere' }}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{m.admin_field()}</Table.Th>
          <Table.Th>{m.admin_before()}</Table.Th>
          <Table.Th>{m.admin_after()}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {fields.map((change) => {
          const { field, before, after } = shownChange(change)
          return (
            <Table.Tr key={change[0]}>
              <Table.Th scope="row">{field}</Table.Th>
              <Table.Td>{before}</Table.Td>
              <Table.Td>{after}</Table.Td>
            </Table.Tr>
          )
        })}
      </Table.Tbody>
    </Table>
  )
}
