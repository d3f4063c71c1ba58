import { Anchor, Group, NativeSelect, Stack, Text, Title } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { Link, getRouteApi } from '@tanstack/react-router'
import type { KeyUsageAnswer } from '@obb/contracts'
import { useMemo } from 'react'
import type { Column } from '../shared/data-table-props.js'
import { DataTable } from '../shared/data-table.js'
import { ErrorNotice } from '../shared/error-notice.js'
import { Bytes, Time } from '../shared/figures.js'
import { formatBytes, formatNumber, formatPercent } from '../shared/format.js'
import { NO_KEY } from '../shared/key-select.js'
import { m } from '../shared/text.js'
import { keyUsageQuery } from './key-usage-query.js'
import { KEY_SPANS, trafficSearch } from './search.js'

const route = getRouteApi('/frame/traffic')
const DAYS = '30'

type UsedByKey = KeyUsageAnswer['keys'][number]
type Row = UsedByKey & { sum: number }
type Span = (typeof KEY_SPANS)[number]

/** What each key used in the period, with the way to its entries. */
export function ByKey() {
  const { used = DAYS } = route.useSearch()
  const navigate = route.useNavigate()
  const usage = useQuery(keyUsageQuery(Number(used)))
  const rows = useMemo(() => {
    const keys = usage.data?.keys ?? []
    const sum = keys.reduce((all, { bytes }) => all + bytes, 0)
    return keys.map((key) => ({ ...key, sum }))
  }, [usage.data])
  const columns = useMemo(() => columnsOf(used), [used])
  return (
    <section aria-labelledby="by-key">
      <Group gap="sm" justify="space-between" mb="sm">
        <Title id="by-key" order={2}>
          {m.traffic_keys()}
        </Title>
        <NativeSelect
          aria-label={m.ledger_period()}
          data={KEY_SPANS.map((span) => ({ value: span, label: m.traffic_days({ count: span }) }))}
          onChange={({ currentTarget: { value } }) =>
            void navigate({
              search: (known) => trafficSearch({ ...known, used: value === DAYS ? undefined : value }),
              replace: true,
              resetScroll: false,
            })
          }
          value={used}
        />
      </Group>
      {usage.error && <ErrorNotice error={usage.error} onRetry={() => void usage.refetch()} />}
      {usage.data && rows.length === 0 && (
        <Text c="dimmed" size="sm">
          {m.traffic_keys_empty()}
        </Text>
      )}
      {rows.length > 0 && (
        <DataTable
          card={(row) => <KeyCard row={row} span={used} />}
          columns={columns}
          label={m.traffic_keys()}
          rowKey={({ keyId }) => keyId ?? NO_KEY}
          rows={rows}
        />
      )}
    </section>
  )
}

/** Its name, which leads to its entries of the same days. */
function KeyName({ row: { keyId, key }, span }: { row: UsedByKey; span: Span }) {
  return (
    <div>
      <Anchor
        renderRoot={(props) => (
          <Link
            {...props}
            hash="ledger"
            search={{ key: keyId ?? NO_KEY, days: span, ...(span !== DAYS && { used: span }) }}
            to="/traffic"
          />
        )}
        size="sm"
      >
        {keyId === null ? m.key_none() : (key ?? m.key_gone())}
      </Anchor>
      {keyId === null && (
        <Text c="dimmed" size="xs">
          {m.key_none_hint()}
        </Text>
      )}
    </div>
  )
}

const shareOf = ({ bytes, sum }: Row) => formatPercent(sum === 0 ? 0 : bytes / sum)

function KeyCard({ row, span }: { row: Row; span: Span }) {
  return (
    <Stack gap={2}>
      <Group align="flex-start" gap="sm" justify="space-between" wrap="nowrap">
        <KeyName row={row} span={span} />
        <Text flex="none" size="sm">
          {formatBytes(row.bytes)} · {shareOf(row)}
        </Text>
      </Group>
      <Group c="dimmed" fz="xs" gap="sm" justify="space-between">
        <span>
          {m.col_files()} · {formatNumber(row.links)}
        </span>
        <Time at={row.chargedAt} />
      </Group>
    </Stack>
  )
}

const columnsOf = (span: Span): Column<Row>[] => [
  {
    id: 'key',
    header: m.col_key(),
    width: 'minmax(0, 1fr)',
    cell: (row) => <KeyName row={row} span={span} />,
  },
  {
    id: 'used',
    header: m.col_used(),
    width: '7rem',
    align: 'right',
    cell: ({ bytes }) => <Bytes value={bytes} />,
  },
  { id: 'share', header: m.col_share(), width: '5rem', align: 'right', cell: shareOf },
  {
    id: 'files',
    header: m.col_files(),
    width: '5rem',
    align: 'right',
    cell: ({ links }) => formatNumber(links),
  },
  {
    id: 'last',
    header: m.col_last_charge(),
    width: '9rem',
    align: 'right',
    cell: ({ chargedAt }) => <Time at={chargedAt} />,
  },
]
