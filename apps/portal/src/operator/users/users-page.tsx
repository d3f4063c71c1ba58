import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useInfiniteQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { EmptyState } from '../../shared/empty-state.js'
import { Bytes, Time } from '../../shared/figures.js'
import { formatDay } from '../../shared/format.js'
import { UsersIcon } from '../../shared/icons.js'
import { PageHeader } from '../../shared/page-header.js'
import { SearchInput } from '../../shared/search-input.js'
import { m } from '../../shared/text.js'
import { Listed, useRows } from '../listed.js'
import { OpenRow } from '../parts.js'
import { usersQuery } from '../queries.js'
import { withoutUnset } from '../search.js'
import { AddUser } from './add-user.js'
import { Invitations } from './invitations.js'
import { Invite } from './invite.js'
import { UserDetails } from './user-details.js'
import { UserState } from './user-state.js'

const route = getRouteApi('/frame/operator/admin/users')

/** Who may use the service, and what of it. */
export function UsersPage() {
  const { search, user, tab } = route.useSearch()
  const navigate = route.useNavigate()
  const [dialog, open] = useState<'add' | 'invite'>()
  const change = (next: {
    search?: string | undefined
    user?: string | undefined
    tab?: string | undefined
  }) => void navigate({ search: (known) => withoutUnset({ ...known, ...next }), replace: true })
  return (
    <>
      <PageHeader
        actions={
          <>
            <Button onClick={() => open('add')} variant="default">
              {m.admin_user_add()}
            </Button>
            <Button onClick={() => open('invite')}>{m.admin_invite()}</Button>
          </>
        }
        lead={m.admin_users_lead()}
        title={m.nav_users()}
      />
      <Stack gap="md">
        <Group justify="space-between">
          <SegmentedControl
            aria-label={m.admin_shown()}
            data={[
              { value: '', label: m.nav_users() },
              { value: 'invitations', label: m.admin_invitations() },
            ]}
            onChange={(value) => change({ tab: value || undefined })}
            value={tab ?? ''}
          />
          {tab === undefined && (
            <SearchInput
              label={m.admin_users_search()}
              onChange={(text) => change({ search: text })}
              value={search}
            />
          )}
        </Group>
        {tab === undefined ? (
          <UserList
            onInvite={() => open('invite')}
            onOpen={(email) => change({ user: email })}
            search={search}
          />
        ) : (
          <Invitations onInvite={() => open('invite')} />
        )}
      </Stack>
      <Invite onClose={() => open(undefined)} opened={dialog === 'invite'} />
      <AddUser onClose={() => open(undefined)} opened={dialog === 'add'} />
      <UserDetails email={user} onClose={() => change({ user: undefined })} />
    </>
  )
}

interface UserListProps {
  search: string | undefined
  onOpen: (email: string) => void
  onInvite: () => void
}

function UserList({ search, onOpen, onInvite }: UserListProps) {
  const list = useRows(useInfiniteQuery(usersQuery(search)))
  return (
    <Listed
      columns={[
        {
          id: 'email',
          header: m.email(),
          width: 'minmax(0, 3fr)',
          cell: ({ email }) => <OpenRow onOpen={() => onOpen(email)}>{email}</OpenRow>,
        },
        {
          id: 'state',
          header: m.admin_state(),
          width: 'minmax(0, 2fr)',
          cell: (user) => <UserState user={user} />,
        },
        {
          id: 'left',
          header: m.admin_traffic_left(),
          width: 'minmax(0, 2fr)',
          align: 'right',
          cell: ({ trafficLeft, trafficMax }) => (
            <>
              <Bytes value={trafficLeft} />{' '}
              <Text c="dimmed" component="span" size="xs">
                {m.admin_of()} <Bytes value={trafficMax} />
              </Text>
            </>
          ),
        },
        {
          id: 'expires',
          header: m.admin_expires(),
          width: '8rem',
          align: 'right',
          cell: ({ expiresAt }) => (expiresAt === null ? m.admin_never_ends() : formatDay(expiresAt)),
        },
        {
          id: 'added',
          header: m.admin_added(),
          width: '8rem',
          align: 'right',
          cell: ({ createdAt }) => <Time at={createdAt} />,
        },
      ]}
      empty={
        <EmptyState
          icon={<UsersIcon size={32} />}
          title={search === undefined ? m.admin_users_none() : m.admin_nothing_found()}
        >
          {search === undefined ? (
            <Button onClick={onInvite} variant="default">
              {m.admin_users_none_next()}
            </Button>
          ) : (
            m.admin_users_not_found_next()
          )}
        </EmptyState>
      }
      label={m.nav_users()}
      list={list}
      rowKey={({ id }) => id}
    />
  )
}
