import { Group, NativeSelect } from '@mantine/core'
import { HostSelect } from '../shared/host-select.js'
import { KeySelect } from '../shared/key-select.js'
import { m } from '../shared/text.js'
import { KINDS } from './ledger-entry.js'
import { LEDGER_KINDS, SPANS, type TrafficSearch } from './search.js'

interface LedgerFiltersProps {
  search: TrafficSearch
  onChange: (change: { [K in keyof TrafficSearch]?: string | undefined }) => void
}

/** Kind, host, key and time of the entries; what is set stands in the URL. */
export function LedgerFilters({ search: { kind, host, key, days }, onChange }: LedgerFiltersProps) {
  return (
    <Group gap="sm" mb="sm">
      <NativeSelect
        aria-label={m.col_kind()}
        data={[
          { value: '', label: m.ledger_all_kinds() },
          ...LEDGER_KINDS.map((each) => ({ value: each, label: KINDS[each]() })),
        ]}
        onChange={(event) => onChange({ kind: event.currentTarget.value || undefined })}
        value={kind ?? ''}
      />
      <HostSelect onChange={(platform) => onChange({ host: platform })} value={host} />
      <KeySelect onChange={(of) => onChange({ key: of })} value={key} />
      <NativeSelect
        aria-label={m.ledger_period()}
        data={[
          { value: '', label: m.ledger_always() },
          ...SPANS.map((span) => ({
            value: span,
            label: span === '1' ? m.ledger_last_day() : m.traffic_days({ count: span }),
          })),
        ]}
        onChange={(event) => onChange({ days: event.currentTarget.value || undefined })}
        value={days ?? ''}
      />
    </Group>
  )
}
