import { Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { StreamView } from '@obb/contracts'
import { clientName } from '../../profile/client-name.js'
import { DataTable } from '../../shared/data-table.js'
import type { Column } from '../../shared/data-table-props.js'
import { Time } from '../../shared/figures.js'
import { formatNumber, formatPercent, formatSpeed } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { Section } from '../parts.js'
import { streamsQuery } from '../queries.js'

/** Who downloads from this server now: the fastest, of how many, and by which proxies. */
export function Streams() {
  const { data } = useQuery(streamsQuery)
  if (!data) return null
  const { total, streams, proxies } = data
  const offloaded = proxies.reduce((sum, proxy) => sum + proxy.offloaded, 0)
  if (total === 0 && offloaded === 0) return null
  return (
    <Section lead={m.admin_streams_lead({ shown: streams.length, total })} title={m.admin_streams()}>
      <Stack gap="sm">
        {streams.length > 0 && (
          <DataTable
            columns={COLUMNS()}
            label={m.admin_streams()}
            rowKey={({ linkId, isShared }) => `${linkId} ${isShared}`}
            rows={streams}
          />
        )}
        {proxies.map((proxy) => (
          <Text key={proxy.id} size="sm">
            {proxy.id} ·{' '}
            {m.admin_streams_proxy({
              ...{ streams: formatNumber(proxy.streams), connections: formatNumber(proxy.connections) },
              speed: formatSpeed(proxy.bytesPerSecond),
            })}
            {proxy.offloaded > 0 &&
              ` · ${m.admin_streams_offloaded({ count: formatNumber(proxy.offloaded) })}`}
          </Text>
        ))}
      </Stack>
    </Section>
  )
}

const COLUMNS = (): Column<StreamView>[] => [
  {
    id: 'name',
    header: m.admin_file(),
    width: 'minmax(0, 4fr)',
    cell: ({ name, distinct, size }) => (
      <>
        {name}
        {size > 0 && (
          <Text c="dimmed" size="xs">
            {formatPercent(Math.min(1, distinct / size))}
          </Text>
        )}
      </>
    ),
  },
  {
    id: 'user',
    header: m.admin_streams_user(),
    width: 'minmax(0, 3fr)',
    cell: ({ user, isShared }) => (isShared ? m.admin_streams_share({ user }) : user),
  },
  {
    id: 'client',
    header: m.admin_streams_client(),
    width: 'minmax(0, 3fr)',
    cell: ({ client, address }) => [clientName(client), address].filter(Boolean).join(' · ') || '–',
  },
  {
    id: 'speed',
    header: m.admin_streams_speed(),
    width: '7rem',
    align: 'right',
    cell: ({ bytesPerSecond }) => formatSpeed(bytesPerSecond),
  },
  {
    id: 'since',
    header: m.admin_streams_since(),
    width: '8rem',
    align: 'right',
    cell: ({ since }) => <Time at={since} />,
  },
]
