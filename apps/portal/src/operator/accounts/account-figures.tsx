import { Text } from '@mantine/core'
import type { HostAccountView } from '@obb/contracts'
import { Bytes } from '../../shared/figures.js'
import { formatNumber } from '../../shared/format.js'
import { m } from '../../shared/text.js'

export function ofLimit(held: number, limit: number | null): string {
  return limit === null ? formatNumber(held) : `${formatNumber(held)} / ${formatNumber(limit)}`
}

/** What the host says is left, and of how much. */
export function AccountTraffic({ account: { trafficLeft, trafficTotal } }: { account: HostAccountView }) {
  if (trafficLeft === null) return m.admin_not_told()
  return (
    <>
      <Bytes value={trafficLeft} />
      {trafficTotal !== null && (
        <Text c="dimmed" component="span" size="xs">
          {' '}
          {m.admin_of()} <Bytes value={trafficTotal} />
        </Text>
      )}
    </>
  )
}
