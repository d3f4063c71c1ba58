import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { formatBytes } from '../shared/format.js'
import { m } from '../shared/text.js'
import { accountQuery } from '../traffic/account.js'
import styles from './add-page.module.css'
import type { Sum } from './sum.js'

interface SumBarProps {
  sum: Sum
  isPending: boolean
  onSubmit: () => void
}

/** What the links come to, what is left afterwards, and the button that has them fetched. */
export function SumBar({ sum, isPending, onSubmit }: SumBarProps) {
  const { data: account } = useQuery(accountQuery)
  const left = account && account.trafficleft - sum.cost
  const limits = (account?.limits ?? []).filter(
    ({ platform, max }) => max !== null && sum.costByPlatform.has(platform),
  )
  return (
    <div className={styles['sum']}>
      <Group justify="space-between">
        <div>
          <Text fw={600} size="sm">
            {sum.links.length === 0
              ? m.add_sum_none()
              : m.add_sum({
                  count: sum.links.length,
                  size: formatBytes(sum.bytes),
                  cost: formatBytes(sum.cost),
                })}
            {sum.unknown > 0 && ` ${m.add_sum_unknown({ count: sum.unknown })}`}
            {sum.reckoned > 0 && ` ${m.add_sum_reckoned()}`}
          </Text>
          <Text c={left !== undefined && left < 0 ? 'var(--mantine-color-error)' : 'dimmed'} size="xs">
            {left !== undefined &&
              (left < 0
                ? m.add_short_of({ size: formatBytes(-left) })
                : m.add_left({ size: formatBytes(left) }))}
            {limits.map(({ platform, used, max }) => (
              <span key={platform}>
                {' · '}
                {m.add_host_left({ host: platform, size: formatBytes(Math.max(0, (max ?? 0) - used)) })}
              </span>
            ))}
            {sum.asking > 0 && ` · ${m.add_sum_asking({ count: sum.asking })}`}
          </Text>
        </div>
        <Button disabled={sum.links.length === 0} loading={isPending} onClick={onSubmit}>
          {sum.links.length === 0 ? m.nav_add() : m.add_submit({ count: sum.links.length })}
        </Button>
      </Group>
    </div>
  )
}
