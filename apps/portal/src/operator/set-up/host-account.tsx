import { Button, Group, Stack, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { type HostAccountView, accountTrouble } from '@obb/contracts'
import { useState } from 'react'
import { ErrorNotice } from '../../shared/error-notice.js'
import { formatBytes, formatTime } from '../../shared/format.js'
import { m } from '../../shared/text.js'
import { Pending } from '../../shell/pending.js'
import { troubleText } from '../accounts/account-state.js'
import { AddAccountForm } from '../accounts/add-account.js'
import { StateBadge } from '../parts.js'
import { accountsQuery } from '../queries.js'

/** The operator's own account at a host, which it takes before it is saved. */
export function HostAccount() {
  const { data, error, refetch } = useQuery(accountsQuery)
  const [isAdding, setAdding] = useState(false)
  if (error) return <ErrorNotice error={error} onRetry={() => void refetch()} />
  if (!data) return <Pending />
  return (
    <Stack gap="md">
      <Text size="sm">{m.admin_setup_account_lead()}</Text>
      {data.map((account) => (
        <KnownAccount account={account} key={account.id} />
      ))}
      {data.length === 0 || isAdding ? (
        <AddAccountForm onAdded={() => setAdding(false)} />
      ) : (
        <Group>
          <Button onClick={() => setAdding(true)} variant="default">
            {m.admin_setup_account_another()}
          </Button>
        </Group>
      )}
    </Stack>
  )
}

function KnownAccount({ account }: { account: HostAccountView }) {
  const { platform, label, premium, validUntil, trafficLeft } = account
  const trouble = accountTrouble(account, Date.now())
  const facts = [
    premium === true && validUntil !== null && m.admin_setup_account_until({ time: formatTime(validUntil) }),
    trafficLeft !== null && m.admin_setup_account_traffic({ traffic: formatBytes(trafficLeft) }),
  ].filter((fact) => fact !== false)
  return (
    <div role="status">
      <Group gap="xs">
        <Text fw={600} size="sm">
          {platform} · {label}
        </Text>
        <StateBadge color={trouble ? 'orange' : 'green'}>
          {trouble ? troubleText(trouble) : m.admin_account_on()}
        </StateBadge>
      </Group>
      {facts.length > 0 && (
        <Text c="dimmed" size="xs">
          {facts.join(' · ')}
        </Text>
      )}
    </div>
  )
}
