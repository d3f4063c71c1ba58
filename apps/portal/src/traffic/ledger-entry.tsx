import { Anchor, Group, Stack, Text } from '@mantine/core'
import type { LedgerRow } from '../api/portal-types.js'
import { Bytes, ExactTime } from '../shared/figures.js'
import { formatBytes, formatMonth, formatTime } from '../shared/format.js'
import { m } from '../shared/text.js'

export const KINDS: Record<LedgerRow['kind'], () => string> = {
  grant: m.ledger_grant,
  charge: m.ledger_charge,
  refund: m.ledger_refund,
  adjustment: m.ledger_adjustment,
}

/** As the ledger notes what it summed up. */
const SUM = /^sum of (\d{4}-\d{2})$/

/** What an entry is of: a file, or what was noted. */
function subjectText({ fileName, note, kind }: LedgerRow): string {
  const [, month] = SUM.exec(note ?? '') ?? []
  if (month !== undefined) return m.ledger_sum({ month: formatMonth(`${month}-15`) })
  return fileName ?? note ?? KINDS[kind]()
}

/** How an entry belongs to the others of its link; undefined where it says all there is to say. */
function relationText({ kind, amount, linkId, linkCost, chargedAt }: LedgerRow): string | undefined {
  if (linkId === undefined || chargedAt === undefined) return undefined
  if (kind === 'refund') return m.ledger_refund_of({ time: formatTime(chargedAt) })
  if (kind === 'adjustment') return m.ledger_resized({ time: formatTime(chargedAt) })
  if (linkCost === undefined || linkCost === -amount) return undefined
  return linkCost === 0 ? m.ledger_came_back() : m.ledger_net({ size: formatBytes(linkCost) })
}

interface EntryProps {
  row: LedgerRow
  /** Shows all of the link that it is of. */
  onOpen: (linkId: string) => void
}

/** What it is of, with the host, and how it belongs to other entries. */
export function LedgerSubject({ row, onOpen }: EntryProps) {
  const relation = relationText(row)
  const { linkId, fileName } = row
  return (
    <div>
      {linkId !== undefined && fileName !== undefined ? (
        <Anchor
          c="var(--mantine-color-text)"
          component="button"
          onClick={() => onOpen(linkId)}
          size="sm"
          ta="left"
          type="button"
        >
          {fileName}
        </Anchor>
      ) : (
        <Text size="sm">{subjectText(row)}</Text>
      )}
      {(row.platform !== undefined || row.key !== undefined || relation !== undefined) && (
        <Text c="dimmed" size="xs">
          {[row.platform, row.key, relation].filter((part) => part !== undefined).join(' · ')}
        </Text>
      )}
    </div>
  )
}

export function Amount({ value }: { value: number }) {
  return (
    <>
      {value > 0 ? '+' : ''}
      <Bytes value={value} />
    </>
  )
}

/** An entry on a phone: what and how much, and below that when, why and what was left. */
export function LedgerCard({ row, onOpen }: EntryProps) {
  const { at, kind, amount, balance } = row
  return (
    <Stack gap={2}>
      <Group align="flex-start" gap="sm" justify="space-between" wrap="nowrap">
        <LedgerSubject onOpen={onOpen} row={row} />
        <Text flex="none" size="sm">
          <Amount value={amount} />
        </Text>
      </Group>
      <Group c="dimmed" fz="xs" gap="sm" justify="space-between">
        <span>
          {KINDS[kind]()} · <ExactTime at={at} />
        </span>
        <span>
          {m.col_balance()} · <Bytes value={balance} />
        </span>
      </Group>
    </Stack>
  )
}
