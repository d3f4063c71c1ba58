import { Button, Group, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { EmptyState } from '../../shared/empty-state.js'
import { Time } from '../../shared/figures.js'
import { formatDay } from '../../shared/format.js'
import { AccountsIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { m } from '../../shared/text.js'
import { Listed } from '../listed.js'
import { OpenRow } from '../parts.js'
import { accountsQuery } from '../queries.js'
import { withoutUnset } from '../search.js'
import { AccountDetails } from './account-details.js'
import { AccountTraffic, ofLimit } from './account-figures.js'
import { AccountState } from './account-state.js'
import { AddAccount } from './add-account.js'
import { ImportAccounts } from './import-accounts.js'

const route = getRouteApi('/frame/operator/admin/accounts')

/** The operator's accounts at the hosts. */
export function AccountsPage() {
  const { account: opened } = route.useSearch()
  const navigate = route.useNavigate()
  const [isAdding, setAdding] = useState(false)
  const [isImporting, setImporting] = useState(false)
  const { data: accounts = [], isPending, error, refetch } = useQuery(accountsQuery)
  const open = (account: string | undefined) =>
    void navigate({ search: withoutUnset({ account }), replace: true })
  const add = () => setAdding(true)
  return (
    <>
      <PageHeader
        actions={
          <Group gap="xs">
            <Button onClick={() => setImporting(true)} variant="default">
              {m.admin_import()}
            </Button>
            <Button onClick={add}>{m.admin_account_add()}</Button>
          </Group>
        }
        lead={m.admin_accounts_lead()}
        title={m.nav_accounts()}
      />
      <Listed
        columns={[
          {
            id: 'account',
            header: m.admin_account(),
            width: 'minmax(0, 3fr)',
            cell: ({ id, label, platform }) => (
              <>
                <OpenRow onOpen={() => open(id)}>{label}</OpenRow>
                <Text c="dimmed" size="xs">
                  {platform}
                </Text>
              </>
            ),
          },
          {
            id: 'state',
            header: m.admin_state(),
            width: 'minmax(0, 3fr)',
            cell: (account) => <AccountState account={account} />,
          },
          {
            id: 'valid',
            header: m.admin_account_valid_until(),
            width: 'minmax(0, 1.6fr)',
            align: 'right',
            cell: ({ validUntil }) => (validUntil === null ? m.admin_not_told() : formatDay(validUntil)),
          },
          {
            id: 'traffic',
            header: m.admin_traffic_left(),
            width: 'minmax(0, 2fr)',
            align: 'right',
            cell: (account) => <AccountTraffic account={account} />,
          },
          {
            id: 'downloads',
            header: m.admin_account_downloads(),
            width: 'minmax(0, 1.6fr)',
            align: 'right',
            cell: ({ downloads, maxDownloads }) => ofLimit(downloads, maxDownloads),
          },
          {
            id: 'checked',
            header: m.admin_checked(),
            width: 'minmax(0, 1.8fr)',
            align: 'right',
            cell: ({ checkedAt }) => (checkedAt === null ? m.admin_never() : <Time at={checkedAt} />),
          },
        ]}
        empty={
          <EmptyState icon={<AccountsIcon size={32} />} title={m.admin_accounts_none()}>
            <Text size="sm">{m.admin_accounts_none_hint()}</Text>
            <Button onClick={add} variant="default">
              {m.admin_account_add()}
            </Button>
          </EmptyState>
        }
        label={m.nav_accounts()}
        list={{ rows: accounts, isPending, error, retry: () => void refetch() }}
        rowKey={({ id }) => id}
      />
      <AddAccount onAdded={open} onClose={() => setAdding(false)} opened={isAdding} />
      <ImportAccounts onClose={() => setImporting(false)} opened={isImporting} />
      <AccountDetails account={accounts.find(({ id }) => id === opened)} onClose={() => open(undefined)} />
    </>
  )
}
